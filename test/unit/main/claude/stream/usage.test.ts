import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAttemptFold } from '../../../../../src/main/claude/stream/attempt-fold.ts';
import type { ModelUsage, Usage } from '../../../../../src/shared/domain/usage.ts';
import { totalOf } from '../../../../../src/shared/domain/usage.ts';
import { chunksOf, eventsOf, fixture, fixtureNames, foldOf, prices, pushBytes } from '../fixtures.ts';

type Counts = readonly [input: number, output: number, cacheWrite: number, cacheRead: number, cost: number];

const figures = (...[input, output, cacheWrite, cacheRead, cost]: Counts): ModelUsage => ({
  inputTokens: input,
  outputTokens: output,
  cacheWriteTokens: cacheWrite,
  cacheReadTokens: cacheRead,
  costMicroUsd: cost,
});

const nothing = figures(0, 0, 0, 0, 0);

/** What each recorded run truly used: one message of the scripted API is 12 in, 3,000 written to and 9,000 read from cache. */
const truth: Readonly<Record<string, ModelUsage>> = {
  'bad-flag': nothing,
  'bad-resume': nothing,
  'connection-cut': nothing,
  'json-format': figures(12, 26, 3000, 9000, 17_368),
  'live-interrupt-then-continue': figures(24, 27, 6000, 18_000, 34_236),
  'live-permission-allow': figures(24, 84, 6000, 18_000, 35_376),
  'live-permission-deny': figures(24, 84, 6000, 18_000, 35_376),
  'live-replay': figures(12, 24, 3000, 9000, 17_328),
  'live-two-turns': figures(24, 53, 6000, 18_000, 34_756),
  'max-budget': figures(12, 55, 3000, 9000, 17_948),
  'max-turns': figures(12, 55, 3000, 9000, 17_948),
  'not-logged-in': nothing,
  overloaded: nothing,
  'rate-limited-then-ok': figures(12, 25, 3000, 9000, 17_348),
  'resume-1': figures(12, 26, 3000, 9000, 17_368),
  'resume-2': figures(12, 28, 3000, 9000, 17_408),
  'session-id-in-use': nothing,
  sigint: figures(12, 34, 3000, 9000, 17_528),
  sigkill: nothing,
  sigterm: nothing,
  'steps-20': figures(252, 1129, 63_000, 189_000, 376_388),
  structured: figures(24, 53, 6000, 18_000, 34_756),
  subagent: figures(48, 142, 12_000, 36_000, 70_232),
  'text-partial': figures(12, 33, 3000, 9000, 17_508),
  text: figures(12, 33, 3000, 9000, 17_508),
  thinking: figures(12, 29, 3000, 9000, 17_428),
  'tool-allowed': figures(24, 84, 6000, 18_000, 35_376),
  'tool-not-permitted': figures(24, 84, 6000, 18_000, 35_376),
};

const usageOf = (stdout: Parameters<typeof foldOf>[0], options?: Parameters<typeof foldOf>[1]): Usage =>
  foldOf(stdout, options).progress().usage;

describe('the usage of a recorded run', () => {
  it('has a known truth for every recording', () => {
    expect(Object.keys(truth).toSorted()).toEqual(fixtureNames.toSorted());
  });

  it.each(Object.entries(truth))('%s is exact to the token and the micro-dollar', (name, expected) => {
    const usage = usageOf(fixture(name).stdout);
    expect(totalOf(usage)).toEqual(expected);
    expect(usage.basis).toBe('exact');
    expect(Object.keys(usage.byModel)).toEqual(expected === nothing ? [] : ['claude-opus-5-5']);
  });

  it.each(fixtureNames)('%s: the ends of its turns add up to its whole', (name) => {
    const fold = foldOf(fixture(name).stdout);
    const turns = eventsOf(fold.take().items, 'turn.ended').map((event) => totalOf(event.usage));
    const whole = totalOf(fold.progress().usage);
    expect(turns.reduce((sum, turn) => sum + turn.outputTokens, 0)).toBe(whole.outputTokens);
    expect(turns.reduce((sum, turn) => sum + turn.costMicroUsd, 0)).toBe(whole.costMicroUsd);
  });

  it('is the same however the bytes are cut', () => {
    const names = fc.constantFrom('subagent', 'live-interrupt-then-continue', 'thinking', 'resume-2');
    const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(names, sizes, (name, cuts) => {
        const fold = createAttemptFold({ prices, resumed: null });
        pushBytes(fold, 'stdout', chunksOf(fixture(name).stdout, cuts));
        expect(fold.progress().usage).toEqual(usageOf(fixture(name).stdout));
      }),
      { numRuns: 40 },
    );
  });
});

