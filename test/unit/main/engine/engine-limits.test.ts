import { describe, expect, it } from 'vitest';
import type { AttemptItem } from '../../../../src/main/engine/ports.ts';
import { failureError } from '../../../../src/shared/domain/failure.ts';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import type { WorkspaceSpec } from '../../../../src/shared/domain/plan/plan-spec.ts';
import { createFakeWorkspaces, type FakeDisk } from '../../../support/engine/fake-workspaces.ts';
import { costing, stopAt } from '../../../support/engine/budgets.ts';
import { inst, on, play, retrying, type Play } from '../../../support/engine/play.ts';
import { settled } from '../../../support/engine/manual-clock.ts';

const minute = 60_000;
const hour = 60 * minute;
const overloaded = { code: 'claude.overloaded', message: 'Overloaded.' };
const limit = { code: 'claude.usage_limit', message: 'The limit is reached.' };
const stopTimes = { interruptMs: 1000, terminateMs: 1000 };

describe('a usage limit', () => {
  const until = (p: Play, ms: number) => ({ limitResetsAt: instantOf(p.clock.now() + ms) });

  it('parks without a slot, holds all starts up, and goes on in its session, one after the other', async () => {
    const p = await play([inst('a'), inst('b'), inst('c')], { concurrency: 2 });
    await p.say('a', { sessionId: 's' });
    await p.fail('a', limit, until(p, 30 * minute));
    await p.fail('b', limit, until(p, 30 * minute));
    expect(await p.states()).toBe('a:limited b:limited c:pending');
    expect((await p.view('a')).limitedUntil).toBe(instantOf(p.clock.now() + 30 * minute));
    expect((await p.engine().detail(p.id)).orchestration.heldBecause).toContain('usage limit');
    await p.clock.advance(30 * minute - 1);
    expect(p.running()).toEqual([]);
    await p.clock.advance(1);
    expect(p.running()).toEqual(['a']);
    expect(p.at('a').spec.instance.session).toEqual({ resume: 's' });
    await p.clock.advance(2000);
    expect(p.running()).toEqual(['a', 'b']);
    await p.succeed('a');
    await p.clock.advance(10_000);
    expect(p.running()).toEqual(['b', 'c']);
  });

  it('that ended while no engine ran is over for a later one', async () => {
    const p = await play([inst('a')]);
    await p.fail('a', limit, until(p, 30 * minute));
    p.bench().kill();
    await p.clock.advance(hour);
    await p.kill();
    expect(p.running()).toEqual(['a']);
  });

  it('holds in a later engine', async () => {
    const p = await play([inst('a')]);
    await p.fail('a', limit, until(p, 30 * minute));
    await p.kill();
    await p.clock.advance(30 * minute - 1);
    expect(p.running()).toEqual([]);
    await p.clock.advance(1);
    expect(p.running()).toEqual(['a']);
  });

  it('whose reset is past does not make it start over and over', async () => {
    const p = await play([inst('a')]);
    await p.fail('a', limit, until(p, -minute));
    expect(p.running()).toEqual([]);
    await p.clock.advance(minute);
    expect(p.running()).toEqual(['a']);
  });

  it('without a known end is a failure like any other', async () => {
    const p = await play([inst('a')]);
    await p.fail('a', limit);
    expect(await p.state()).toBe('failed');
  });

  it('ends in a stop of the orchestration', async () => {
    const p = await play([inst('a'), inst('b', { dependsOn: [on('a')] })]);
    await p.fail('a', limit, until(p, 30 * minute));
    await p.engine().stop(p.id, 'mia', false);
    await settled();
    expect(await p.state()).toBe('stopped');
  });
});

