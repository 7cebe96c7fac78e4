import type { StoreBatch } from '../../../src/main/engine/store-ports.ts';
import { createSchedules, type Schedules } from '../../../src/main/engine/schedule/schedules.ts';
import { orchestrationIdSchema, type OrchestrationId } from '../../../src/shared/domain/ids.ts';
import type { ResolvedPlan, ScheduleSpec } from '../../../src/shared/domain/plan/plan-spec.ts';
import { emptyBatch } from '../store/samples.ts';
import { planOf } from './engine.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';

/** What outlives an engine: the store, the clock, and what was started. */
export type World = {
  readonly clock: ManualClock;
  readonly store: MemoryStore;
  /** By the time at which it was due. */
  readonly started: { readonly occurrence: string; readonly at: number; readonly name: string }[];
  readonly unfinished: Set<OrchestrationId>;
  readonly said: string[];
};

/** A new one, in the morning of a day without a change of clocks unless said otherwise. */
export const newWorld = (start = '2026-11-23T08:00:00.000Z'): World => ({
  clock: createManualClock(Date.parse(start)),
  store: createMemoryStore(),
  started: [],
  unfinished: new Set(),
  said: [],
});

let lastId = 0;
const newId = (): string => {
  lastId += 1;
  return `00000000-0000-7000-8000-${String(lastId).padStart(12, '0')}`;
};

type Running = Schedules & {
  /** As `kill -9`: whatever it does from now on comes nowhere. */
  kill(): void;
};

/** The schedules of an engine in that world; `refuses` is what starting throws. */
export const openSchedules = (world: World, refuses?: Error): Running => {
  const { clock, store, started, unfinished, said } = world;
  let isDead = false;
  const commit = (batch: Partial<StoreBatch>): Promise<void> =>
    isDead ? new Promise<never>(() => undefined) : store.commit({ ...emptyBatch, ...batch });
  const schedules = createSchedules({
    clock,
    store,
    newId,
    log: { warn: (message) => said.push(message), error: (message) => said.push(message) },
    keep: (records) => commit({ records }),
    start: async ({ plan }, _origin, { schedule, records }) => {
      if (refuses !== undefined) throw refuses;
      const id = orchestrationIdSchema.parse(newId());
      await commit({ records: records(id) });
      unfinished.add(id);
      started.push({ occurrence: schedule.occurrence, at: clock.now(), name: plan.name });
    },
    isUnfinished: (id) => unfinished.has(id),
  });
  return {
    ...schedules,
    kill: () => {
      isDead = true;
    },
  };
};

/** A plan that is due at such times, as it is added. */
export const scheduled = (when: ScheduleSpec['when'], more: Partial<ScheduleSpec> = {}, name = 'nightly') => {
  const plan: ResolvedPlan = planOf(1, { name, schedule: { when, timeZone: 'UTC', missed: 'run', ...more } });
  return { plan, planText: `name: ${name}` };
};
