import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { containing } from '../support/matching.ts';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';

let place: NetraPlace;

beforeEach(async () => {
  place = await openNetraPlace();
});

afterEach(async () => {
  await place.close();
});

const reportSchema = z.object({
  orchestration: z.object({
    id: z.uuid(),
    name: z.string(),
    state: z.string(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    durationMs: z.number().positive(),
  }),
  instances: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      model: z.string().nullable(),
      attempts: z.int(),
      usage: z.object({ inputTokens: z.int(), outputTokens: z.int() }),
      costUsd: z.number(),
      costBasis: z.enum(['exact', 'estimated']),
      tools: z.record(z.string(), z.object({ calls: z.int(), errors: z.int() })),
      result: z.string().nullable(),
      failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  ),
  totals: z.object({
    usage: z.object({
      inputTokens: z.int(),
      outputTokens: z.int(),
      cacheWriteTokens: z.int(),
      cacheReadTokens: z.int(),
    }),
    costUsd: z.number(),
    costBasis: z.enum(['exact', 'estimated']),
    toolCalls: z.int(),
    cacheHitRate: z.number().min(0).max(1).nullable(),
  }),
});

const reportIn = (stdout: string): z.infer<typeof reportSchema> => reportSchema.parse(JSON.parse(stdout));

/** What the API served, over all models. */
const served = () => {
  const sums = { inputTokens: 0, outputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0 };
  for (const figures of Object.values(place.api.totals().byModel)) {
    sums.inputTokens += figures.inputTokens;
    sums.outputTokens += figures.outputTokens;
    sums.cacheWriteTokens += figures.cacheWriteTokens;
    sums.cacheReadTokens += figures.cacheReadTokens;
  }
  return sums;
};

const eventSchema = z.looseObject({ seq: z.int(), body: z.looseObject({ type: z.string() }) });

const eventsIn = (text: string): readonly z.infer<typeof eventSchema>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => eventSchema.parse(JSON.parse(line)));