describe('an overloaded API', () => {
  it('holds all starts up; then one goes first, and the others when it works', async () => {
    const p = await play([inst('a', { retry: retrying({ backoffMs: 0 }) }), inst('b'), inst('c')], {
      concurrency: 3,
      startupDelayMs: 1,
    });
    await p.fail('a', overloaded);
    await p.clock.advance(4000);
    expect(p.running()).toEqual([]);
    await p.clock.advance(1001);
    expect(p.running()).toHaveLength(1);
    const [probe = ''] = p.running();
    await p.clock.advance(30_000);
    expect(p.running()).toEqual([probe]);
    const text = { messageId: 'm', text: 'x', model: null, parentToolUseId: null };
    await p.say(probe, {}, [{ type: 'message.text', ...text }]);
    await p.clock.advance(10_000);
    expect(p.running()).toHaveLength(3);
  });

  it('lets go when the probe is stopped', async () => {
    const p = await play([inst('a'), inst('b')], { concurrency: 1 });
    const phase: AttemptItem = {
      ...{ kind: 'phase', at: instantOf(p.clock.now()) },
      phase: { kind: 'limited', reason: 'x', until: instantOf(p.clock.now() + 1000), cause: 'overloaded' },
    };
    await p.at('a').print([phase]);
    await p.engine().stopInstance(await p.idOf('a'), 'mia', false);
    await p.obey();
    await p.clock.advance(6000);
    expect(p.running()).toEqual(['b']);
  });
});

describe('time limits', () => {
  it('end an attempt that takes too long, and try again by policy', async () => {
    const retry = retrying({ backoffMs: 0, on: ['timeout'] });
    const p = await play([inst('a', { timeoutMs: minute, retry })], {}, { stopTimes });
    await p.clock.advance(minute);
    expect(p.at('a').signals).toEqual(['interrupt']);
    await p.obey();
    expect(p.attemptsOf('a')).toHaveLength(2);
    await p.kill();
    await p.clock.advance(minute);
    await p.kill();
    await p.obey();
    await p.succeed('a');
    expect(await p.state()).toBe('succeeded');
    expect(p.bench().errors).toEqual([]);
  });

  it('tell a hang from a tool that takes long and from a person who does', async () => {
    const p = await play([inst('a', { idleTimeoutMs: minute })], {}, { stopTimes });
    await p.say('a', { openTools: 1 });
    await p.clock.advance(10 * minute);
    expect(p.at('a').signals).toEqual([]);
    await p.say('a', { openTools: 0 });
    await p.ask('a', 'q1');
    await p.clock.advance(10 * minute);
    expect(p.at('a').signals).toEqual([]);
    await p.engine().answer(await p.idOf('a'), 'q1', { decision: 'allow', message: null }, { by: 'mia' });
    await p.clock.advance(2 * minute);
    expect(p.at('a').signals[0]).toBe('interrupt');
    await p.obey();
    expect((await p.view('a')).failure?.code).toBe('instance.hung');
  });

  it('stop an orchestration, also what waits in it, also after a kill', async () => {
    const p = await play(
      [inst('a'), inst('b', { dependsOn: [on('a')] }), inst('c', { retry: retrying({ backoffMs: hour }) })],
      { timeoutMs: 10 * minute },
    );
    await p.fail('c');
    await p.clock.advance(5 * minute);
    await p.kill();
    await p.clock.advance(5 * minute);
    await p.obey();
    expect(await p.states()).toBe('a:stopped b:stopped c:stopped');
    expect((await p.view('b')).reason).toContain('longer than its timeout');
    expect(await p.state()).toBe('stopped');
  });

  it('do not run while the machine sleeps', async () => {
    const p = await play([inst('a', { timeoutMs: 10 * minute })], { timeoutMs: hour });
    await p.clock.sleep(5 * hour, 'goes on');
    await p.clock.advance(minute);
    expect(p.at('a').signals).toEqual([]);
  });
});

