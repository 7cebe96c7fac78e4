import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openScriptedApi, type ScriptedApi } from '../../src/main/demo/scripted-api.ts';
import type { Attempt, AttemptEnd } from '../../src/main/engine/ports.ts';
import type { EventBody, EventOf, EventType } from '../../src/shared/domain/event.ts';
import type { PermissionQuestion } from '../../src/shared/domain/instance.ts';
import type { InlineObject, InstanceSpec } from '../../src/shared/domain/plan/plan-spec.ts';
import { answersInput } from '../../src/shared/domain/question.ts';
import { totalOf } from '../../src/shared/domain/usage.ts';
import {
  followed,
  installationOf,
  openAttemptPlace,
  type AttemptPlace,
  type Followed,
} from '../support/attempts.ts';
import { claudeBinary, openClaudePlace, type ClaudePlace } from '../support/claude.ts';

let api: ScriptedApi;
let claude: ClaudePlace;
let place: AttemptPlace;

beforeAll(async () => {
  api = await openScriptedApi();
  claude = await openClaudePlace(api.url);
});
afterAll(async () => {
  await api.close();
  await claude.remove();
});
beforeEach(async () => {
  const installation = installationOf({ file: claudeBinary(), prefix: [] });
  place = await openAttemptPlace({ installation, env: claude.env });
});
afterEach(() => place.close());

/** What an engine says before it is killed. */
const leftSchema = z.object({
  root: z.string(),
  process: z.object({ pid: z.int(), startToken: z.string() }),
});

type Run = { readonly attempt: Attempt; readonly seen: Followed };

/** An attempt with its work; as the engine does, its input ends with the first end of a turn. */
const run = async (instance: Partial<InstanceSpec>, prompt: string): Promise<Run> => {
  const { attempt } = await place.driver.start(place.spec(instance));
  const seen = followed(attempt);
  void seen.event(isTurnEnd).then(
    () => attempt.endInput(),
    () => undefined,
  );
  attempt.prompt(prompt);
  return { attempt, seen };
};

const isTurnEnd = ({ body }: { readonly body: EventBody }): boolean => body.type === 'turn.ended';

const eventsOf = <T extends EventType>({ seen }: Run, type: T): readonly EventOf<T>[] =>
  seen.events().filter((body): body is EventOf<T> => body.type === type);

const endOf = async ({ seen }: Run): Promise<AttemptEnd> => {
  const end = await seen.end;
  if (end === null) throw new Error('it was let go of');
  return end;
};

const isWriting = ({ seen }: Run): Promise<void> =>
  expect.poll(() => seen.outputs.some(({ deltas }) => deltas.length > 0)).toBe(true);

const questionOf = async ({ seen }: Run): Promise<PermissionQuestion> => {
  await seen.event(({ body }) => body.type === 'permission.requested');
  const question = seen.outputs.flatMap(({ progress }) => progress.questions).at(-1);
  if (question === undefined) throw new Error('no question is open');
  return question;
};

const resultsOf = (it: Run): readonly (string | null)[] =>
  eventsOf(it, 'turn.ended').map(({ result }) => result);

const schema: InlineObject = {
  type: 'object',
  properties: { count: { type: 'integer' } },
  required: ['count'],
};

describe('commands before the prompt', () => {
  beforeEach(async () => {
    const commands = join(place.workspace, '.claude', 'commands');
    await mkdir(commands, { recursive: true });
    await writeFile(join(commands, 'first.md'), 'STEPS=1 SAY="first $ARGUMENTS"\n');
  });

  it.each(['live', 'oneshot'] as const)('are turns of their own, in order, in mode %s', async (mode) => {
    const it = await run({ mode, before: ['/first one', '/clear'] }, 'STEPS=1 SAY="the work"');
    const end = await endOf(it);
    expect(end).toMatchObject({ failure: null, exitCode: 0 });
    expect(resultsOf(it)).toEqual(['first one', '', 'the work']);
    const sessions = eventsOf(it, 'session.started').map(({ sessionId }) => sessionId);
    expect(new Set(sessions).size).toBe(2);
    expect(end.progress.sessionId).toBe(sessions.at(-1));
    expect(end.progress.usage.basis).toBe('exact');
  });
});

