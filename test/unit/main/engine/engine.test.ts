import { describe, expect, it } from 'vitest';
import { failureError } from '../../../../src/shared/domain/failure.ts';
import { instantOf, type InstanceId } from '../../../../src/shared/domain/ids.ts';
import type { EventBody } from '../../../../src/shared/domain/event.ts';
import type { PermissionQuestion } from '../../../../src/shared/domain/instance.ts';
import type { AttemptSpec } from '../../../../src/main/engine/ports.ts';
import type { StoreBatch } from '../../../../src/main/engine/store-ports.ts';
import { openBench, planOf, type EngineBench } from '../../../support/engine/engine.ts';
import { settled } from '../../../support/engine/manual-clock.ts';
import { createScriptedDriver } from '../../../support/engine/scripted-driver.ts';

const by = { by: 'mia', planFile: null };
const exact = (tokens: number) => ({
  basis: 'exact' as const,
  byModel: {
    opus: {
      inputTokens: tokens,
      outputTokens: 2,
      cacheWriteTokens: 3,
      cacheReadTokens: 4,
      costMicroUsd: 500,
    },
  },
});

const turnEnded: EventBody = {
  type: 'turn.ended',
  subtype: 'success',
  isError: false,
  result: 'done',
  terminalReason: 'completed',
  errors: [],
  apiErrorStatus: null,
  turns: 1,
  durationMs: 10,
  ttftMs: 5,
  usage: exact(1),
};

const start = async (bench: EngineBench, ...plan: Parameters<typeof planOf>) => {
  const detail = await bench.engine.start({ plan: planOf(...plan), planText: 'name: nightly' }, by);
  await settled();
  return detail;
};

const idOf = (bench: EngineBench, index: number): InstanceId => {
  const view = bench.store.commits
    .flatMap(({ instances }) => instances)
    .find(({ position }) => position === index);
  if (view === undefined) throw new Error(`no instance ${String(index)}`);
  return view.id;
};

const statesOf = (bench: EngineBench, id: InstanceId): readonly string[] =>
  bench.store.events.flatMap(({ instanceId, body }) =>
    instanceId === id && body.type === 'instance.state' ? [body.to] : [],
  );

const question = (requestId: string, clock: { now(): number }): PermissionQuestion => ({
  requestId,
  toolName: 'Bash',
  toolUseId: 't1',
  description: null,
  input: { command: 'touch x' },
  askedAt: instantOf(clock.now()),
});

const waitingPhase = (clock: { now(): number }) =>
  ({ kind: 'phase', at: instantOf(clock.now()), phase: { kind: 'waiting', reason: 'Bash asks' } }) as const;

