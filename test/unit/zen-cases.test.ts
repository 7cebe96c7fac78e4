import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { claudeArguments } from '../../src/main/claude/arguments.ts';
import { assumedFeatures } from '../../src/main/claude/features.ts';
import { frontMatterOf } from '../../src/main/claude/front-matter.ts';
import { costOf, priceOf } from '../../src/main/claude/price-table.ts';
import { createSlashCommands } from '../../src/main/claude/slash-commands.ts';
import { durationText, tokensText } from '../../src/main/hosts/cli/figures.ts';
import { levelOf, spentOf } from '../../src/shared/domain/budget.ts';
import { parsePlan } from '../../src/shared/domain/plan-parse.ts';
import { resolvePlan } from '../../src/shared/domain/plan-resolve.ts';
import type { InstanceSpec, ResolvedPlan } from '../../src/shared/domain/plan-spec.ts';
import { parseStartAt } from '../../src/shared/domain/schedule.ts';
import { findSlashCommand, previewOf } from '../../src/shared/domain/slash-command.ts';
import { noUsage, totalOf, type Usage } from '../../src/shared/domain/usage.ts';
import { openLedger, nightly } from '../support/engine/budgets.ts';
import { notOurs, ourCases, wanted, zenCases, type ZenCase } from '../support/zen-cases.ts';
import { foldOf, prices } from './main/claude/fixtures.ts';

const eachOf = (area: string): readonly (readonly [string, ZenCase])[] =>
  ourCases(area).map((each) => [each.id, each]);

const unitAreas = [
  'schedule',
  'config',
  'argv',
  'usage',
  'tools',
  'model',
  'cost',
  'budget',
  'format',
  'commands',
];

describe('the table of what zen does', () => {
  it('is run row by row, here or with the real command, or says why a row is not ours', () => {
    expect(new Set(zenCases.map(({ area }) => area))).toEqual(new Set([...unitAreas, 'exit']));
    expect(zenCases).toHaveLength(148);
    const ids = zenCases.map(({ id }) => id);
    expect(Object.keys(notOurs).filter((id) => !ids.includes(id))).toEqual([]);
    const better = zenCases.filter(({ verdict, area }) => verdict === 'zen-bug' && area !== 'exit');
    expect(better.filter(({ id }) => Object.hasOwn(notOurs, id)).map(({ id }) => id)).toEqual([]);
  });
});

const scheduleInput = z.object({ text: z.string(), now: z.string() });
const scheduleOutcome = z.object({ at: z.string() });