it('a prompt that an engine took with it, while the commands before it were at work, was not begun', async () => {
  const spec = place.spec({ before: ['SLOW=20 WORDS=10'] });
  const support = fileURLToPath(new URL('../support/', import.meta.url));
  const script = `
    import { followed, installationOf, openAttemptPlace } from ${JSON.stringify(`${support}attempts.ts`)};
    const installation = installationOf({ file: ${JSON.stringify(claudeBinary())}, prefix: [] });
    const place = await openAttemptPlace({ installation, env: {}, spoolFolder: ${JSON.stringify(place.spoolFolder)} });
    const { attempt } = await place.driver.start(${JSON.stringify(spec)});
    attempt.prompt('SAY="the work"');
    const seen = followed(attempt);
    await seen.event(({ body }) => body.type === 'session.started');
    console.log(JSON.stringify({ root: place.root, process: attempt.process }));
    await seen.end;`;
  const engine = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed: unknown[] = await once(engine.stdout, 'data');
  engine.kill('SIGKILL');
  await once(engine, 'close');
  const left = leftSchema.parse(JSON.parse(String(printed[0])));
  const taken = await place.driver.takeOver(spec, left.process, { stdout: 0, stderr: 0 });
  expect(await followed(taken).end).toMatchObject({ worked: false, failure: null, progress: { results: 1 } });
  await rm(left.root, { recursive: true });
});

describe('a further message', () => {
  it('is answered in a turn of its own, also when it comes just before its input would end', async () => {
    const it = await run({}, 'SLOW=30 WORDS=20');
    await isWriting(it);
    expect(it.attempt.send('SAY="the second answer"')).toBe(true);
    expect(await endOf(it)).toMatchObject({ failure: null, exitCode: 0 });
    expect(resultsOf(it).at(-1)).toBe('the second answer');
    expect(it.attempt.send('too late')).toBe(false);
  });

  it('joins the turn in hand when a tool is used', async () => {
    const it = await run({}, 'STEPS=3 SLOW=40 WORDS=10');
    await it.seen.event(({ body }) => body.type === 'tool.called');
    expect(it.attempt.send('Be quick.')).toBe(true);
    expect(await endOf(it)).toMatchObject({ failure: null, exitCode: 0 });
    expect(resultsOf(it)).toHaveLength(1);
  });

  it('can ask for a tool, for its input is still open', async () => {
    const it = await run({}, 'SLOW=30 WORDS=20');
    await isWriting(it);
    it.attempt.send('TOOL=touch second.txt');
    it.attempt.answer(await questionOf(it), { decision: 'allow', message: null });
    expect(await endOf(it)).toMatchObject({ failure: null });
    expect(await readFile(join(place.workspace, 'second.txt'), 'utf8')).toBe('');
  });

  it('is not taken in oneshot mode', async () => {
    const it = await run({ mode: 'oneshot' }, 'SLOW=30 WORDS=10');
    expect(it.attempt.send('more')).toBe(false);
    await endOf(it);
  });
});

it('a subagent in the background can ask after the turn has ended', async () => {
  const it = await run({}, 'TASK SUB="TOOL=touch sub.txt"');
  const question = await questionOf(it);
  await it.seen.event(isTurnEnd);
  expect(it.seen.outputs.at(-1)?.progress.openTools).toBeGreaterThan(0);
  expect(it.attempt.answer(question, { decision: 'allow', message: null })).toBe(true);
  const end = await endOf(it);
  expect(end).toMatchObject({ failure: null, exitCode: 0 });
  expect(end.progress.openTools).toBe(0);
  expect(await readFile(join(place.workspace, 'sub.txt'), 'utf8')).toBe('');
});

describe('a change while it runs', () => {
  it('holds from the next message on, and what is refused is said', async () => {
    const it = await run({ model: 'sonnet' }, 'STEPS=2 SLOW=40 WORDS=5');
    await it.seen.event(({ body }) => body.type === 'tool.called');
    expect(it.attempt.configure({ model: 'haiku', permissionMode: 'bypassPermissions' })).toBe(true);
    const end = await endOf(it);
    expect(end.failure).toBeNull();
    expect(Object.keys(end.progress.usage.byModel).join(' ')).toMatch(/sonnet.*haiku|haiku.*sonnet/);
    const refused = eventsOf(it, 'notice').filter(({ subtype }) => subtype === 'request_refused');
    expect(refused.map(({ text }) => text).join()).toContain('bypassPermissions');
    expect(it.attempt.configure({ model: 'sonnet' })).toBe(false);
  });

  it('of the permission mode does away with prompts', async () => {
    const it = await run({}, 'STEPS=1 SLOW=60\nTOOL=touch made.txt');
    it.attempt.configure({ permissionMode: 'acceptEdits' });
    expect(await endOf(it)).toMatchObject({ failure: null });
    expect(eventsOf(it, 'permission.requested')).toEqual([]);
    expect(await readFile(join(place.workspace, 'made.txt'), 'utf8')).toBe('');
  });
});