const init = { type: 'system', subtype: 'init', session_id: 's', model: 'claude-sonnet-4-5-20250929' };
const apiUsage = (input: number, output: number, cacheWrite = 0, cacheRead = 0) => ({
  input_tokens: input,
  output_tokens: output,
  cache_creation_input_tokens: cacheWrite,
  cache_read_input_tokens: cacheRead,
});
const said = (id: string, text: string, more: object = {}) => ({
  type: 'assistant',
  message: {
    id,
    model: 'claude-opus-5-5',
    content: [{ type: 'text', text }],
    usage: apiUsage(10, 1, 1000, 2000),
  },
  parent_tool_use_id: null,
  ...more,
});
const partial = (event: object, parent: string | null = null) => ({
  type: 'stream_event',
  event,
  parent_tool_use_id: parent,
});
const messageStart = (id: string, parent: string | null = null) =>
  partial(
    { type: 'message_start', message: { id, model: 'claude-opus-5-5', usage: apiUsage(10, 1, 1000, 2000) } },
    parent,
  );
const textDelta = (text: string, parent: string | null = null) =>
  partial({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }, parent);
const messageDelta = (output: number) => partial({ type: 'message_delta', usage: { output_tokens: output } });
const cliUsage = (input: number, output: number, costUSD: number) => ({
  inputTokens: input,
  outputTokens: output,
  cacheReadInputTokens: 0,
  cacheCreationInputTokens: 0,
  costUSD,
});
const result = (more: object) => ({
  type: 'result',
  subtype: 'success',
  is_error: false,
  num_turns: 1,
  ...more,
});

describe('the usage of older releases', () => {
  it('2.0.50: counts modelUsage, which starts at zero in a process and grows, once', () => {
    const usage = usageOf([
      init,
      said('m1', 'one'),
      result({ modelUsage: { opus: cliUsage(10, 5, 0.001), haiku: cliUsage(3, 1, 0.0001) } }),
      said('m2', 'two'),
      result({ modelUsage: { opus: cliUsage(30, 9, 0.003), haiku: cliUsage(3, 1, 0.0001) } }),
    ]);
    expect(usage).toEqual({
      basis: 'exact',
      byModel: { opus: figures(30, 9, 0, 0, 3000), haiku: figures(3, 1, 0, 0, 100) },
    });
  });

  it('2.0.50: a resumed session starts at zero too, for its stream has no earlier runs in it', () => {
    const earlier: Usage = { basis: 'exact', byModel: { opus: figures(5, 5, 0, 0, 500) } };
    const lines = [init, said('m1', 'one'), result({ modelUsage: { opus: cliUsage(10, 6, 0.001) } })];
    expect(usageOf(lines, { resumed: { from: earlier } }).byModel['opus']).toEqual(
      figures(10, 6, 0, 0, 1000),
    );
  });

  it('1.0.110: adds the usage of each result, and the differences of the cost of the process', () => {
    const usage = usageOf([
      init,
      said('m1', 'one'),
      result({ usage: apiUsage(10, 5), total_cost_usd: 0.001 }),
      result({ usage: apiUsage(20, 7), total_cost_usd: 0.0035 }),
    ]);
    expect(usage).toEqual({ basis: 'exact', byModel: { 'claude-opus-5-5': figures(30, 12, 0, 0, 3500) } });
  });

  it('1.0.110: names the model of the session where no message names one', () => {
    const usage = usageOf([init, result({ usage: apiUsage(10, 5), total_cost_usd: 0.001 })]);
    expect(Object.keys(usage.byModel)).toEqual(['claude-sonnet-4-5-20250929']);
  });

  it('1.0.110: is an estimate when a subagent took part, whom the figures leave out', () => {
    const lines = [init, said('m1', 'one'), said('m2', 'two', { parent_tool_use_id: 't1' })];
    const usage = usageOf([...lines, result({ usage: apiUsage(10, 5), total_cost_usd: 0.001 })]);
    expect(usage.basis).toBe('estimated');
  });
});

describe('the usage of a run with one result object', () => {
  const object = result({
    modelUsage: { 'claude-opus-5-5': cliUsage(100, 50, 0.01) },
    usage: apiUsage(10, 5),
    total_cost_usd: 0.01,
  });

  it('is its modelUsage for a new session', () => {
    expect(totalOf(usageOf([object]))).toEqual(figures(100, 50, 0, 0, 10_000));
  });

  it('is its modelUsage minus what the session had reported, for a resumed one', () => {
    const from: Usage = { basis: 'exact', byModel: { 'claude-opus-5-5': figures(80, 40, 0, 0, 8000) } };
    const usage = usageOf([object], { resumed: { from } });
    expect(usage).toEqual({ basis: 'exact', byModel: { 'claude-opus-5-5': figures(20, 10, 0, 0, 2000) } });
  });

  it('is its modelUsage where that is less than the session had reported: this release starts at zero', () => {
    const from: Usage = { basis: 'exact', byModel: { 'claude-opus-5-5': figures(800, 400, 0, 0, 80_000) } };
    expect(totalOf(usageOf([object], { resumed: { from } }))).toEqual(figures(100, 50, 0, 0, 10_000));
  });

  it('is the usage of its turn, as an estimate at list prices, where nobody knows what was before', () => {
    const usage = usageOf([object], { resumed: { from: null } });
    expect(usage).toEqual({
      basis: 'estimated',
      byModel: { 'claude-opus-5-5': figures(10, 5, 0, 0, 10 * 4 + 5 * 20) },
    });
  });
});

