import { noModelUsage, type ModelUsage, type Usage } from '../../../shared/domain/usage.ts';
import type { HistoryAssistant, HistoryModelCost } from './history-line.ts';
import { costOf, priceOf, type PriceTable, type RequestTokens } from '../stream/price-table.ts';

/** What one line says that its API message used. `key` tells the message apart; `costUsd` is there where the line has it. */
export type MessageUsage = {
  readonly key: number;
  readonly model: string;
  readonly tokens: RequestTokens;
  readonly costUsd: number | null;
};

/** What a transcript says of its usage, in the order of its lines. */
export type UsageEntry =
  | { readonly kind: 'message'; readonly usage: MessageUsage }
  | { readonly kind: 'cost'; readonly byModel: Readonly<Record<string, HistoryModelCost>> };

/** Figures of a model; the cost is micro-dollars, not rounded. */
type Sums = Record<string, ModelUsage>;

/** A message that may still get more lines, and what was counted of it. */
type Open = readonly [key: number, model: string, tokens: RequestTokens, cost: number];

/** An account of a session between two readings of it: JSON. */
export type HistoryAccount = {
  readonly settled: Sums;
  readonly isEstimated: boolean;
  /** Counted from messages since the CLI told last what the session has come to. */
  readonly since: Sums;
  readonly isSinceReal: boolean;
  readonly told: Readonly<Record<string, HistoryModelCost>> | null;
  /** Messages of another session are among those since then, so that what is told next may have those in it. */
  readonly isCopy: boolean;
  readonly open: readonly Open[];
};

export const newHistoryAccount: HistoryAccount = {
  settled: {},
  isEstimated: false,
  since: {},
  isSinceReal: true,
  told: null,
  isCopy: false,
  open: [],
};

const mostOpen = 32;

/** 53 bits of a text, by two rounds of multiplication (cyrb53): quick, and of 3,000,000 two are the same once in 2,000 times. */
const messageKey = (id: string): number => {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < id.length; i += 1) {
    const unit = id.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
};

const whole = (value: number | null | undefined): number => Math.max(0, Math.round(value ?? 0));

/** What a line says that its message used; null for one of no API message (`<synthetic>`: written by the CLI itself). */
export const messageUsageOf = (line: HistoryAssistant): MessageUsage | null => {
  const { id, model, usage } = line;
  if (id === null || model === null || usage === null || model === '<synthetic>') return null;
  return {
    key: messageKey(line.requestId === null ? id : `${id} ${line.requestId}`),
    model,
    tokens: {
      inputTokens: whole(usage.input_tokens),
      outputTokens: whole(usage.output_tokens),
      cacheWriteTokens: whole(usage.cache_creation_input_tokens),
      cacheWriteHourTokens: whole(usage.cache_creation?.ephemeral_1h_input_tokens),
      cacheReadTokens: whole(usage.cache_read_input_tokens),
    },
    costUsd: line.costUsd,
  };
};

const larger = (a: RequestTokens, b: RequestTokens): RequestTokens => ({
  inputTokens: Math.max(a.inputTokens, b.inputTokens),
  outputTokens: Math.max(a.outputTokens, b.outputTokens),
  cacheWriteTokens: Math.max(a.cacheWriteTokens, b.cacheWriteTokens),
  cacheWriteHourTokens: Math.max(a.cacheWriteHourTokens, b.cacheWriteHourTokens),
  cacheReadTokens: Math.max(a.cacheReadTokens, b.cacheReadTokens),
});

const noTokens: RequestTokens = {
  inputTokens: 0,
  outputTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteHourTokens: 0,
  cacheReadTokens: 0,
};

const addTo = (sums: Sums, model: string, added: ModelUsage): void => {
  const before = Object.hasOwn(sums, model) ? (sums[model] ?? noModelUsage) : noModelUsage;
  // Figures may also go down by a correction of the cost; tokens never do.
  sums[model] = {
    inputTokens: before.inputTokens + added.inputTokens,
    outputTokens: before.outputTokens + added.outputTokens,
    cacheWriteTokens: before.cacheWriteTokens + added.cacheWriteTokens,
    cacheReadTokens: before.cacheReadTokens + added.cacheReadTokens,
    costMicroUsd: before.costMicroUsd + added.costMicroUsd,
  };
};

const addAll = (sums: Sums, added: Sums): void => {
  for (const [model, usage] of Object.entries(added)) addTo(sums, model, usage);
};

const tokensOf = (sums: Sums): number =>
  Object.values(sums).reduce(
    (sum, { inputTokens, outputTokens, cacheWriteTokens, cacheReadTokens }) =>
      sum + inputTokens + outputTokens + cacheWriteTokens + cacheReadTokens,
    0,
  );

const figuresOf = (cost: HistoryModelCost): ModelUsage => ({
  inputTokens: whole(cost.inputTokens),
  outputTokens: whole(cost.outputTokens),
  cacheWriteTokens: whole(cost.cacheWriteTokens),
  cacheReadTokens: whole(cost.cacheReadTokens),
  costMicroUsd: cost.costUsd * 1_000_000,
});

