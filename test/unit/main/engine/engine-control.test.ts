import { describe, expect, it } from 'vitest';
import type { AttemptItem } from '../../../../src/main/engine/ports.ts';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import type { CommandResult } from '../../../../src/main/engine/workspace-ports.ts';
import { inst, on, play, retrying, type Play } from '../../../support/engine/play.ts';
import { settled } from '../../../support/engine/manual-clock.ts';

const hour = 3_600_000;

const usageLimit = (p: Play, inMs: number) => ({
  failure: { code: 'claude.usage_limit', message: 'The limit is reached.' },
  more: { limitResetsAt: instantOf(p.clock.now() + inMs) },
});

/** A check whose command ends when the test says so. */
const slowCheck = () => {
  const runs: { readonly signal: AbortSignal; end(exitCode: number | null): void }[] = [];
  const runner = {
    run: (_request: unknown, signal: AbortSignal) => {
      const { promise, resolve } = Promise.withResolvers<CommandResult>();
      const end = (exitCode: number | null): void => {
        resolve({ exitCode, timedOut: false, output: 'the check' });
      };
      signal.addEventListener('abort', () => {
        end(null);
      });
      if (signal.aborted) end(null);
      runs.push({ signal, end });
      return promise;
    },
  };
  return { runs, runner };
};

/** The checks that run in a play. */
const checks = new WeakMap<Play, ReturnType<typeof slowCheck>['runs']>();

const checked = { check: { kind: 'command', command: 'npm test', timeoutMs: 60_000 } } as const;

/** Ways into each state in which something can be asked of an instance, and how it ends well from there. */
const states: Readonly<
  Record<string, { readonly enter: () => Promise<Play>; readonly finish?: (p: Play) => Promise<void> }>
> = {
  pending: {
    enter: () => play([inst('other'), inst('a', { dependsOn: [on('other', 'any')] })]),
    finish: (p) => p.succeed('other'),
  },
  running: {
    enter: async () => {
      const p = await play([inst('a')]);
      await p.say('a');
      return p;
    },
  },
  waiting: {
    enter: async () => {
      const p = await play([inst('a')]);
      await p.ask('a', 'q1');
      return p;
    },
  },
  limited: {
    enter: async () => {
      const p = await play([inst('a')]);
      const until = instantOf(p.clock.now() + hour);
      const phase = { kind: 'limited', reason: 'API', until, cause: 'rate_limit' } as const;
      const item: AttemptItem = { kind: 'phase', at: instantOf(p.clock.now()), phase };
      await p.at('a').print([item], { sessionId: 's' });
      return p;
    },
  },
  'parked for a usage limit': {
    enter: async () => {
      const p = await play([inst('a')]);
      await p.say('a');
      const { failure, more } = usageLimit(p, hour);
      await p.fail('a', failure, more);
      expect((await p.view('a')).state).toBe('limited');
      return p;
    },
    finish: (p) => p.clock.advance(2 * hour),
  },
  'between tries': {
    enter: async () => {
      const p = await play([inst('a', { retry: retrying() })]);
      await p.say('a');
      await p.fail('a');
      expect((await p.view('a')).state).toBe('pending');
      return p;
    },
    finish: (p) => p.clock.advance(10_000),
  },
  'in a check': {
    enter: async () => {
      const { runner, runs } = slowCheck();
      const p = await play([inst('a', checked)], {}, { runner });
      checks.set(p, runs);
      await p.say('a');
      await p.succeed('a');
      expect((await p.view('a')).activity).toBe('checking the result');
      expect(runs).toHaveLength(1);
      return p;
    },
  },
  'waiting for trust': {
    enter: async () => {
      const p = await play([inst('a')], {}, { trustMode: 'ask' });
      await settled();
      expect((await p.view('a')).course.hold?.kind).toBe('trust');
      return p;
    },
  },
};

/** Ends whatever runs, as asked or well, until nothing runs. */
const runOut = async (p: Play): Promise<void> => {
  for (let round = 0; round < 5; round++) {
    await p.obey();
    for (const name of p.running()) await p.succeed(name);
    for (const check of checks.get(p) ?? []) check.end(0);
    await settled();
  }
};

