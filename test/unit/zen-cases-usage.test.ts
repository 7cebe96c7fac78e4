import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { costOf, priceOf } from '../../src/main/claude/stream/price-table.ts';
import { levelOf, spentOf } from '../../src/shared/domain/budget.ts';
import { noUsage, totalOf, type Usage } from '../../src/shared/domain/usage.ts';
import { nightly, openLedger } from '../support/engine/budgets.ts';
import { eachOf, plannedOf, wanted, type ZenCase } from '../support/zen-cases.ts';
import { foldOf, prices } from './main/claude/fixtures.ts';

const lineSchema = z.record(z.string(), z.json());
const messageSchema = z.record(z.string(), z.json());
const model = 'claude-sonnet-4-20250514';

/** A line as Claude Code prints it: zen's own tests leave out what is always there (type, id, model). */
const asPrinted = (line: unknown, index: number): unknown => {
  const fields = lineSchema.parse(line);
  const message = messageSchema.safeParse(fields['message']).data;
  if (message === undefined) return { type: 'result', subtype: 'success', ...fields };
  if (fields['type'] === 'user') return fields;
  return {
    type: 'assistant',
    parent_tool_use_id: null,
    ...fields,
    message: { id: `message-${String(index)}`, model, content: [], ...message },
  };
};

const usageOutcome = z.object({
  input: z.number().optional(),
  output: z.number().optional(),
  cache_read: z.number().optional(),
  cache_creation: z.number().optional(),
  cost_usd: z.number().nullish(),
});

const linesOf = ({ input }: ZenCase): readonly unknown[] => {
  const { output, lines } = z
    .object({ output: z.string().optional(), lines: z.array(z.json()).optional() })
    .parse(input);
  return output === undefined ? (lines ?? []).map(asPrinted) : [JSON.parse(output)];
};

const textSchema = z.object({
  type: z.literal('assistant'),
  message: z.object({ content: z.array(z.object({ text: z.string() })) }),
});

/** The tokens of the longest text, four characters to one, in lines that no result ends. */
const guessedFrom = (lines: readonly unknown[]): number => {
  const texts = lines.flatMap((line) => textSchema.safeParse(line).data?.message.content ?? []);
  return Math.max(0, ...texts.map(({ text }) => Math.ceil(text.length / 4)));
};

const totalOfLines = (lines: readonly unknown[]) => totalOf(foldOf(lines).progress().usage);

describe("zen's streams", () => {
  it.each(eachOf('usage'))('%s', (_, each) => {
    const total = totalOfLines(linesOf(each));
    const outcome = usageOutcome.parse(wanted(each));
    const { input, output, cache_read: read, cache_creation: written } = outcome;
    if (input !== undefined) expect(total.inputTokens).toBe(input);
    // until a message ends, its text says how long it is: the figure that is printed with it is that of its start
    if (output !== undefined) expect(total.outputTokens).toBe(Math.max(output, guessedFrom(linesOf(each))));
    if (read !== undefined) expect(total.cacheReadTokens).toBe(read);
    if (written !== undefined) expect(total.cacheWriteTokens).toBe(written);
    // zen's own price is that of another model where a line names none
    const isPriced = each.id === 'usage-11' || each.id === 'usage-17';
    if (isPriced) expect(total.costMicroUsd).toBeCloseTo((outcome.cost_usd ?? 0) * 1_000_000, -1);
  });

  it.each(eachOf('tools'))('%s', (_, each) => {
    const outcome = z
      .object({ tool_calls: z.number(), tool_details: z.record(z.string(), z.number()) })
      .parse(wanted(each));
    const progress = foldOf(linesOf(each)).progress();
    expect(progress.toolCalls).toBe(outcome.tool_calls);
    const calls = Object.entries(progress.tools).map(([name, { calls: count }]) => [name, count]);
    expect(Object.fromEntries(calls)).toEqual(outcome.tool_details);
  });
});

/** zen's names for models, as the API has them. Older ones had the rates of those in their place. */
const modelIds: Readonly<Record<string, string>> = {
  'claude-opus-4.1': 'claude-opus-4-1',
  'claude-haiku-3.5': 'claude-3-5-haiku',
  'claude-3-5-sonnet': 'claude-3-7-sonnet',
};

const rates = z.object({ rates: z.object({ input: z.number(), output: z.number() }) });