const minus = (a: ModelUsage, b: ModelUsage): ModelUsage => ({
  inputTokens: a.inputTokens - b.inputTokens,
  outputTokens: a.outputTokens - b.outputTokens,
  cacheWriteTokens: a.cacheWriteTokens - b.cacheWriteTokens,
  cacheReadTokens: a.cacheReadTokens - b.cacheReadTokens,
  costMicroUsd: a.costMicroUsd - b.costMicroUsd,
});

const isLess = (usage: ModelUsage): boolean => Object.values(usage).some((value) => value < -1e-6);

/** What came to it between two tellings; all of the later one when it has begun to count anew. */
const between = (before: HistoryAccount['told'], now: Readonly<Record<string, HistoryModelCost>>): Sums => {
  const all = Object.fromEntries(Object.entries(now).map(([model, cost]) => [model, figuresOf(cost)]));
  if (before === null) return all;
  const added: Sums = { ...all };
  for (const [model, cost] of Object.entries(before)) {
    const difference = minus(all[model] ?? noModelUsage, figuresOf(cost));
    if (isLess(difference)) return all;
    added[model] = difference;
  }
  return added;
};

/** Which messages were counted already, in whatever session of the project. */
export type SeenMessages = { has(key: number): boolean; add(key: number): unknown };

type Writable = { -readonly [K in keyof HistoryAccount]: HistoryAccount[K] };

const countMessage = (
  account: Writable,
  open: Map<number, Open>,
  { key, model, tokens, costUsd }: MessageUsage,
  { seen, prices }: Counting,
): void => {
  const before = open.get(key);
  if (before === undefined && seen.has(key)) {
    account.isCopy = true;
    return;
  }
  seen.add(key);
  const was = before?.[2] ?? noTokens;
  const now = larger(was, tokens);
  const price = priceOf(prices, model);
  const listed = price === null ? 0 : costOf(price, now);
  const cost = costUsd === null ? Math.max(before?.[3] ?? 0, listed) : costUsd * 1_000_000;
  if (costUsd === null) account.isSinceReal = false;
  addTo(account.since, model, {
    inputTokens: now.inputTokens - was.inputTokens,
    outputTokens: now.outputTokens - was.outputTokens,
    cacheWriteTokens: now.cacheWriteTokens - was.cacheWriteTokens,
    cacheReadTokens: now.cacheReadTokens - was.cacheReadTokens,
    costMicroUsd: cost - (before?.[3] ?? 0),
  });
  open.delete(key);
  open.set(key, [key, model, now, cost]);
};

/** The larger of what the CLI told and what its messages come to: one that was killed has told nothing of its last ones. */
const tell = (account: Writable, now: Readonly<Record<string, HistoryModelCost>>): void => {
  const told = between(account.told, now);
  const takesMessages = account.isCopy || tokensOf(account.since) > tokensOf(told);
  const taken = takesMessages ? account.since : told;
  if (takesMessages && tokensOf(taken) > 0) account.isEstimated = account.isEstimated || !account.isSinceReal;
  const settled = { ...account.settled };
  addAll(settled, taken);
  account.settled = settled;
  account.since = {};
  account.isSinceReal = true;
  account.isCopy = false;
  account.told = now;
};

type Counting = { readonly seen: SeenMessages; readonly prices: PriceTable };

/**
 * Counts what a transcript says further of its usage: each API message once, with the largest figures of its lines, and not at
 * all where another session of the project has it; and in its place what the CLI told that the session has come to, where it did.
 */
export const countUsage = (
  before: HistoryAccount,
  entries: readonly UsageEntry[],
  counting: Counting,
): HistoryAccount => {
  const account: Writable = { ...before, since: { ...before.since } };
  const open = new Map(before.open.map((one) => [one[0], one]));
  for (const entry of entries) {
    if (entry.kind === 'cost') tell(account, entry.byModel);
    else countMessage(account, open, entry.usage, counting);
    if (open.size > 2 * mostOpen) for (const key of [...open.keys()].slice(0, mostOpen)) open.delete(key);
  }
  return { ...account, open: [...open.values()].slice(-mostOpen) };
};

/**
 * What the account comes to. Exact where the CLI told it, or each message's line has its cost; else estimated: a line may have the
 * figures that its message began with, so that output is too low, and the cost is by the list of prices.
 */
export const usageOfAccount = ({ settled, since, isEstimated, isSinceReal }: HistoryAccount): Usage => {
  const sums: Sums = { ...settled };
  addAll(sums, since);
  const isOpen = tokensOf(since) > 0 && !isSinceReal;
  return {
    basis: isEstimated || isOpen ? 'estimated' : 'exact',
    byModel: Object.fromEntries(
      Object.entries(sums)
        .filter(([, usage]) => Object.values(usage).some((value) => value > 0))
        .map(([model, usage]) => [
          model,
          { ...usage, costMicroUsd: Math.max(0, Math.round(usage.costMicroUsd)) },
        ]),
    ),
  };
};
