import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../../../src/main/engine/engine.ts';
import type { OrchestrationId } from '../../../../../src/shared/domain/ids.ts';
import type { ResolvedPlan } from '../../../../../src/shared/domain/plan/plan-spec.ts';
import { costing, dollar, pauseAt, stopAt } from '../../../../support/engine/budgets.ts';
import { openBench, planOf, type EngineBench } from '../../../../support/engine/engine.ts';
import { createManualClock, settled } from '../../../../support/engine/manual-clock.ts';

const hour = 3_600_000;

const start = async ({ engine }: EngineBench, plan: ResolvedPlan): Promise<OrchestrationId> => {
  const origin = { by: 'mia', planFile: null };
  const { orchestration } = await engine.start({ plan, planText: 'name: nightly' }, origin);
  await settled();
  return orchestration.id;
};

const statesOf = async (engine: Engine, id: OrchestrationId) =>
  (await engine.detail(id)).instances.map(({ state }) => state);

/** An attempt says that it used so much, and stops as it is asked to, with what its last message came to. */
const spend = async (bench: EngineBench, index: number, usd: number) => {
  await bench
    .attempt(index)
    .print([], { sessionId: `session-${String(index)}`, usage: costing(usd, 'estimated') });
  await settled();
};

const obey = async ({ driver }: EngineBench) => {
  for (const attempt of driver.attempts) {
    if (attempt.signals.includes('interrupt'))
      attempt.end({ failure: { code: 'claude.interrupted', message: 'x' } });
  }
  await settled();
};

describe('a budget of an orchestration', () => {
  it('that stops interrupts all that runs and stops what waits; the finished stay; raising it goes on', async () => {
    const bench = await openBench();
    const { engine, driver } = bench;
    const id = await start(bench, planOf(4, { concurrency: 2, budget: stopAt(5) }));
    await spend(bench, 0, 1);
    bench.attempt(0).end();
    await settled();
    await spend(bench, 1, 3);
    await spend(bench, 2, 1.5);
    expect(bench.attempt(1).signals).toEqual(['interrupt']);
    expect(bench.attempt(2).signals).toEqual(['interrupt']);
    await obey(bench);
    expect(await statesOf(engine, id)).toEqual(['succeeded', 'stopped', 'stopped', 'stopped']);
    const { instances } = await engine.detail(id);
    expect(instances[1]?.reason).toContain('The budget of the orchestration is used up');
    expect(driver.attempts).toHaveLength(3);

    const [account] = await engine.budgets.budgets(id);
    expect(account).toMatchObject({ usedUp: true, spent: { costMicroUsd: 5.5 * dollar } });
    await engine.budgets.raiseBudget(account?.account ?? '', { costMicroUsd: 20 * dollar }, 'mia');
    await settled();
    expect(await statesOf(engine, id)).toEqual(['succeeded', 'running', 'running', 'pending']);
    expect(driver.attempts).toHaveLength(5);
    expect(bench.errors).toEqual([]);
  });

  it('that pauses keeps the sessions, and goes on with them when it is raised', async () => {
    const bench = await openBench();
    const { engine } = bench;
    const id = await start(bench, planOf(2, { budget: pauseAt(5) }));
    await spend(bench, 0, 3);
    await spend(bench, 1, 3);
    await obey(bench);
    expect(await statesOf(engine, id)).toEqual(['paused', 'paused']);
    const [account] = await engine.budgets.budgets(id);
    await engine.budgets.raiseBudget(account?.account ?? '', { costMicroUsd: 9 * dollar }, 'mia');
    await settled();
    expect(await statesOf(engine, id)).toEqual(['running', 'running']);
    expect(bench.attempt(2).spec.instance.session).toEqual({ resume: 'session-0' });
    await spend(bench, 2, 2.9);
    await spend(bench, 3, 0.2);
    await obey(bench);
    expect(await statesOf(engine, id)).toEqual(['paused', 'paused']);
  });

  it('says each threshold as an event', async () => {
    const bench = await openBench();
    await start(bench, planOf(1, { budget: stopAt(5) }));
    await spend(bench, 0, 2.6);
    await spend(bench, 0, 4.1);
    await spend(bench, 0, 4.2);
    const said = bench.store.events.flatMap(({ body }) => (body.type === 'budget.crossed' ? [body] : []));
    expect(said.map(({ threshold }) => threshold)).toEqual([50, 80]);
    expect(said[1]?.message).toBe('80 % of the budget of the orchestration is used: ≈$4.10 of $5.00.');
  });

  it('holds in a later engine, and stops what it took over', async () => {
    const first = await openBench();
    const id = await start(first, planOf(2, { budget: stopAt(5) }));
    await spend(first, 0, 4.9);
    await first.attempt(0).print([{ type: 'message.user', text: 'go', parentToolUseId: null }]);
    await settled();
    first.kill();
    const { store, clock, processes } = first;
    const later = await openBench({ store, clock, processes });
    await settled();
    expect((await later.engine.budgets.budgets(id))[0]?.spent.costMicroUsd).toBe(4.9 * dollar);
    await spend(later, 0, 5.1);
    await obey(later);
    expect(await statesOf(later.engine, id)).toEqual(['stopped', 'stopped']);
  });
});