describe('what Claude asks of the person', () => {
  const outputs = (it: Run): string =>
    eventsOf(it, 'tool.finished')
      .map(({ output }) => output)
      .join('\n');

  it('comes with its options, and is answered', async () => {
    const it = await run({}, 'ASK=2');
    const question = await questionOf(it);
    if (question.asks?.kind !== 'question') throw new Error('it asks nothing');
    const { questions } = question.asks;
    expect(
      questions.map(({ multiSelect, options }) => [multiSelect, options.map(({ label }) => label)]),
    ).toEqual([
      [false, ['Red', 'Blue']],
      [true, ['Red', 'Blue']],
    ]);
    const updatedInput = answersInput(questions, [['Blue'], ['Red', 'Blue']]);
    it.attempt.answer(question, { decision: 'allow', message: null, updatedInput });
    expect(await endOf(it)).toMatchObject({ failure: null });
    expect(outputs(it)).toContain('"Which color?"="Blue", "Which ones too?"="Red, Blue"');
  });

  it('can be left to Claude with a reason', async () => {
    const it = await run({}, 'ASK');
    it.attempt.answer(await questionOf(it), { decision: 'deny', message: 'Choose yourself.' });
    expect(await endOf(it)).toMatchObject({ failure: null });
    expect(outputs(it)).toContain('Choose yourself.');
  });

  it('is a plan with its text, and an approval may change the permission mode', async () => {
    const it = await run({ permissionMode: 'plan' }, 'PLANMODE="1. Make the file."\nTOOL=touch planned.txt');
    const question = await questionOf(it);
    expect(question.asks).toEqual({ kind: 'plan', plan: '1. Make the file.' });
    it.attempt.answer(question, { decision: 'allow', message: null, permissionMode: 'acceptEdits' });
    expect(await endOf(it)).toMatchObject({ failure: null });
    expect(eventsOf(it, 'permission.requested')).toHaveLength(1);
    expect(await readFile(join(place.workspace, 'planned.txt'), 'utf8')).toBe('');
  });

  it('ends the turn where the answer says so', async () => {
    const it = await run({ permissionMode: 'plan' }, 'PLANMODE');
    it.attempt.answer(await questionOf(it), { decision: 'deny', message: 'No.', interrupt: true });
    expect((await endOf(it)).failure?.code).toBe('claude.interrupted');
  });
});

describe('a structured result', () => {
  it.each([
    ['live', 'stream-json'],
    ['oneshot', 'json'],
  ] as const)('is data, in mode %s with %s', async (mode, outputFormat) => {
    const end = await endOf(await run({ mode, outputFormat, resultSchema: schema }, 'RESULT={"count":3}'));
    expect(end.failure).toBeNull();
    expect(end.progress.structured).toEqual({ count: 3 });
  });

  it.each([
    ['does not come', 'SAY="no"'],
    ['does not fit', 'RESULT={"count":"three"}'],
  ])('that %s is a failure of its own', async (_what, prompt) => {
    const end = await endOf(await run({ resultSchema: schema }, prompt));
    expect(end.failure?.code).toBe('instance.invalid_result');
    expect(end.progress.structured).toBeNull();
  });
});