describe("zen's start times", () => {
  it.each(eachOf('schedule'))('%s', (_, each) => {
    const { text, now } = scheduleInput.parse(each.input);
    const at = parseStartAt(text, Date.parse(`${now}Z`), 'UTC');
    const outcome = scheduleOutcome.safeParse(wanted(each)).data;
    if (outcome !== undefined) expect(at).toBe(Date.parse(`${outcome.at}Z`));
    else if (each.verdict !== 'surpass') expect(at).toBeNull();
    // "surpass": zen refuses what we may take; if we do, it is a time that has come or is to come.
    else expect(at ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(Date.parse(`${now}Z`));
  });
});

const plannedOf = (instance: unknown, more: object = {}): ResolvedPlan => {
  const reading = parsePlan(JSON.stringify({ instances: [instance], ...more }));
  if (!reading.ok) throw new Error(reading.problems.map(({ message }) => message).join('\n'));
  return resolvePlan(reading.plan, { baseDir: '/repo', inputs: {}, now: 0 });
};

const specOf = (instance: unknown): InstanceSpec => {
  const [spec] = plannedOf(instance).instances;
  if (spec === undefined) throw new Error('There is no instance.');
  return spec;
};

const configOutcome = z.object({ command: z.string(), name: z.string(), output_format: z.string() });

describe("zen's instances", () => {
  it.each(eachOf('config'))('%s', (_, each) => {
    const spec = specOf(each.input['instance']);
    const outcome = configOutcome.safeParse(each.expected).data;
    if (outcome === undefined) {
      expect(spec.timeoutMs).toBe(5000); // better: a key that is unknown to zen is honoured
      return;
    }
    expect(spec).toMatchObject({
      name: outcome.name.replace(/^\//, ''), // our names have no slash
      outputFormat: outcome.output_format,
    });
    expect(spec.command ?? spec.prompt).toBe(outcome.command);
    // Never zen's bypassPermissions, which was not written; nothing else that was not written either.
    expect(spec).not.toHaveProperty('permissionMode');
    expect(spec).not.toHaveProperty('before');
    expect(spec).not.toHaveProperty('session');
    expect(spec).not.toHaveProperty('budget');
    expect(spec.allowedTools).toEqual([]);
  });
});

describe("zen's command lines", () => {
  it.each(eachOf('argv'))('%s', (_, each) => {
    const [, , prompt = '', ...flags] = z.array(z.string()).parse(each.expected);
    const spec = specOf(each.input['instance']);
    const { args } = claudeArguments(spec, assumedFeatures, (name) => name);
    // What zen put into one prompt, where only the first command was one, is a turn each.
    expect([...(spec.before ?? []), spec.command ?? spec.prompt]).toEqual(prompt.split('; '));
    const written = flags.filter((flag) => !flag.startsWith('--permission-mode'));
    expect(args).toEqual(expect.arrayContaining(written));
    expect(args.includes('--verbose')).toBe(flags.includes('--verbose'));
    expect(args.filter((arg) => arg.startsWith('--permission-mode'))).toEqual([]);
  });

  it('has a permission mode that is written', () => {
    const spec = specOf({
      command: '/a',
      permission_mode: 'bypassPermissions',
      allowed_tools: ['Read', 'Edit'],
    });
    const { args } = claudeArguments(spec, assumedFeatures, (name) => name);
    expect(args).toEqual(
      expect.arrayContaining([
        '--permission-mode=bypassPermissions',
        '--allowedTools=Read',
        '--allowedTools=Edit',
      ]),
    );
  });
});

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

describe("zen's figures", () => {
  it.each(eachOf('format'))('%s', (_, each) => {
    const { duration_s: seconds, tokens } = z
      .object({ duration_s: z.number().optional(), tokens: z.number().optional() })
      .parse(each.input);
    const shown = seconds === undefined ? tokensText(tokens ?? Number.NaN) : durationText(seconds * 1000);
    if (each.verdict === 'match') expect(shown).toBe(each.expected);
    // better: no 60 seconds, no 1000 thousands
    else expect(shown).not.toMatch(/(?<!\d)60\.0s|60s|1000\.0/);
    if (each.id === 'format-18') expect(Number.parseFloat(shown)).toBe(1);
  });
});

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

const commandsIn = async (files: readonly string[]): Promise<readonly string[]> => {
  const root = await mkdtemp(join(tmpdir(), 'netra-zen-'));
  folders.push(root);
  for (const file of files) {
    const path = join(root, 'repo', file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'Do it.\n');
  }
  const home = join(root, 'home');
  const commands = createSlashCommands({ home, configDir: join(home, '.claude') });
  return (await commands.list(join(root, 'repo'))).map(({ name }) => `/${name}`);
};

describe("zen's slash commands", () => {
  it.each(eachOf('commands'))('%s', async (_, each) => {
    const asked = z
      .object({
        files: z.array(z.string()).optional(),
        validate: z.string().optional(),
        available: z.array(z.string()).default([]),
        text: z.string().default(''),
      })
      .parse(each.input);
    if (asked.files !== undefined) {
      const names = await commandsIn(asked.files);
      expect(names).toEqual(
        expect.arrayContaining([...z.array(z.string()).parse(each.expected), '/sub:deep']),
      );
      expect(names).not.toContain('/note');
      expect(names).not.toContain('/README');
    } else if (asked.validate !== undefined) {
      const available = asked.available.map((name) => ({ name: name.slice(1), aliases: [] }));
      expect(findSlashCommand(available, asked.validate) !== null).toBe(each.expected);
    } else if (each.id === 'commands-12') {
      const preview = previewOf('A'.repeat(500));
      expect({ preview_chars: preview.length, ends: preview.slice(-3) }).toEqual(each.expected);
    } else {
      const { values, body } = frontMatterOf(asked.text);
      expect({ frontmatter: values, content_preview: previewOf(body) }).toEqual({
        frontmatter: {},
        content_preview: 'Body\n',
      });
    }
  });
});
