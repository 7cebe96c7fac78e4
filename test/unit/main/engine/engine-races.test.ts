import { isDeepStrictEqual } from 'node:util';
import { everything, queryForPlan } from '../../../../src/shared/domain/search/search-query.ts';
import { describe, expect, it } from 'vitest';
import type { WorkspaceEnd } from '../../../../src/main/engine/workspace-ports.ts';
import type { Store } from '../../../../src/main/engine/store-ports.ts';
import type { WorkspaceSpec } from '../../../../src/shared/domain/plan/plan-spec.ts';
import { costing, pauseAt, stopAt } from '../../../support/engine/budgets.ts';
import { createFakeWorkspaces } from '../../../support/engine/fake-workspaces.ts';
import { createManualClock, settled } from '../../../support/engine/manual-clock.ts';
import { createMemoryStore } from '../../../support/engine/memory-store.ts';
import { inst, over, play, playOn, retrying, type Play } from '../../../support/engine/play.ts';

const hour = 3_600_000;

const workspaceSpec: WorkspaceSpec = {
  ...({ kind: 'worktree', path: '/src/app', base: null, keep: 'never' } as const),
  setup: ['npm ci'],
};

/** The figures with which the process of an instance will end, and which nobody has seen before. */
const endWith = (p: Play, name: string, usd: number): void => {
  const process = p.bench().processes.get(p.at(name).spec.attemptId);
  if (process === undefined) throw new Error(`no process of ${name}`);
  process.progress = { ...process.progress, usage: costing(usd) };
};

describe('an instance that leaves its slot', () => {
  it.each([
    ['stopped', stopAt(1)],
    ['paused', pauseAt(1)],
  ] as const)(
    'is %s by a budget that its last figures use up, and not tried again',
    async (state, budget) => {
      const p = await play([inst('a', { budget, retry: retrying({ backoffMs: 0 }) })]);
      endWith(p, 'a', 2);
      await p.fail('a');
      expect(await p.states()).toBe(`a:${state}`);
      expect(p.running()).toEqual([]);
      await p
        .engine()
        .budgets.raiseBudget(`instance:${await p.idOf('a')}`, { costMicroUsd: 9_000_000 }, 'mia');
      await settled();
      await p.succeed('a');
      expect(await p.state()).toBe('succeeded');
    },
  );

  it('can be started again by what its leaving brings about', async () => {
    const fan = inst('fan', {
      fanOut: over(['x', 'y'], { concurrency: 1 }),
      when: 'item == "x" || instances.b.state != "succeeded"',
      retry: retrying({ backoffMs: 0 }),
    });
    const p = await play([inst('b'), fan]);
    expect(p.running().toSorted()).toEqual(['b', 'fan.1']);
    await p.succeed('b');
    await p.fail('fan.1');
    expect(p.running()).toEqual(['fan.1']);
    await p.succeed('fan.1');
    expect(await p.states()).toBe('b:succeeded fan.1:succeeded fan.2:skipped');
    expect(await p.state()).toBe('succeeded');
  });
});

describe('a slot of the machine', () => {
  it('is free again when the one it was given to only had to ask', async () => {
    const limits = { maxInstances: 1, maxInstancesPerUser: null, memoryFloorBytes: null };
    const p = await play([inst('a')], {}, { limits });
    await p.ask('a', 'r1');
    await p.kill();
    await p.succeed('a');
    await p.engine().controls.pauseInstance(await p.idOf('a'), 'mia');
    await p.engine().controls.resumeInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(await p.states()).toBe('a:waiting');
    const other = await playOn(p.bench(), [inst('b')]);
    expect(await other.states()).toBe('b:running');
  });
});

describe('an orchestration that waits for another one', () => {
  it('goes by the latest answer, whichever comes last', async () => {
    const store = createMemoryStore();
    let late: Promise<unknown> = Promise.resolve();
    const slow = {
      ...store,
      orchestrations: async (query: Parameters<Store['orchestrations']>[0]) => {
        const [found, held] = [await store.orchestrations(query), late];
        await held;
        return found;
      },
    };
    const upstream = await play([inst('u')], { name: 'upstream' }, { store: slow });
    const { promise, resolve } = Promise.withResolvers<string>();
    late = promise;
    const dependsOn = [
      { kind: 'orchestration', orchestration: 'upstream', run: 'latest', need: 'succeeded' },
    ] as const;
    const p = await playOn(upstream.bench(), [inst('a', { dependsOn })]);
    await p.engine().controls.pause(p.id, 'mia');
    late = Promise.resolve();
    await upstream.succeed('u');
    resolve('late');
    await settled();
    await p.engine().controls.resume(p.id, 'mia');
    await settled();
    expect(await p.states()).toBe('a:running');
  });

  it('finds one by its id that only the store knows', async () => {
    const store = createMemoryStore();
    const upstream = await play([inst('u')], { name: 'upstream' }, { store });
    await upstream.succeed('u');
    const byName = {
      ...store,
      orchestrations: (query: Parameters<Store['orchestrations']>[0]) =>
        isDeepStrictEqual(query.query ?? everything, everything) ||
        isDeepStrictEqual(query.query, queryForPlan('upstream'))
          ? store.orchestrations(query)
          : Promise.resolve({ items: [], nextCursor: null, total: 0 }),
    };
    const dependsOn = [
      { kind: 'orchestration', orchestration: upstream.id, run: 'latest', need: 'succeeded' },
    ] as const;
    const p = await play([inst('a', { dependsOn })], {}, { store: byName });
    expect(await p.states()).toBe('a:running');
  });
});