describe('a usage limit', () => {
  it('says when it resets', async () => {
    const { ANTHROPIC_API_KEY: _key, ...env } = claude.env as Record<string, string>;
    const installation = installationOf({ file: claudeBinary(), prefix: [] });
    const subscribed = await openAttemptPlace({
      installation,
      env: { ...env, CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-not-a-real-one' },
    });
    try {
      const { attempt } = await subscribed.driver.start(subscribed.spec());
      const seen = followed(attempt);
      const before = Date.now();
      attempt.prompt('LIMIT=3600');
      await seen.event(isTurnEnd);
      attempt.endInput();
      const end = await seen.end;
      expect(end?.failure?.code).toBe('claude.usage_limit');
      const resetsAt = Date.parse(end?.limitResetsAt ?? '');
      expect(resetsAt).toBeGreaterThanOrEqual(before + 3_600_000);
      expect(resetsAt).toBeLessThan(Date.now() + 3_602_000);
    } finally {
      await subscribed.close();
    }
  });

  it('of a key is a rate limit, for nobody says when it resets', async () => {
    const end = await endOf(await run({}, 'LIMIT=3600'));
    expect(end).toMatchObject({ failure: { code: 'claude.rate_limited' }, limitResetsAt: null });
  });

  it('shows why it waits while it tries again', async () => {
    const it = await run({}, 'FAIL429=1');
    expect(await endOf(it)).toMatchObject({ failure: null });
    const limited = it.seen.items().filter((item) => item.kind === 'phase' && item.phase.kind === 'limited');
    expect(limited).toMatchObject([{ phase: { cause: 'rate_limit' } }]);
  });
});

describe('an interrupt', () => {
  it('in mid-message ends the process with the turn’s cost, and the session goes on later', async () => {
    const cutBefore = api.totals().cut.messages;
    const it = await run({}, 'SLOW=50 WORDS=200');
    await expect
      .poll(
        () => totalOf(it.seen.outputs.at(-1)?.progress.usage ?? { basis: 'exact', byModel: {} }).outputTokens,
      )
      .toBeGreaterThan(5);
    await it.attempt.signal('interrupt');
    const end = await endOf(it);
    expect(end).toMatchObject({ exitCode: 0, failure: { code: 'claude.interrupted' } });
    expect(end.progress.usage.basis).toBe('exact');
    expect(api.totals().cut.messages).toBe(cutBefore + 1);
    const { inputTokens, outputTokens } = totalOf(end.progress.usage);
    expect(inputTokens).toBeGreaterThan(0);
    expect(outputTokens).toBeGreaterThan(0);

    const { sessionId } = end.progress;
    const later = await run({ session: { resume: sessionId ?? '' } }, 'SAY="went on"');
    const laterEnd = await endOf(later);
    expect(laterEnd).toMatchObject({ failure: null, progress: { result: 'went on', sessionId } });
  });

  it('drops the messages that wait', async () => {
    const it = await run({}, 'SLOW=50 WORDS=200');
    await isWriting(it);
    it.attempt.send('SAY="never"');
    await it.attempt.signal('interrupt');
    expect((await endOf(it)).failure?.code).toBe('claude.interrupted');
    expect(resultsOf(it)).toHaveLength(1);
  });

  it('while only a subagent works is no success', async () => {
    const it = await run({}, 'TASK SUB="SLOW=100 WORDS=200"');
    await it.seen.event(isTurnEnd);
    await it.attempt.signal('interrupt');
    expect((await endOf(it)).failure?.code).toBe('claude.interrupted');
  });

  it('leaves a session that goes on after a kill, too', async () => {
    const it = await run({}, 'STEPS=1 SLOW=50 WORDS=200');
    await it.seen.event(({ body }) => body.type === 'tool.finished');
    await isWriting(it);
    await it.attempt.signal('kill');
    const { failure, progress } = await endOf(it);
    expect(failure?.code).toBe('claude.killed');
    const later = await run({ session: { resume: progress.sessionId ?? '' } }, 'SAY="went on"');
    expect((await endOf(later)).progress.result).toBe('went on');
  });
});

describe('a budget', () => {
  it('is of one process: what a session cost before does not count', async () => {
    const first = await endOf(await run({}, 'SAY="x"'));
    const session = { resume: first.progress.sessionId ?? '' };
    const cost = totalOf(first.progress.usage).costMicroUsd;
    const within = await endOf(
      await run({ session, maxBudgetMicroUsd: Math.round(cost * 1.2) }, 'STEPS=1 SAY="y"'),
    );
    expect(within.failure).toBeNull();
    expect(cost + totalOf(within.progress.usage).costMicroUsd).toBeGreaterThan(cost * 1.2);
    const beyond = await endOf(await run({ session, maxBudgetMicroUsd: 5000 }, 'STEPS=5 SAY="y"'));
    expect(beyond.failure?.code).toBe('claude.max_budget');
  });
});

it('a preview names no secret and starts nothing', async () => {
  const asked = api.requests().total;
  const spec = place.spec({ prompt: 'Do it.', before: ['/clear'], env: { MY_TOKEN: 'abc', COLOR: 'red' } });
  const preview = await place.driver.preview(spec);
  expect(preview.command.slice(0, 2)).toEqual([claudeBinary(), '-p']);
  expect(preview.env).toMatchObject({ MY_TOKEN: '***', ANTHROPIC_API_KEY: '***', COLOR: 'red' });
  expect(preview.prompt).toBe('/clear\nDo it.');
  expect(api.requests().total).toBe(asked);
});