describe('netra run', () => {
  it('prints one report as JSON whose tokens are what the API served, and ends with 0', async () => {
    const file = await place.plan('two', [
      { name: 'words', prompt: 'WORDS=12' },
      { name: 'steps', prompt: 'STEPS=2 WORDS=3', permissionMode: 'acceptEdits' },
    ]);
    const { code, stdout, stderr } = await place.run(['run', file, '--format', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { orchestration, instances, totals } = reportIn(stdout);
    expect(orchestration).toMatchObject({ name: 'two', state: 'succeeded' });
    expect(instances.map(({ name, state, failure }) => [name, state, failure])).toEqual([
      ['words', 'succeeded', null],
      ['steps', 'succeeded', null],
    ]);
    expect(instances[1]?.tools).toMatchObject({ Bash: { calls: 2, errors: 0 } });
    expect(totals.usage).toEqual(served());
    expect(totals).toMatchObject({ costBasis: 'exact', toolCalls: 2 });
  });

  it('prints every event as a line of JSON, numbered without a gap, and nothing else', async () => {
    const file = await place.plan('events', [{ name: 'a', prompt: 'STEPS=1 WORDS=3' }]);
    const { code, stdout } = await place.run(['run', file, '--format', 'ndjson']);
    expect(code).toBe(0);
    const events = eventsIn(stdout);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events.at(0)?.body.type).toBe('orchestration.created');
    expect(events.at(-1)?.body).toMatchObject({ type: 'orchestration.state', to: 'succeeded' });
    const stored = await place.run(['sessions', 'show', 'events', '--format', 'ndjson']);
    expect(stored.stdout).toBe(stdout);
  });

  it('prints plain lines and a report where there is no terminal, and ends with 1 when one failed', async () => {
    const file = await place.plan('half', [
      { name: 'good', prompt: 'WORDS=3' },
      { name: 'bad', prompt: 'FAIL400=9 WORDS=3' },
    ]);
    const { code, stdout } = await place.run(['run', file]);
    expect(code).toBe(1);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/good {2}● running/);
    expect(stdout).toMatch(/good {2}✓ succeeded/);
    expect(stdout).toMatch(/✗ bad: .*\(claude\.\w+\)/);
    expect(stdout).toMatch(/Total {2}in [\d,]+ · out/);
  });

  it('denies permission prompts where nobody can be asked, and says so', async () => {
    const file = await place.plan('asks', [{ name: 'toucher', prompt: 'TOOL=touch x' }]);
    const { stdout, stderr } = await place.run(['run', file, '--format', 'ndjson']);
    expect(stderr).toContain('denied Bash to "toucher"');
    const answer = eventsIn(stdout).find(({ body }) => body.type === 'permission.answered');
    expect(answer?.body).toMatchObject({ decision: 'deny' });
  });

  it('stops gently at Ctrl-C, reports what there is and ends with 130', async () => {
    const file = await place.plan('long', [{ name: 'slow', prompt: 'WORDS=2000 SLOW=50' }]);
    const run = place.start(['run', file]);
    await run.shows(/slow {2}● running/);
    run.kill('SIGINT');
    const { code, stdout, stderr } = await run.exited;
    expect(code).toBe(130);
    expect(stderr).toContain('stopping; Ctrl-C again kills');
    expect(stdout).toMatch(/■ stopped .*slow/);
  });

  it('kills when it is asked a second time', async () => {
    const file = await place.plan('stubborn', [
      // A shell step that outlives an interrupt of the turn as long as nobody kills it.
      { name: 'deaf', prompt: `TOOL=trap '' INT TERM; while :; do sleep 1; done`, allowedTools: ['Bash'] },
    ]);
    const run = place.start(['run', file]);
    await run.shows(/deaf {2}● running/);
    run.kill('SIGINT');
    await run.shows(/stopping/);
    run.kill('SIGTERM'); // A second SIGINT within a moment is the same Ctrl-C, passed on by a wrapper.
    const { code, stderr, stdout } = await run.exited;
    expect(code).toBe(130);
    expect(stderr).toContain('killing');
    expect(stdout).toMatch(/■ stopped .*deaf/);
  });

  it('takes SIGTERM as Ctrl-C, and ends with 143', async () => {
    const file = await place.plan('long', [{ name: 'slow', prompt: 'WORDS=2000 SLOW=50' }]);
    const run = place.start(['run', file, '--format', 'json']);
    await expect.poll(() => place.api.requests().messages, { timeout: 20_000 }).toBeGreaterThan(0);
    run.kill('SIGTERM');
    const { code, stdout } = await run.exited;
    expect(code).toBe(143);
    expect(reportIn(stdout).instances[0]?.state).toBe('stopped');
  });

  it('ends quietly when nobody reads what it prints any more', async () => {
    const file = await place.plan('unread', [{ name: 'slow', prompt: 'WORDS=400 SLOW=30 THINK' }]);
    const run = place.start(['run', file, '--format', 'ndjson']);
    await run.shows(/session\.started/);
    run.stopReading();
    const { stderr } = await run.exited;
    expect(stderr).not.toMatch(/EPIPE|Error|\n {4}at /);
    const { stdout } = await place.run(['sessions', 'show', 'unread', '--format', 'json']);
    expect(reportIn(stdout).orchestration.state).not.toBe('running');
  });

  it('says by line and column what is wrong with a plan, and ends with 2', async () => {
    const file = await place.plan('wrong', [{ name: 'a', prompt: 'x', permisionMode: 'plan' }]);
    const { code, stdout, stderr } = await place.run(['run', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/wrong\.yaml:1:\d+: .*permisionMode.*permissionMode/);
    const missing = await place.run(['run', 'nowhere.yaml']);
    expect(missing).toMatchObject({ code: 2, stderr: containing('plan.unreadable') });
  });

  it('takes a plan on stdin', async () => {
    const run = place.start(['run', '-', '--format', 'json']);
    const env = JSON.stringify(place.claude.env);
    run.endInput(`name: piped\ndefaults: { env: ${env} }\ninstances:\n  - name: a\n    prompt: WORDS=2\n`);
    const { code, stdout } = await run.exited;
    expect(code).toBe(0);
    expect(reportIn(stdout).orchestration.name).toBe('piped');
  });

  it('fails clearly without Claude Code, and keeps the session', async () => {
    const file = await place.plan('none', [{ name: 'a', prompt: 'x' }]);
    const { code, stdout } = await place.run([
      '--claude',
      '/nowhere/claude',
      'run',
      file,
      '--format',
      'json',
    ]);
    expect(code).toBe(1);
    expect(reportIn(stdout).instances[0]?.failure?.code).toBe('claude.not_found');
  });
});

describe.runIf(process.platform === 'linux')('netra run in a terminal', () => {
  it('draws a table in place, leaves a report and shows the cursor again', async () => {
    const file = await place.plan('table', [{ name: 'writer', prompt: 'WORDS=40 SLOW=20' }]);
    const run = place.start(['run', file], { inTerminal: true });
    await run.shows(/● running/);
    const { code, stdout } = await run.exited;
    expect(code).toBe(0);
    const hidden = stdout.indexOf('\u001b[?25l');
    expect(hidden).toBeGreaterThanOrEqual(0);
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(hidden);
    expect(stdout.slice(stdout.lastIndexOf('\u001b[?25h'))).toMatch(/Total/);
  });

  it('asks a person before a tool runs, and does as told', async () => {
    const file = await place.plan('asks', [{ name: 'toucher', prompt: 'TOOL=touch asked-for WORDS=2' }]);
    const run = place.start(['run', file], { inTerminal: true });
    await run.shows(/toucher asks to use Bash[\s\S]*touch asked-for[\s\S]*\[y\] allow/);
    run.type('y');
    expect((await run.exited).code).toBe(0);
    const { stdout } = await place.run(['sessions', 'show', 'asks', '--format', 'ndjson']);
    const answer = eventsIn(stdout).find(({ body }) => body.type === 'permission.answered');
    expect(answer?.body).toMatchObject({ decision: 'allow' });
  });

  it('hands on the reason of a denial', async () => {
    const file = await place.plan('asks', [{ name: 'toucher', prompt: 'TOOL=touch x WORDS=2' }]);
    const run = place.start(['run', file], { inTerminal: true });
    await run.shows(/\[y\] allow/);
    run.type('nnot here\r');
    await run.exited;
    const { stdout } = await place.run(['sessions', 'show', 'asks', '--format', 'ndjson']);
    const answer = eventsIn(stdout).find(({ body }) => body.type === 'permission.answered');
    expect(answer?.body).toMatchObject({ decision: 'deny', message: 'not here' });
  });
});
