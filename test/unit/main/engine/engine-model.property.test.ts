import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFinal } from '../../../../src/shared/domain/instance.ts';
import { totalsOf } from '../../../../src/shared/domain/orchestration.ts';
import type { ResolvedPlan } from '../../../../src/shared/domain/plan/plan-spec.ts';
import { openRandomWorld } from '../../../support/engine/random-world.ts';
import { plans, steps, type Step } from '../../../support/engine/random-plans.ts';

const runs = Number(process.env['PROPERTY_RUNS'] ?? 60);
const hour = 3_600_000;

type World = Awaited<ReturnType<typeof openRandomWorld>>;

/** Nobody does anything more: what has not ended waits for a person, and says so. */
const leaveAlone = async (world: World): Promise<void> => {
  for (let round = 0; round < 30 && world.engine().unfinished().length > 0; round++)
    await world.runOut(round < 20 ? 100_000 : 2 * hour);
  for (const { id } of world.engine().unfinished())
    expect(await world.waitsFor(id), 'it has not ended, and waits for nobody').not.toBeNull();
};

const helpToTheEnd = async (world: World): Promise<void> => {
  for (let round = 0; round < 40 && world.engine().unfinished().length > 0; round++) {
    await world.help();
    await world.runOut(round < 20 ? 100_000 : 2 * hour);
  }
  expect(world.engine().unfinished()).toEqual([]);
};

const checkTheEnd = async (world: World): Promise<void> => {
  const usages = new Map<string, number>();
  for (const { id, instanceId } of world.records().values())
    usages.set(instanceId, (usages.get(instanceId) ?? 0) + world.tokensOf(world.usageOf(id)));
  for (const { orchestration, instances } of await world.details()) {
    expect(orchestration).toMatchObject(totalsOf(instances));
    for (const view of instances) {
      expect(isFinal(view.state), `${view.name} is ${view.state}`).toBe(true);
      expect(world.model.stateOf(orchestration.id, view.id) ?? 'pending').toBe(view.state);
      expect(world.tokensOf(view.usage), `usage of ${view.name}`).toBe(usages.get(view.id) ?? 0);
      expect(view).toMatchObject({ pid: null, questions: [], course: { ending: null, stage: null } });
      if (view.course.skippedByDependency && view.state === 'skipped')
        expect(world.model.isReady(orchestration.id, view.position), `${view.name} was skipped`).toBe(false);
      const numbers = world.store.events.flatMap(({ instanceId, n }) => (instanceId === view.id ? [n] : []));
      expect(numbers).toEqual(Array.from({ length: view.eventCount }, (_, index) => index));
    }
  }
};

/** What is over for good has left no worktree behind; what a raised budget would let go on has. */
const checkTheDisk = async (world: World): Promise<void> => {
  const left = new Set([...world.disk.values()].map(({ instanceId }) => instanceId));
  for (const { instances } of await world.details())
    for (const { id, name, state, course } of instances) {
      const isOver = course.hold?.kind !== 'budget' && !course.skippedByDependency;
      if (isOver) expect(left.has(id), `${name}, ${state}, has left a worktree`).toBe(false);
    }
};

const playOut = async (all: readonly ResolvedPlan[], happenings: readonly Step[], most: number | null) => {
  const world = await openRandomWorld(all, most);
  for (const one of happenings) await world.step(one);
  await leaveAlone(world);
  await helpToTheEnd(world);
  await checkTheEnd(world);
  await checkTheDisk(world);
  return world.outcome();
};

describe('whatever plans say, attempts do, people ask and machines suffer', () => {
  it('the plain model agrees, nothing hangs, and all ends', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plans(), { minLength: 1, maxLength: 2 }),
        steps(['no', 'no', 'no', 'no', 'abruptly', 'quietly']),
        fc.option(fc.integer({ min: 1, max: 3 })),
        async (all, happenings, most) => {
          await playOut(all, happenings, most);
        },
      ),
      { numRuns: runs },
    );
  });

  it('the outcome with kills is the outcome without', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        plans('without budgets'),
        steps(['no', 'no', 'quietly'], 'plain'),
        async (plan, happenings) => {
          const undisturbed = happenings.map(({ happens }) => ({ happens, kill: 'no' }) as const);
          expect(await playOut([plan], happenings, null)).toEqual(await playOut([plan], undisturbed, null));
        },
      ),
      { numRuns: runs },
    );
  });
});
