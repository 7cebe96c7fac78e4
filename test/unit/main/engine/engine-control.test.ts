import { describe, expect, it } from 'vitest';
import type { AttemptItem } from '../../../../src/main/engine/ports.ts';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import type { CommandResult } from '../../../../src/main/engine/workspace-ports.ts';
import { crashed, inst, on, over, play, retrying, type Play } from '../../../support/engine/play.ts';
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
      const { engine } = p;
      const id = await p.idOf('a');
      if (how === 'pause') await engine().controls.pauseInstance(id, 'mia');
      if (how === 'stop') await engine().stopInstance(id, 'mia', false);
      if (how === 'skip') await engine().controls.skipInstance(id, 'mia');
      if (how === 'restart') await engine().restartInstance(id, 'mia');
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

describe('resuming', () => {
  it('goes on with the session that it had', async () => {
    const p = await play([inst('a')]);
    await p.say('a', { sessionId: 's1' });
    await p.engine().controls.pauseInstance(await p.idOf('a'), 'mia');
    await p.obey();
    await p.engine().controls.resumeInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(p.at('a').spec.instance.session).toEqual({ resume: 's1' });
    expect(p.at('a').prompts).toEqual(['Go on where you left off.']);
  });

  it('gives the prompt where it had no session yet', async () => {
    const p = await play([inst('a')]);
    await p.engine().controls.pauseInstance(await p.idOf('a'), 'mia');
    await p.obey();
    await p.engine().controls.resumeInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(p.at('a').prompts).toEqual(['do a']);
  });

  it('counts what was done before it could be interrupted', async () => {
    const p = await play([inst('a')]);
    await p.say('a');
    await p.engine().controls.pauseInstance(await p.idOf('a'), 'mia');
    await p.succeed('a');
    expect(await p.states()).toBe('a:succeeded');
  });
});

describe('restarting', () => {
  it('of what has ended leaves the others alone and ends the orchestration again', async () => {
    const p = await play([inst('a'), inst('b')]);
    await p.fail('a');
    await p.succeed('b');
    expect(await p.state()).toBe('failed');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(await p.states()).toBe('a:running b:succeeded');
    await p.obey();
    await p.succeed('a');
    expect(await p.state()).toBe('succeeded');
  });

  it('of an orchestration that ended in an earlier engine works as well', async () => {
    const p = await play([inst('a', { retry: retrying() }), inst('b', { dependsOn: [on('a')] })]);
    await p.succeed('a');
    await p.fail('b');
    await p.kill();
    await p.engine().restartInstance(await p.idOf('b'), 'mia');
    await settled();
    expect(await p.states()).toBe('a:succeeded b:running');
    await p.succeed('b');
    expect(await p.state()).toBe('succeeded');
  });

  it('gives a retry after it no session from before', async () => {
    const p = await play([inst('a', { retry: retrying({ backoffMs: 0 }) })]);
    await p.say('a', { sessionId: 'old' });
    await p.succeed('a');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    await p.fail('a');
    expect(p.attemptsOf('a')).toHaveLength(3);
    expect(p.at('a').spec.instance.session).toBeUndefined();
    expect(p.at('a').prompts).toEqual(['do a']);
  });

  it('after the timeout of the orchestration gives it that time anew', async () => {
    const p = await play([inst('a')], { timeoutMs: hour });
    await p.fail('a');
    await p.clock.advance(2 * hour);
    await p.kill();
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(await p.states()).toBe('a:running');
    expect(p.at('a').signals).toEqual([]);
    await p.kill();
    expect(p.at('a').signals).toEqual([]);
    await p.clock.advance(hour);
    expect(p.at('a').signals).toEqual(['interrupt']);
  });

  it('in the engine that saw it end has a timeout too', async () => {
    const p = await play([inst('a')], { timeoutMs: hour });
    await p.fail('a');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    await p.clock.advance(hour);
    expect(p.at('a').signals).toEqual(['interrupt']);
  });
});

describe('scaling', () => {
  it('starts more at once, and lets the running ones end', async () => {
    const p = await play([inst('a'), inst('b'), inst('c'), inst('d')], { concurrency: 1 });
    await p.engine().controls.scale(p.id, { concurrency: 3, group: null }, 'mia');
    await settled();
    expect(p.running()).toEqual(['a', 'b', 'c']);
    await p.engine().controls.scale(p.id, { concurrency: 1, group: null }, 'mia');
    await p.succeed('a');
    await p.succeed('b');
    expect(p.running()).toEqual(['c']);
    await p.succeed('c');
    expect(p.running()).toEqual(['d']);
  });

  it('of a fan-out alone holds over a kill', async () => {
    const p = await play([inst('fan', { fanOut: over(['x', 'y', 'z'], { concurrency: 1 }) }), inst('b')], {
      concurrency: 9,
    });
    expect(p.running().toSorted()).toEqual(['b', 'fan.1']);
    await p.engine().controls.scale(p.id, { concurrency: 2, group: 'fan' }, 'mia');
    await settled();
    expect(p.running().toSorted()).toEqual(['b', 'fan.1', 'fan.2']);
    await p.kill();
    await p.succeed('fan.1');
    expect(p.running().toSorted()).toEqual(['b', 'fan.2', 'fan.3']);
    await expect(
      p.engine().controls.scale(p.id, { concurrency: 2, group: 'no' }, 'mia'),
    ).rejects.toMatchObject({ failure: { code: 'orchestration.no_group' } });
  });
});

describe('talking to a live one', () => {
  it('sends messages, and says when it cannot', async () => {
    const p = await play([inst('a'), inst('b', { mode: 'oneshot' })]);
    await p.engine().controls.send(await p.idOf('a'), 'also the tests', 'mia');
    expect(p.at('a').sent).toEqual(['also the tests']);
    const refused = p.engine().controls.send(await p.idOf('b'), 'x', 'mia');
    await expect(refused).rejects.toMatchObject({ failure: { code: 'instance.not_live' } });
    expect(p.events('prompt.sent').map(({ by }) => by)).toContain('mia');
  });

  it('changes the model now and for what comes after', async () => {
    const p = await play([inst('a', { retry: retrying({ backoffMs: 0 }) })]);
    await p.engine().controls.configure(await p.idOf('a'), { model: 'haiku' }, 'mia');
    expect(p.at('a').changes).toEqual([{ model: 'haiku' }]);
    await p.kill();
    await p.fail('a', crashed);
    expect(p.at('a').spec.instance.model).toBe('haiku');
  });

  it('edits what has not started, over a kill, and nothing else', async () => {
    const p = await play([inst('a'), inst('b')], { concurrency: 1 });
    await p.engine().controls.edit(await p.idOf('b'), { prompt: 'do something else' }, 'mia');
    const refused = p.engine().controls.edit(await p.idOf('a'), { prompt: 'x' }, 'mia');
    await expect(refused).rejects.toMatchObject({ failure: { code: 'instance.started' } });
    await p.kill();
    await p.succeed('a');
    expect(p.at('b').prompts).toEqual(['do something else']);
  });
});