describe('an instance', () => {
  it('goes from pending to succeeded, each step an event, numbered without a gap', async () => {
    const bench = await openBench();
    const { orchestration } = await start(bench, 1);
    await bench.attempt(0).print([turnEnded], { usage: exact(7), turns: 1, result: 'done', results: 1 });
    bench.attempt(0).end();
    await bench.engine.idle();
    expect(statesOf(bench, idOf(bench, 0))).toEqual(['starting', 'running', 'succeeded']);
    expect(bench.store.events.map(({ seq }) => seq)).toEqual(bench.store.events.map((_, index) => index + 1));
    const mine = bench.store.events.filter(({ instanceId }) => instanceId !== null);
    expect(mine.map(({ n }) => n)).toEqual(mine.map((_, index) => index));
    const detail = await bench.engine.detail(orchestration.id);
    expect(detail.orchestration).toMatchObject({
      state: 'succeeded',
      usage: exact(7),
      counts: { succeeded: 1 },
    });
    expect(detail.instances[0]).toMatchObject({ state: 'succeeded', result: 'done', turns: 1, pid: null });
    expect(bench.errors).toEqual([]);
  });

  it('is given its work only after its process is on record', async () => {
    const bench = await openBench();
    await start(bench, 1);
    expect(bench.attempt(0).prompts).toEqual(['do 0']);
    const commitWith = (is: (batch: StoreBatch) => boolean): number => bench.store.commits.findIndex(is);
    const recorded = commitWith(({ attempts }) => attempts.some(({ process }) => process !== null));
    const prompted = commitWith(({ events }) => events.some(({ body }) => body.type === 'prompt.sent'));
    expect(recorded).toBeGreaterThan(-1);
    expect(prompted).toBeGreaterThan(recorded);
  });

  it('fails with the reason when its process cannot be started, and the others go on', async () => {
    const bench = await openBench();
    bench.driver.failStart(failureError('workspace.missing', 'There is no folder /src/app.'));
    const { orchestration } = await start(bench, 2);
    bench.attempt(0).end();
    await bench.engine.idle();
    const { instances } = await bench.engine.detail(orchestration.id);
    expect(instances.map(({ state }) => state)).toEqual(['failed', 'succeeded']);
    expect(instances[0]?.failure).toEqual({
      code: 'workspace.missing',
      message: 'There is no folder /src/app.',
    });
  });

  it('keeps a structured result as data', async () => {
    const bench = await openBench();
    await start(bench, 1);
    await settled();
    await bench.attempt(0).print([], { result: '{"files":["a.ts"]}', structured: { files: ['a.ts'] } });
    bench.attempt(0).end();
    await bench.engine.idle();
    expect(await bench.engine.instance(idOf(bench, 0))).toMatchObject({ structured: { files: ['a.ts'] } });
  });

  it('ends its input after a turn, so that a live one ends by itself', async () => {
    const bench = await openBench();
    await start(bench, 1);
    expect(bench.attempt(0).inputEnded()).toBe(false);
    await bench.attempt(0).print([turnEnded]);
    expect(bench.attempt(0).inputEnded()).toBe(true);
  });

  it('fails by its timeout, asked to stop more and more firmly', async () => {
    const bench = await openBench({ stopTimes: { interruptMs: 1000, terminateMs: 2000 } });
    await start(bench, 1, {}, { timeoutMs: 60_000 });
    await bench.clock.advance(59_999);
    expect(bench.attempt(0).signals).toEqual([]);
    await bench.clock.advance(1);
    expect(bench.attempt(0).signals).toEqual(['interrupt']);
    await bench.clock.advance(1000);
    expect(bench.attempt(0).signals).toEqual(['interrupt', 'terminate']);
    await bench.clock.advance(2000);
    expect(bench.attempt(0).signals).toEqual(['interrupt', 'terminate', 'kill']);
    bench.attempt(0).end({ exitCode: null, signal: 'SIGKILL' });
    await bench.engine.idle();
    expect(await bench.engine.instance(idOf(bench, 0))).toMatchObject({
      state: 'failed',
      failure: { code: 'instance.timeout' },
    });
  });

  it('is stopped at the second refusal of its key instead of ten tries later', async () => {
    const bench = await openBench();
    await start(bench, 1);
    const refused = (attempt: number): EventBody => ({
      ...{ type: 'api.retried', attempt, maxRetries: 10, delayMs: 500, status: 401 },
      error: 'authentication_failed',
    });
    await bench.attempt(0).print([refused(1)]);
    expect(bench.attempt(0).signals).toEqual([]);
    await bench.attempt(0).print([refused(2)]);
    expect(bench.attempt(0).signals).toEqual(['interrupt']);
    bench.attempt(0).end();
    await bench.engine.idle();
    expect(await bench.engine.instance(idOf(bench, 0))).toMatchObject({
      failure: { code: 'claude.auth_failed' },
    });
  });
});

