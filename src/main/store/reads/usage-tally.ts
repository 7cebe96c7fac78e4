import type { CalendarDay } from '../../../shared/domain/calendar.ts';
import type { UsageDimension, UsageReport, UsageRow } from '../../../shared/domain/usage-report.ts';
import { addModelUsage, cacheHitRate, noModelUsage, type ModelUsage } from '../../../shared/domain/usage.ts';

/** What an attempt used of one model, or what an instance did with one tool; keys are those of the database. */
export type UsageEntry = {
  readonly day: CalendarDay;
  readonly orchestrationKey: number;
  readonly instanceKey: number;
  readonly hasSucceeded: boolean;
  /** Null for an attempt that used none. */
  readonly model: string | null;
  readonly isEstimated: boolean;
  readonly usage: ModelUsage;
  readonly tool: string | null;
  readonly tools: NonNullable<UsageRow['tools']>;
};

/** What an orchestration's entries stand under. */
export type UsageHead = {
  readonly id: string;
  readonly name: string;
  /** Folded: what makes two plans the same one. */
  readonly plan: string;
  readonly planTitle: string;
  readonly workspace: string;
  readonly owner: string;
};

type Place = { readonly key: string; readonly title: string };

const plainly = (text: string): Place => ({ key: text, title: text });

const placeIn = (dimension: UsageDimension, entry: UsageEntry, head: UsageHead): Place | null => {
  switch (dimension) {
    case 'day':
    case 'week':
    case 'month':
      return plainly(entry.day[dimension]);
    case 'model':
      return entry.model === null ? null : plainly(entry.model);
    case 'tool':
      return entry.tool === null ? null : plainly(entry.tool);
    case 'plan':
      return { key: head.plan, title: head.planTitle };
    case 'workspace':
      return plainly(head.workspace);
    case 'user':
      return plainly(head.owner);
    case 'orchestration':
      return { key: head.id, title: head.name };
  }
};

type Sum = {
  readonly places: readonly Place[];
  usage: ModelUsage;
  isEstimated: boolean;
  atLeast: boolean;
  readonly orchestrations: Set<number>;
  readonly instances: Set<number>;
  readonly succeeded: Set<number>;
  tools: NonNullable<UsageRow['tools']>;
};

const newSum = (places: readonly Place[]): Sum => ({
  places,
  usage: noModelUsage,
  isEstimated: false,
  atLeast: false,
  orchestrations: new Set(),
  instances: new Set(),
  succeeded: new Set(),
  tools: { calls: 0, errors: 0, durationMs: 0 },
});

const addTo = (sum: Sum, entry: UsageEntry): void => {
  const { usage, tools } = entry;
  sum.usage = addModelUsage(sum.usage, usage);
  sum.isEstimated ||= entry.isEstimated;
  sum.atLeast ||= usage.costMicroUsd === 0 && tokensOf(usage) > 0;
  sum.orchestrations.add(entry.orchestrationKey);
  sum.instances.add(entry.instanceKey);
  if (entry.hasSucceeded) sum.succeeded.add(entry.instanceKey);
  sum.tools = {
    calls: sum.tools.calls + tools.calls,
    errors: sum.tools.errors + tools.errors,
    durationMs: sum.tools.durationMs + tools.durationMs,
  };
};

const tokensOf = ({ inputTokens, outputTokens, cacheWriteTokens, cacheReadTokens }: ModelUsage): number =>
  inputTokens + outputTokens + cacheWriteTokens + cacheReadTokens;

const rowOf = (sum: Sum, isByTool: boolean): UsageRow => ({
  ...sum.usage,
  keys: sum.places.map(({ key }) => key),
  titles: sum.places.map(({ title }) => title),
  basis: sum.isEstimated ? 'estimated' : 'exact',
  atLeast: sum.atLeast,
  orchestrations: sum.orchestrations.size,
  instances: sum.instances.size,
  succeeded: sum.succeeded.size,
  cacheHitRate: cacheHitRate(sum.usage),
  costPerSuccessMicroUsd:
    sum.succeeded.size === 0 || isByTool ? null : Math.round(sum.usage.costMicroUsd / sum.succeeded.size),
  tools: isByTool ? sum.tools : null,
});

const separator = '\u0000';
const isTime = (dimension: UsageDimension | undefined): boolean =>
  dimension === 'day' || dimension === 'week' || dimension === 'month';

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Orders rows dimension by dimension: times from early to late, others by the weight of all that is under them. */
const inOrder = (
  rows: readonly UsageRow[],
  by: readonly UsageDimension[],
  weightOf: (row: UsageRow) => number,
): readonly UsageRow[] => {
  const prefixOf = (row: UsageRow, depth: number): string => row.keys.slice(0, depth + 1).join(separator);
  const weights = new Map<string, number>();
  for (const row of rows) {
    for (let depth = 0; depth < by.length; depth += 1) {
      const prefix = prefixOf(row, depth);
      weights.set(prefix, (weights.get(prefix) ?? 0) + weightOf(row));
    }
  }
  const compare = (a: UsageRow, b: UsageRow): number => {
    for (let depth = 0; depth < by.length; depth += 1) {
      const [key, other] = [a.keys[depth] ?? '', b.keys[depth] ?? ''];
      if (key === other) continue;
      if (isTime(by[depth])) return compareTexts(key, other);
      const lighter = (weights.get(prefixOf(b, depth)) ?? 0) - (weights.get(prefixOf(a, depth)) ?? 0);
      return lighter === 0 ? compareTexts(key, other) : lighter;
    }
    return 0;
  };
  return rows.toSorted(compare);
};

export type UsageTally = {
  readonly add: (entry: UsageEntry, head: UsageHead) => void;
  readonly report: () => UsageReport;
};

/** Adds up entries under the keys of some dimensions. */
export const createTally = (by: readonly UsageDimension[]): UsageTally => {
  const isByTool = by.includes('tool');
  const sums = new Map<string, Sum>();
  const total = newSum([]);
  const sumAt = (places: readonly Place[]): Sum => {
    const key = places.map((place) => place.key).join(separator);
    const known = sums.get(key);
    if (known !== undefined) return known;
    const sum = newSum(places);
    sums.set(key, sum);
    return sum;
  };
  return {
    add: (entry: UsageEntry, head: UsageHead): void => {
      addTo(total, entry);
      const places = by.flatMap((dimension) => placeIn(dimension, entry, head) ?? []);
      if (places.length === by.length) addTo(sumAt(places), entry);
    },
    report: () => {
      const rows = [...sums.values()].map((sum) => rowOf(sum, isByTool));
      const weightOf = (row: UsageRow): number => row.tools?.calls ?? row.costMicroUsd;
      return { by, rows: inOrder(rows, by, weightOf), total: rowOf(total, isByTool) };
    },
  };
};