describe("zen's models", () => {
  it.each(eachOf('model'))('%s', (_, each) => {
    const {
      model: asked,
      response,
      cache_response: cached,
    } = z
      .object({
        model: z.string().optional(),
        response: lineSchema.optional(),
        cache_response: lineSchema.optional(),
      })
      .parse(each.input);
    if (cached !== undefined) {
      // The kind of cache is five minutes where none is named.
      const price = priceOf(prices, model);
      const tokens = { inputTokens: 0, outputTokens: 0, cacheWriteTokens: 1_000_000, cacheReadTokens: 0 };
      const total = totalOfLines([
        asPrinted({ message: { usage: { cache_creation_input_tokens: 1_000_000 } } }, 0),
      ]);
      expect(total.costMicroUsd).toBe(price && costOf(price, { ...tokens, cacheWriteHourTokens: 0 }));
      return;
    }
    if (asked === undefined) {
      const message = { model: response?.['model'] ?? '', usage: { input_tokens: 1, output_tokens: 1 } };
      expect(Object.keys(foldOf([asPrinted({ message }, 0)]).progress().usage.byModel)).toEqual([
        message.model,
      ]);
      return;
    }
    const price = priceOf(prices, asked);
    if (each.verdict === 'match') {
      const outcome = rates.parse(each.expected).rates;
      expect(price).toMatchObject({ input: outcome.input * 1_000_000, output: outcome.output * 1_000_000 });
      return;
    }
    // better: the price of the very model, or none where the table does not know it; never that of another one
    const named = asked.replace(/-\d{8}$/, '');
    expect(price).toEqual(prices.models[named] ?? null);
    if (each.id === 'model-11') expect(price).not.toBeNull();
  });
});

const costInput = z.object({
  model: z.string(),
  input_tokens: z.number().default(0),
  output_tokens: z.number().default(0),
  cache_read_tokens: z.number().default(0),
  cache_creation_tokens: z.number().default(0),
  cache_type: z.string().optional(),
  authoritative: z.number().optional(),
});

const tokensOf = (asked: z.infer<typeof costInput>) => ({
  inputTokens: asked.input_tokens,
  outputTokens: asked.output_tokens,
  cacheReadTokens: asked.cache_read_tokens,
  cacheWriteTokens: asked.cache_creation_tokens,
  cacheWriteHourTokens: asked.cache_type === '1hour' ? asked.cache_creation_tokens : 0,
});

describe("zen's costs", () => {
  it.each(eachOf('cost'))('%s', (_, each) => {
    const asked = costInput.safeParse(each.input).data;
    if (asked === undefined) {
      // better: tokens cost what their kind and model cost, and nothing turns tokens into dollars without knowing that
      const count = z.number().parse(each.input['tokens_to_cost']);
      const costOfKind = (usage: object): number =>
        totalOfLines([asPrinted({ message: { usage: { input_tokens: 0, output_tokens: 0, ...usage } } }, 0)])
          .costMicroUsd;
      expect(costOfKind({ input_tokens: count })).toBe(count * 3);
      expect(costOfKind({ cache_read_input_tokens: count })).toBe(Math.round(count * 0.3));
      return;
    }
    const { total } = z.object({ total: z.number() }).parse(each.expected);
    if (asked.authoritative !== undefined) {
      const usage = { input_tokens: asked.input_tokens, output_tokens: asked.output_tokens };
      const line = { type: 'result', subtype: 'success', total_cost_usd: asked.authoritative, usage };
      expect(totalOfLines([line]).costMicroUsd).toBe(total * 1_000_000);
      return;
    }
    const price = priceOf(prices, modelIds[asked.model] ?? asked.model);
    expect(price && costOf(price, tokensOf(asked))).toBeCloseTo(total * 1_000_000, 6);
  });
});

type Limits = { overall: number | null; readonly commands: Map<string, number> };
const spending = (tokens: number) => ({ tokens, costMicroUsd: 0 });

const operation = z.tuple([z.string(), z.string(), z.number()]);