describe('an orchestration that has ended', () => {
  it('is not forgotten while an instance of it is put back to work', async () => {
    const p = await play([inst('a')]);
    await p.succeed('a');
    await p.clock.advance(2 * hour);
    const restarting = p.engine().restartInstance(await p.idOf('a'), 'mia');
    await Promise.resolve();
    await playOn(p.bench(), [inst('b')]);
    await restarting;
    await settled();
    expect(
      p
        .engine()
        .unfinished()
        .map(({ id }) => id),
    ).toContain(p.id);
  });
});

describe('an engine that is closed', () => {
  it('leaves a check in hand to a later one', async () => {
    const { promise, resolve } = Promise.withResolvers<{ exitCode: null; timedOut: false; output: '' }>();
    const check = { kind: 'command', command: 'npm test', timeoutMs: hour } as const;
    const p = await play(
      [inst('a', { check }), inst('b')],
      { concurrency: 1 },
      {
        runner: { run: () => promise },
      },
    );
    await p.succeed('a');
    await p.engine().close();
    const commits = p.bench().store.commits.length;
    resolve({ exitCode: null, timedOut: false, output: '' });
    await settled();
    expect(p.bench().store.commits).toHaveLength(commits);
    expect(p.running()).toEqual([]);
    await p.kill({ runner: { run: () => Promise.resolve({ exitCode: 0, timedOut: false, output: '' }) } });
    expect(await p.states()).toBe('a:succeeded b:running');
  });

  it('leaves a workspace that is being made to a later one', async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    const { keeper } = createFakeWorkspaces();
    const world = { keeper: { ...keeper, prepare: () => promise } };
    const p = await play([inst('a', { workspaceSpec })], {}, world);
    await p.engine().close();
    reject(new Error('the engine ended'));
    await settled();
    await p.kill({ keeper });
    expect(await p.states()).toBe('a:running');
  });
});

describe('an instance whose workspace is being tidied up', () => {
  it('is restarted when that is done', async () => {
    const { promise, resolve } = Promise.withResolvers<readonly WorkspaceEnd[]>();
    const { keeper } = createFakeWorkspaces();
    const p = await play(
      [inst('a', { workspaceSpec })],
      {},
      {
        keeper: { ...keeper, finish: () => promise },
      },
    );
    await p.succeed('a');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    resolve([{ kind: 'removed', path: '/workspaces/a' }]);
    await settled();
    expect(await p.states()).toBe('a:running');
    expect(p.attemptsOf('a')).toHaveLength(2);
  });

  it.each([
    ['pending', 'stopped'],
    ['paused', 'stopped'],
    ['pending', 'skipped'],
  ] as const)('goes from %s to %s then, and neither starts nor hangs meanwhile', async (from, to) => {
    const stuck = Promise.withResolvers<readonly WorkspaceEnd[]>();
    const { keeper } = createFakeWorkspaces();
    const world = { keeper: { ...keeper, finish: () => stuck.promise } };
    const p = await play([inst('a', { workspaceSpec, retry: retrying({ backoffMs: 60_000 }) })], {}, world);
    const id = await p.idOf('a');
    if (from === 'pending') await p.fail('a');
    else {
      await p.engine().controls.pauseInstance(id, 'mia');
      await p.obey();
    }
    expect(await p.states()).toBe(`a:${from}`);
    const ended =
      to === 'stopped' ? p.engine().stop(p.id, 'mia', false) : p.engine().controls.skipInstance(id, 'mia');
    await p.clock.advance(2 * hour);
    expect(await p.states()).toBe(`a:${from}`);
    expect(p.running()).toEqual([]);
    stuck.resolve([]);
    await ended;
    expect(await p.states()).toBe(`a:${to}`);
    expect(await p.state()).not.toBe('running');
  });

  it('is restarted when that is done, also from pending, where its state does not change', async () => {
    const stuck = Promise.withResolvers<readonly WorkspaceEnd[]>();
    const { keeper } = createFakeWorkspaces();
    const world = { keeper: { ...keeper, finish: () => stuck.promise } };
    const p = await play([inst('a', { workspaceSpec, retry: retrying({ backoffMs: 60_000 }) })], {}, world);
    await p.fail('a');
    void p.engine().stop(p.id, 'mia', false);
    await settled();
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    stuck.resolve([]);
    await settled();
    expect(await p.states()).toBe('a:running');
  });
});