describe('the budget of a day', () => {
  const midnight = Date.parse('2026-11-24T00:00:00Z');

  it('pauses all orchestrations, and lets them go on at midnight', async () => {
    const bench = await openBench({ clock: createManualClock(midnight - 2 * hour) });
    const { engine, clock } = bench;
    await engine.budgets.setStandingBudget('day', pauseAt(5), 'mia');
    const one = await start(bench, planOf(1));
    const two = await start(bench, planOf(1));
    await spend(bench, 0, 3);
    await spend(bench, 1, 3);
    await obey(bench);
    const three = await start(bench, planOf(1));
    const states = async () => [
      ...(await statesOf(engine, one)),
      ...(await statesOf(engine, two)),
      ...(await statesOf(engine, three)),
    ];
    expect(await states()).toEqual(['paused', 'paused', 'paused']);
    await clock.advance(2 * hour - 1);
    expect(await states()).toEqual(['paused', 'paused', 'paused']);
    await clock.advance(1);
    expect(await states()).toEqual(['running', 'running', 'running']);
    await spend(bench, 2, 2);
    expect((await engine.budgets.budgets(null))[0]).toMatchObject({
      name: '2026-11-24',
      spent: { costMicroUsd: 2 * dollar },
    });
    await spend(bench, 3, 4);
    await obey(bench);
    expect(await states()).toEqual(['paused', 'paused', 'paused']);
  });

  it('lets go of what an earlier engine paused', async () => {
    const first = await openBench({ clock: createManualClock(midnight - 2 * hour) });
    await first.engine.budgets.setStandingBudget('day', pauseAt(5), 'mia');
    const id = await start(first, planOf(1));
    await spend(first, 0, 6);
    await obey(first);
    await first.engine.close();
    await first.clock.advance(12 * hour);
    const later = await openBench({ store: first.store, clock: first.clock });
    await later.clock.advance(1);
    expect(await statesOf(later.engine, id)).toEqual(['running']);
  });

  it('counts a further attempt on the day it started', async () => {
    const bench = await openBench({ clock: createManualClock(midnight - hour) });
    const { engine, clock } = bench;
    const id = await start(bench, planOf(1));
    await spend(bench, 0, 3);
    bench.attempt(0).end({ failure: { code: 'claude.crashed', message: 'x' } });
    await settled();
    await clock.advance(2 * hour);
    const [instance] = (await engine.detail(id)).instances;
    if (instance === undefined) throw new Error('there is one instance');
    await engine.restartInstance(instance.id, 'mia');
    await settled();
    await spend(bench, 1, 1);
    expect((await engine.budgets.budgets(null))[0]).toMatchObject({
      name: '2026-11-24',
      spent: { costMicroUsd: dollar },
    });
  });
});