/** Runs zen's operations on budgets over ours: what is allowed is what exceeds no limit. */
const allowedBy = (each: ZenCase): readonly (boolean | null)[] => {
  const manager = z.object({ overall_budget: z.number().optional() }).parse(each.input['manager']);
  const limits: Limits = { overall: manager.overall_budget ?? null, commands: new Map() };
  const used = new Map<string, number>();
  const isWithin = (limit: number | null | undefined, tokens: number): boolean =>
    limit == null || !levelOf({ tokens: limit }, spending(tokens)).exceeded;
  return z
    .array(operation)
    .parse(each.input['ops'])
    .map(([what, command, amount]) => {
      if (what === 'set') limits.commands.set(command, amount);
      if (what === 'record') used.set(command, (used.get(command) ?? 0) + amount);
      if (what !== 'check') return null;
      const all = [...used.values()].reduce((sum, each_) => sum + each_, 0);
      return (
        isWithin(limits.overall, all + amount) &&
        isWithin(limits.commands.get(command), (used.get(command) ?? 0) + amount)
      );
    });
};

const verdicts = z.array(z.object({ allow: z.boolean().optional() }).nullable());

/** Counts the usage of an instance with this prompt on a ledger with these command budgets; which were charged. */
const chargedOf = async (prompt: string, budgets: Readonly<Record<string, number>>, tokens: number) => {
  const bench = await openLedger();
  const commandBudgets = Object.fromEntries(
    Object.entries(budgets).map(([name, limit]) => [name, { tokens: limit, onExceed: 'warn' as const }]),
  );
  bench.ledger.open({ id: nightly, name: 'nightly', commandBudgets });
  const usage: Usage = {
    basis: 'exact',
    byModel: { sonnet: { ...totalOf(noUsage), inputTokens: tokens } },
  };
  bench.use(bench.instance(1, { prompt }), usage);
  return bench.ledger
    .list(nightly)
    .filter(({ scope, spent }) => scope === 'command' && spent.tokens > 0)
    .map(({ name, spent, limit }) => ({ name, used: spent.tokens, limit: limit?.tokens }));
};

const streamBudget = z.object({
  limits: z.record(z.string(), z.number()),
  overall: z.number().nullable(),
  mode: z.enum(['warn', 'block']),
  lines: z.array(z.json()),
});

describe("zen's budgets", () => {
  it.each(eachOf('budget'))('%s', async (_, each) => {
    const { input } = each;
    if (each.id === 'budget-12') {
      // better: a limit in dollars is compared with dollars
      expect(levelOf({ costMicroUsd: 5_000_000 }, { tokens: 150, costMicroUsd: 450 }).exceeded).toBe(false);
    } else if (each.id === 'budget-13') {
      // better: a limit in tokens stays one
      expect(levelOf({ tokens: 100 }, { tokens: 5000, costMicroUsd: 39_000 }).exceeded).toBe(true);
    } else if ('ops' in input) {
      const outcome = verdicts.parse(each.expected).map((verdict) => verdict?.allow ?? null);
      expect(allowedBy(each)).toEqual(outcome);
    } else if ('command' in input) {
      const asked = z
        .object({ command: z.string(), budgets: z.record(z.string(), z.number()), tokens: z.number() })
        .parse(input);
      const { charged } = z.object({ charged: z.array(z.string()) }).parse(each.expected);
      const found = await chargedOf(asked.command, asked.budgets, asked.tokens);
      expect(found).toEqual(
        charged.map((name) => ({ name, used: asked.tokens, limit: asked.budgets[name] })),
      );
    } else if ('lines' in input) {
      const { lines, overall, limits, mode } = streamBudget.parse(input);
      const limit = overall ?? Object.values(limits)[0] ?? 0;
      const onExceed = plannedOf(
        { command: '/a' },
        { budget: { overall_budget: limit, enforcement_mode: mode } },
      ).budget?.onExceed;
      const steps = z.array(z.object({ used: z.number(), kill: z.boolean() })).parse(wanted(each));
      const seen = steps.map((_step, index) => {
        const { usage } = foldOf(lines.slice(0, index + 1).map(asPrinted)).progress();
        const spent = spentOf(usage);
        const { exceeded } = levelOf({ tokens: limit }, spent);
        return { used: spent.tokens, kill: exceeded && onExceed === 'stop' };
      });
      // Where zen's own figures stand still until the end (its mistake), only whether it stops is compared.
      expect(each.verdict === 'match' ? seen.map(({ kill }) => kill) : seen).toEqual(
        each.verdict === 'match' ? steps.map(({ kill }) => kill) : steps,
      );
    } else {
      const { info } = z.object({ info: z.object({ limit: z.number(), used: z.number() }) }).parse(input);
      const { percentage } = z.object({ percentage: z.number() }).parse(each.expected);
      expect(levelOf({ tokens: info.limit }, spending(info.used)).share * 100).toBe(percentage);
    }
  });
});