describe('the slots', () => {
  it('are never more than the concurrency, and are filled in plan order', async () => {
    const bench = await openBench();
    await start(bench, 4, { concurrency: 2 });
    expect(bench.driver.attempts.map(({ spec }) => spec.instance.name)).toEqual(['a', 'b']);
    bench.attempt(1).end();
    await settled();
    expect(bench.driver.attempts.map(({ spec }) => spec.instance.name)).toEqual(['a', 'b', 'c']);
    expect(bench.driver.running()).toBe(2);
  });

  it('are filled a start-up delay apart', async () => {
    const bench = await openBench();
    await start(bench, 3, { startupDelayMs: 1000 });
    expect(bench.driver.attempts).toHaveLength(1);
    await bench.clock.advance(999);
    expect(bench.driver.attempts).toHaveLength(1);
    await bench.clock.advance(1);
    expect(bench.driver.attempts).toHaveLength(2);
    await bench.clock.advance(1000);
    expect(bench.driver.attempts).toHaveLength(3);
  });
});

describe('stopping', () => {
  it('stops what runs and what waits, and starts nothing more', async () => {
    const bench = await openBench();
    const { orchestration } = await start(bench, 3, { concurrency: 1 });
    await bench.engine.stop(orchestration.id, 'mia', false);
    bench.attempt(0).end();
    await bench.engine.idle();
    const detail = await bench.engine.detail(orchestration.id);
    expect(detail.orchestration.state).toBe('stopped');
    expect(detail.instances.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped']);
    expect(bench.driver.attempts).toHaveLength(1);
  });

  it('kills at once when forced, also in the middle of a gentle stop', async () => {
    const bench = await openBench();
    await start(bench, 1);
    await bench.engine.stopInstance(idOf(bench, 0), 'mia', false);
    await bench.engine.stopInstance(idOf(bench, 0), 'mia', true);
    expect(bench.attempt(0).signals).toEqual(['interrupt', 'kill']);
  });

  it('reaches an instance whose process is only just being started', async () => {
    const driver = createScriptedDriver(() => 0);
    const { promise, resolve } = Promise.withResolvers<string>();
    const slow = { ...driver, start: (spec: AttemptSpec) => promise.then(() => driver.start(spec)) };
    const bench = await openBench({ driver: slow });
    const { instances } = await bench.engine.start({ plan: planOf(1), planText: '' }, by);
    const id = instances[0]?.id;
    if (id === undefined) throw new Error('no instance');
    await settled();
    await bench.engine.stopInstance(id, 'mia', false);
    resolve('started');
    await settled();
    expect(driver.attempts[0]?.prompts).toEqual([]);
    expect(driver.attempts[0]?.signals).toEqual(['kill']);
    driver.attempts[0]?.end();
    await bench.engine.idle();
    expect((await bench.engine.instance(id)).state).toBe('stopped');
  });

  it('does nothing to what has ended', async () => {
    const bench = await openBench();
    await start(bench, 1);
    bench.attempt(0).end();
    await bench.engine.idle();
    const before = bench.store.events.length;
    await bench.engine.stopInstance(idOf(bench, 0), 'mia', true);
    expect(bench.store.events).toHaveLength(before);
  });
});

describe('restarting', () => {
  it('runs an ended instance again and adds its figures up', async () => {
    const bench = await openBench();
    const { orchestration } = await start(bench, 1);
    await bench.attempt(0).print([turnEnded], { usage: exact(7), turns: 1, toolCalls: 2 });
    bench.attempt(0).end({ exitCode: 1, failure: { code: 'claude.crashed', message: 'It crashed.' } });
    await bench.engine.idle();
    await bench.engine.restartInstance(idOf(bench, 0), 'mia');
    await settled();
    expect((await bench.engine.detail(orchestration.id)).orchestration.state).toBe('running');
    await bench.attempt(1).print([turnEnded], { usage: exact(10), turns: 1, toolCalls: 1 });
    bench.attempt(1).end();
    await bench.engine.idle();
    const detail = await bench.engine.detail(orchestration.id);
    expect(detail.orchestration).toMatchObject({ state: 'succeeded', toolCalls: 3 });
    expect(detail.instances[0]).toMatchObject({ attempts: 2, turns: 2, failure: null });
    expect(detail.instances[0]?.usage.byModel['opus']).toMatchObject({ inputTokens: 17, costMicroUsd: 1000 });
  });

  it('stops a running instance first', async () => {
    const bench = await openBench();
    await start(bench, 1);
    await bench.engine.restartInstance(idOf(bench, 0), 'mia');
    expect(bench.attempt(0).signals).toEqual(['interrupt']);
    bench.attempt(0).end();
    await settled();
    expect(bench.driver.attempts).toHaveLength(2);
    expect(statesOf(bench, idOf(bench, 0))).toEqual([
      ...['starting', 'running', 'pending'],
      ...['starting', 'running'],
    ]);
  });

  it('gives a second attempt a session of its own where the plan names a new one', async () => {
    const bench = await openBench();
    await start(bench, 1, {}, { session: { new: 'e2f6c2a8-7d57-4b65-a5cb-5d4f2b5f3f11' } });
    bench.attempt(0).end({ exitCode: 1, failure: { code: 'claude.crashed', message: 'x' } });
    await bench.engine.idle();
    await bench.engine.restartInstance(idOf(bench, 0), 'mia');
    await settled();
    expect(bench.attempt(1).spec.instance.session).toBeUndefined();
    expect(bench.store.events.some(({ body }) => body.type === 'instance.warning')).toBe(true);
  });
});

describe('a permission prompt', () => {
  const ask = async (bench: EngineBench): Promise<void> => {
    const { requestId, toolName, toolUseId, description, input } = question('q1', bench.clock);
    const requested: EventBody = {
      type: 'permission.requested',
      requestId,
      toolName,
      toolUseId,
      description,
      input,
    };
    await bench
      .attempt(0)
      .print([requested, waitingPhase(bench.clock)], { questions: [question('q1', bench.clock)] });
  };

  it('shows as waiting with its question and goes on when answered', async () => {
    const bench = await openBench();
    await start(bench, 1);
    await ask(bench);
    const id = idOf(bench, 0);
    expect(await bench.engine.instance(id)).toMatchObject({
      state: 'waiting',
      questions: [{ requestId: 'q1' }],
    });
    const after = await bench.engine.answer(id, 'q1', { decision: 'allow', message: null }, { by: 'mia' });
    expect(after).toMatchObject({ state: 'running', questions: [] });
    expect(bench.attempt(0).answers).toEqual(['q1:allow']);
  });

  it('is answered once', async () => {
    const bench = await openBench();
    await start(bench, 1);
    await ask(bench);
    const id = idOf(bench, 0);
    const deny = { decision: 'deny', message: 'no' } as const;
    await bench.engine.answer(id, 'q1', deny, { by: 'mia' });
    await expect(bench.engine.answer(id, 'q1', deny, { by: 'mia' })).rejects.toMatchObject({
      failure: { code: 'permission.unknown' },
    });
    expect(bench.attempt(0).answers).toEqual(['q1:deny']);
  });
});

describe('a failing store', () => {
  it('holds everything back until it works again, and nothing is lost or told before', async () => {
    const bench = await openBench();
    await start(bench, 1);
    const seen: number[] = [];
    const { orchestrationId } = await bench.engine.instance(idOf(bench, 0));
    const abort = new AbortController();
    const stream = bench.engine.stream({ orchestrationId, instanceId: null, afterSeq: 0 }, abort.signal);
    const reading = (async () => {
      for await (const batch of stream)
        if (batch.kind === 'batch') seen.push(...batch.events.map(({ seq }) => seq));
    })();
    await settled();
    bench.store.failNext(3);
    const before = bench.store.events.length;
    const printed = bench.attempt(0).print([turnEnded]);
    await bench.clock.advance(2500);
    expect(bench.store.events).toHaveLength(before);
    expect(seen).toHaveLength(before);
    await bench.clock.advance(600);
    await printed;
    await bench.clock.advance(100);
    expect(bench.store.events.length).toBeGreaterThan(before);
    expect(seen).toEqual(bench.store.events.map(({ seq }) => seq));
    abort.abort();
    await reading;
  });
});