describe('a worktree', () => {
  const worktree: WorkspaceSpec = {
    kind: 'worktree',
    path: '/src/app',
    base: null,
    keep: 'on_failure',
    setup: [],
  };

  it('is tidied up at the end, also by a later engine, also when the end came while it waited', async () => {
    const { keeper } = createFakeWorkspaces();
    const stuck = { keeper: { ...keeper, finish: () => Promise.race([]) } };
    const p = await play([inst('a', { workspaceSpec: worktree })], {}, stuck);
    await p.ask('a', 'q1');
    await p.succeed('a');
    expect(await p.state()).toBe('running');
    await p.engine().stopInstance(await p.idOf('a'), 'mia', false);
    await p.kill({ keeper });
    expect(await p.state()).toBe('succeeded');
    expect(p.events('workspace.changed').map(({ change }) => change)).toEqual(['prepared', 'removed']);
  });

  it.each(['running', 'paused', 'pending', 'waiting'] as const)(
    'is tidied up when its instance is stopped that was %s, also by a later engine',
    async (state) => {
      const disk: FakeDisk = new Map();
      const { keeper } = createFakeWorkspaces({}, disk);
      const stuck = { keeper: { ...keeper, finish: () => Promise.race([]) } };
      const retry = retrying({ backoffMs: hour });
      const p = await play([inst('a', { workspaceSpec: { ...worktree, keep: 'never' }, retry })], {}, stuck);
      const id = await p.idOf('a');
      if (state === 'pending') await p.fail('a');
      if (state === 'waiting') await p.ask('a', 'q1');
      if (state === 'paused') await p.engine().controls.pauseInstance(id, 'mia');
      if (state === 'paused') await p.obey();
      expect(await p.states()).toBe(`a:${state}`);
      void p.engine().stopInstance(id, 'mia', false);
      await p.obey();
      expect(await p.states()).toBe(`a:${state}`);
      await p.kill({ keeper });
      expect(await p.view('a')).toMatchObject({
        state: 'stopped',
        reason: 'stopped by mia',
        course: { stage: null },
      });
      expect(disk.size).toBe(0);
      expect(await p.state()).toBe('stopped');
    },
  );

  it('is tidied up when its instance is skipped', async () => {
    const p = await play([inst('a', { workspaceSpec: { ...worktree, keep: 'never' } })]);
    await p.engine().controls.skipInstance(await p.idOf('a'), 'mia');
    await p.obey();
    expect(await p.states()).toBe('a:skipped');
    expect(p.bench().disk.size).toBe(0);
  });

  it('stays for one that goes on when its budget is raised', async () => {
    const p = await play([inst('a', { workspaceSpec: { ...worktree, keep: 'never' }, budget: stopAt(1) })]);
    await p.say('a', { usage: costing(2) });
    await p.obey();
    expect(await p.state()).toBe('stopped');
    expect(p.bench().disk.size).toBe(1);
  });

  it('of an earlier fallback is tidied up with that of the last one', async () => {
    const base = { ...worktree, keep: 'never' } as const;
    const alternatives = [
      inst('a', { workspaceSpec: { ...base, base: 'older' } }),
      inst('a', { workspace: '/src/other' }),
    ];
    const p = await play([inst('a', { workspaceSpec: base, alternatives })]);
    await p.fail('a');
    await p.fail('a');
    expect([...p.bench().disk.keys()]).toHaveLength(2);
    await p.succeed('a');
    expect(await p.state()).toBe('succeeded');
    expect(p.bench().disk.size).toBe(0);
  });

  it('that cannot be made is a failure of the instance', async () => {
    const { keeper } = createFakeWorkspaces();
    const prepare = () => Promise.reject(failureError('workspace.not_git', 'No repository.'));
    const p = await play(
      [inst('a', { workspaceSpec: worktree }), inst('b')],
      { concurrency: 1 },
      {
        keeper: { ...keeper, prepare },
      },
    );
    await settled();
    expect((await p.view('a')).failure?.code).toBe('workspace.not_git');
    expect(p.running()).toEqual(['b']);
  });

  it('whose setup goes on is left off at a stop', async () => {
    const { keeper } = createFakeWorkspaces();
    const prepare: typeof keeper.prepare = (_id, _name, _spec, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(failureError('workspace.interrupted', 'It was ended.'));
        });
      });
    const p = await play([inst('a', { workspaceSpec: worktree })], {}, { keeper: { ...keeper, prepare } });
    await settled();
    expect(await p.state()).toBe('running');
    await p.engine().stopInstance(await p.idOf('a'), 'mia', false);
    await settled();
    expect(await p.view('a')).toMatchObject({ state: 'stopped', reason: 'stopped by mia', failure: null });
  });

  it('that cannot be tidied up is warned of, and stays', async () => {
    const { keeper } = createFakeWorkspaces();
    const finish = () => Promise.reject(failureError('workspace.busy', 'It is in use.'));
    const p = await play([inst('a', { workspaceSpec: worktree })], {}, { keeper: { ...keeper, finish } });
    await p.succeed('a');
    expect(await p.state()).toBe('succeeded');
    expect(p.events('instance.warning').map(({ code }) => code)).toEqual(['workspace.busy']);
  });
});