describe('an attempt that can be followed no more', () => {
  it('is ended before another one is begun', async () => {
    const p = await play([inst('a', { retry: retrying({ backoffMs: 0 }) })]);
    p.at('a').lose(new Error('the disk cannot be read'));
    await settled();
    expect(p.attemptsOf('a')).toHaveLength(2);
    expect(p.attemptsOf('a')[0]?.signals).toEqual(['kill']);
  });
});

describe('money', () => {
  const midnight = Date.parse('2026-11-24T00:00:00Z');
  const beforeMidnight = () => createManualClock(midnight - hour);

  it('that an attempt spends in a later engine counts on the day when the attempt started', async () => {
    const retry = retrying({ backoffMs: 2 * hour, maxBackoffMs: 2 * hour });
    const p = await play([inst('a', { retry })], {}, { clock: beforeMidnight() });
    await p.fail('a');
    await p.clock.advance(2 * hour);
    expect(await p.states()).toBe('a:running');
    await p.kill();
    await p.say('a', { usage: costing(3) });
    expect((await p.engine().budgets.budgets(null))[0]).toMatchObject({
      name: '2026-11-24',
      spent: { costMicroUsd: 3_000_000 },
    });
  });

  it('of a new day lets one go on that was still being interrupted when the old one ended', async () => {
    const p = await play(
      [inst('a')],
      {},
      { clock: beforeMidnight(), standingBudgets: new Map([['day', pauseAt(1)]]) },
    );
    await p.say('a', { usage: costing(2) });
    expect(p.at('a').signals[0]).toBe('interrupt');
    await p.clock.advance(2 * hour);
    await p.obey();
    expect(await p.states()).toBe('a:running');
  });

  it('that was granted by an engine killed just then lets go in the next one', async () => {
    const budget = pauseAt(1);
    const p = await play([inst('a', { budget })]);
    await p.say('a', { usage: costing(2) });
    await p.obey();
    expect(await p.states()).toBe('a:paused');
    const id = `instance:${await p.idOf('a')}`;
    await p.engine().keep([{ kind: 'budget', id, value: { costMicroUsd: 9_000_000 } }]);
    await p.kill();
    await p.clock.advance(1);
    expect(await p.states()).toBe('a:running');
  });
});

describe('what data and links cannot do', () => {
  it('a link in a trusted folder makes nothing trusted that it leads to', async () => {
    const trusted = { path: '/trusted', by: 'mia', at: '2026-11-23T08:00:00.000Z' };
    const store = createMemoryStore();
    const records: Store['records'] = (kind) =>
      Promise.resolve(kind === 'trust' ? [{ id: '/trusted', value: trusted }] : []);
    const folders = {
      real: (folder: string) => Promise.resolve(folder.replace('/trusted/link', '/elsewhere')),
      whatItRuns: () => Promise.resolve([]),
    };
    const p = await play(
      [inst('a', { workspace: '/trusted/app' }), inst('b', { workspace: '/trusted/link/app' })],
      {},
      { store: { ...store, records }, trustMode: 'ask', folders },
    );
    expect(await p.states()).toBe('a:running b:waiting');
    expect((await p.view('b')).course.hold).toMatchObject({ kind: 'trust', folder: '/elsewhere/app' });
  });

  it('the output of a check gives no slash command to the next round', async () => {
    const runner = { run: () => Promise.resolve({ exitCode: 1, timedOut: false, output: '/clear it' }) };
    const check = { kind: 'command', command: 'npm test', timeoutMs: hour } as const;
    const loop = { rounds: 2, prompt: '{{ check.output }}' };
    const p = await play([inst('a', { check, loop })], {}, { runner });
    await p.say('a');
    await p.succeed('a');
    expect(p.attemptsOf('a')).toHaveLength(1);
    expect((await p.view('a')).failure?.message).toContain('slash command that comes from data');
  });
});

describe('an edit', () => {
  it('is one commit with the event that tells of it', async () => {
    const p = await play([inst('a'), inst('b')], { concurrency: 1 });
    await p.engine().controls.edit(await p.idOf('b'), { prompt: 'do better' }, 'mia');
    const commit = p
      .bench()
      .store.commits.find(({ events }) =>
        events.some(({ body }) => body.type === 'instance.control' && body.action === 'edit'),
      );
    expect(commit?.specs.map(({ spec }) => spec.prompt)).toEqual(['do better']);
  });
});

describe('a stop by a person', () => {
  it('holds although a budget stopped it first, and is raised', async () => {
    const p = await play([inst('a', { budget: stopAt(1) })]);
    await p.say('a', { usage: costing(2) });
    const id = await p.idOf('a');
    await p.engine().stopInstance(id, 'mia', false);
    await p.engine().stopInstance(id, 'mia', false);
    await p.obey();
    await p.engine().budgets.raiseBudget(`instance:${id}`, { costMicroUsd: 9_000_000 }, 'mia');
    await settled();
    expect(await p.states()).toBe('a:stopped');
    expect((await p.view('a')).reason).toBe('stopped by mia');
    expect(p.events('instance.stop_requested').map(({ by }) => by)).toEqual(['budget', 'mia']);
  });
});