describe.each(Object.entries(states))('an instance that is %s', (name, { enter, finish }) => {
  it('is paused, and goes on when it is resumed', async () => {
    const p = await enter();
    const id = await p.idOf('a');
    await p.engine().controls.pauseInstance(id, 'mia');
    await p.engine().controls.pauseInstance(id, 'mia');
    await p.obey();
    await finish?.(p);
    await settled();
    expect((await p.view('a')).state).toBe('paused');
    await p.engine().controls.resumeInstance(id, 'mia');
    await p.engine().controls.resumeInstance(id, 'mia');
    await finish?.(p);
    await settled();
    expect((await p.view('a')).state).toBe(name === 'waiting for trust' ? 'waiting' : 'running');
    expect(p.bench().errors).toEqual([]);
  });

  it('is paused with its orchestration, and goes on with it', async () => {
    const p = await enter();
    await p.engine().controls.pause(p.id, 'mia');
    await p.engine().controls.pause(p.id, 'mia');
    await p.obey();
    await p.clock.advance(2 * hour);
    expect(p.running()).toEqual([]);
    expect(await p.state()).toBe('running');
    const before = p.bench().store.events.length;
    await p.engine().controls.pause(p.id, 'mia');
    expect(p.bench().store.events).toHaveLength(before);
    await p.engine().controls.resume(p.id, 'mia');
    await settled();
    await p.engine().controls.resume(p.id, 'mia');
    await runOut(p);
    if (name === 'waiting for trust') await p.engine().trust.trust('/src/app', 'mia');
    await settled();
    await runOut(p);
    expect(await p.state()).toBe('succeeded');
    expect(p.bench().errors).toEqual([]);
  });

  it('goes on also when it is resumed while it is still being interrupted', async () => {
    const p = await enter();
    await p.engine().controls.pause(p.id, 'mia');
    const resumed = p.engine().controls.resume(p.id, 'mia');
    await p.obey();
    await resumed;
    await finish?.(p);
    await runOut(p);
    if (name === 'waiting for trust') await p.engine().trust.trust('/src/app', 'mia');
    await settled();
    await finish?.(p);
    await runOut(p);
    expect(await p.state()).toBe('succeeded');
  });

  it('is stopped, once', async () => {
    const p = await enter();
    const id = await p.idOf('a');
    await p.engine().stopInstance(id, 'mia', false);
    await p.obey();
    expect((await p.view('a')).state).toBe('stopped');
    const before = p.bench().store.events.length;
    await p.engine().stopInstance(id, 'mia', true);
    expect(p.bench().store.events).toHaveLength(before);
    expect(await p.engine().inbox.list()).toEqual([]);
    await p.clock.advance(3 * hour);
    expect(p.attemptsOf('a').length).toBeLessThanOrEqual(1);
    await finish?.(p);
    expect((await p.view('a')).state).toBe('stopped');
    await runOut(p);
    expect(await p.state()).toBe('stopped');
    expect(p.bench().errors).toEqual([]);
  });

  it('is stopped with its orchestration', async () => {
    const p = await enter();
    await p.engine().stop(p.id, 'mia', false);
    await p.engine().stop(p.id, 'mia', false);
    await p.obey();
    expect(await p.state()).toBe('stopped');
    expect((await p.view('a')).state).toBe('stopped');
    expect(p.events('orchestration.stop_requested').length).toBeLessThanOrEqual(2);
  });

  it('is skipped', async () => {
    const p = await enter();
    const id = await p.idOf('a');
    await p.engine().controls.skipInstance(id, 'mia');
    await p.obey();
    expect((await p.view('a')).state).toBe('skipped');
    await p.engine().controls.skipInstance(id, 'mia');
    await finish?.(p);
    await runOut(p);
    expect(await p.state()).toBe('succeeded');
    expect(await p.engine().inbox.list()).toEqual([]);
    expect(p.bench().errors).toEqual([]);
  });

  it('is restarted as new', async () => {
    const p = await enter();
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await p.obey();
    if (name === 'pending') await finish?.(p);
    if (name === 'waiting for trust') await p.engine().trust.trust('/src/app', 'mia');
    await p.clock.advance(20_000);
    if (name === 'parked for a usage limit') await p.clock.advance(2 * hour);
    await settled();
    expect(p.running()).toEqual(['a']);
    expect(p.at('a').prompts).toEqual(['do a']);
    expect(p.at('a').spec.instance.session).toBeUndefined();
    const view = await p.view('a');
    expect(view).toMatchObject({ questions: [], lost: [], course: { tries: 0, hold: null } });
    await runOut(p);
    expect(await p.state()).toBe('succeeded');
    expect(p.bench().errors).toEqual([]);
  });

  it.each(['pause', 'stop', 'skip', 'restart'] as const)(
    'is as asked also when the engine is killed in the middle of a %s',
    async (how) => {
      const p = await enter();
      const id = await p.idOf('a');
      if (how === 'pause') await p.engine().controls.pauseInstance(id, 'mia');
      if (how === 'stop') await p.engine().stopInstance(id, 'mia', false);
      if (how === 'skip') await p.engine().controls.skipInstance(id, 'mia');
      if (how === 'restart') await p.engine().restartInstance(id, 'mia');
      const world = name === 'waiting for trust' ? { trustMode: 'ask' as const } : {};
      await p.kill({ ...world, ...(name === 'in a check' && { runner: slowCheck().runner }) });
      await p.obey();
      const { state } = await p.view('a');
      if (how === 'pause') expect(state).toBe('paused');
      if (how === 'stop') expect(state).toBe('stopped');
      if (how === 'skip') expect(state).toBe('skipped');
      if (how === 'restart' && state === 'running') {
        expect(p.attemptsOf('a').filter(({ takenOver }) => !takenOver)).toHaveLength(1);
        expect(p.at('a').prompts).toEqual(['do a']);
      }
      expect(p.bench().errors).toEqual([]);
    },
  );
});