describe('the live usage', () => {
  it('counts a message once, though each of its blocks repeats its figures', () => {
    const usage = usageOf([init, said('m1', 'x'.repeat(8)), said('m1', 'y'.repeat(9)), said('m1', 'z')]);
    expect(usage.basis).toBe('estimated');
    expect(totalOf(usage)).toMatchObject({ inputTokens: 10, cacheWriteTokens: 1000, cacheReadTokens: 2000 });
    expect(totalOf(usage).outputTokens).toBe(Math.ceil(18 / 4));
  });

  it('takes the output of a finished message from its end, and guesses that of an open one from its text', () => {
    const lines = [init, messageStart('m1'), textDelta('x'.repeat(400)), messageDelta(77)];
    expect(totalOf(usageOf(lines)).outputTokens).toBe(77);
    const open = [...lines, messageStart('m2'), textDelta('y'.repeat(41))];
    expect(totalOf(usageOf(open)).outputTokens).toBe(77 + 11);
    expect(totalOf(usageOf([...open, said('m2', 'y'.repeat(41))])).outputTokens).toBe(77 + 11);
  });

  it('keeps messages that stream at the same time apart by their threads', () => {
    const usage = usageOf([
      init,
      messageStart('m1'),
      messageStart('m2', 't1'),
      textDelta('x'.repeat(40)),
      textDelta('y'.repeat(80), 't1'),
    ]);
    expect(totalOf(usage)).toMatchObject({ inputTokens: 20, outputTokens: 30 });
  });

  it('is priced by the table, and is replaced by what the result says', () => {
    const lines = [init, messageStart('m1'), messageDelta(50)];
    const cost = 10 * 4 + 50 * 20 + 1000 * 5 + 2000 * 0.2;
    expect(totalOf(usageOf(lines))).toEqual(figures(10, 50, 1000, 2000, cost));
    const delta = { 'claude-opus-5-5': cliUsage(11, 51, 0.5) };
    const usage = usageOf([...lines, result({ model_usage_since_last_result: delta })]);
    expect(usage).toEqual({ basis: 'exact', byModel: { 'claude-opus-5-5': figures(11, 51, 0, 0, 500_000) } });
  });

  it('stays exact when a block of a settled message comes late', () => {
    const delta = { 'claude-opus-5-5': cliUsage(11, 51, 0.5) };
    const lines = [init, said('m1', 'a'), result({ model_usage_since_last_result: delta }), said('m1', 'b')];
    expect(usageOf(lines).basis).toBe('exact');
  });

  it('is what a killed run is left with, marked as an estimate', () => {
    const bytes = fixture('steps-20').stdout;
    const cut = bytes.subarray(0, bytes.lastIndexOf('"type":"result"') - 200);
    const usage = usageOf(cut.subarray(0, cut.lastIndexOf('\n') + 1));
    expect(usage.basis).toBe('estimated');
    expect(totalOf(usage)).toEqual(truth['steps-20']);
  });

  it('costs nothing for a model without a list price, and says so once', () => {
    const stranger = (id: string) => {
      const line = said(id, 'hello');
      return { ...line, message: { ...line.message, model: 'claude-next' } };
    };
    const fold = foldOf([init, stranger('m1'), stranger('m2')]);
    expect(totalOf(fold.progress().usage)).toMatchObject({ inputTokens: 20, costMicroUsd: 0 });
    const warnings = eventsOf(fold.take().items, 'instance.warning');
    expect(warnings.map(({ code }) => code)).toEqual(['claude.unpriced']);
    expect(warnings[0]?.message).toContain('claude-next');
  });

  it('grows with every piece of a message, and with what the CLI says of hidden thinking', () => {
    const thinking = (estimated_tokens: number) => ({
      ...{ type: 'system', subtype: 'thinking_tokens', estimated_tokens },
    });
    const lines = [
      init,
      messageStart('m1'),
      thinking(100),
      thinking(250),
      textDelta('x'.repeat(40)),
      textDelta('x'.repeat(40)),
      messageDelta(300),
    ];
    const outputs = lines.map((_line, index) => totalOf(usageOf(lines.slice(0, index + 1))).outputTokens);
    expect(outputs).toEqual([0, 1, 100, 250, 260, 270, 300]);
  });

  it('leaves out the messages that the CLI makes up itself', () => {
    expect(usageOf(fixture('not-logged-in').stdout)).toEqual({ basis: 'exact', byModel: {} });
  });
});
