import type { OverviewUpdate, StoreTrouble, StreamBatch } from '../../src/shared/contract/contract.ts';
import type { DoctorReport } from '../../src/shared/contract/doctor.ts';
import type { EventBody, TextDelta } from '../../src/shared/domain/event.ts';
import type { InstanceId } from '../../src/shared/domain/ids.ts';
import type { InstanceView } from '../../src/shared/domain/instance.ts';
import { createFeed } from './fake-feed.ts';
import { routerOf } from './fake-router.ts';
import type { Scenario } from './fake-scenarios.ts';
import { change, happen, healthy, instanceOf, type World } from './fake-world.ts';

export type FakeEngine = {
  readonly router: ReturnType<typeof routerOf>;
  readonly instance: (id: InstanceId) => InstanceView;
  readonly instances: () => readonly InstanceView[];
  /** Changes an instance and tells everybody. */
  readonly change: (id: InstanceId, change: Partial<InstanceView>) => InstanceView;
  /** Adds events to an instance, and pieces of text, and tells everybody. */
  readonly happen: (id: InstanceId, bodies: readonly EventBody[], deltas?: readonly TextDelta[]) => void;
  /** Lets the next request of this procedure (`orchestrations.list`) fail with a failure of this code. */
  readonly failNext: (procedure: string, code: string, message: string) => void;
  /** Lets every request of this procedure fail from now on; with null none any more. */
  readonly failAll: (procedure: string, code: string | null, message?: string) => void;
  /** What clients asked for, as procedure names with inputs. */
  readonly asked: { readonly procedure: string; readonly input: unknown }[];
  readonly doctor: (report: DoctorReport) => void;
  /** Says that nothing can be stored, or (null) that it can again. */
  readonly storeTrouble: (trouble: StoreTrouble | null) => void;
};

/** An engine that runs nothing: it holds what a test puts into it, and tells clients of each change. */
export const createFakeEngine = (scenario: Scenario, now = Date.now()): FakeEngine => {
  const world: World = {
    orchestrations: new Map(scenario.orchestrations.map((one) => [one.id, one])),
    instances: new Map(scenario.instances.map((one) => [one.id, one])),
    extra: new Map(),
    overview: createFeed<OverviewUpdate>(),
    streams: createFeed<{ readonly instance: InstanceId; readonly batch: StreamBatch }>(),
    failures: new Map(),
    asked: [],
    now,
    firstRun: scenario.firstRun,
    doctor: healthy,
    storeTrouble: null,
  };
  return {
    router: routerOf(world),
    instance: (id) => instanceOf(world, id),
    instances: () => [...world.instances.values()],
    change: (id, changed) => change(world, id, changed),
    happen: (id, bodies, deltas) => {
      happen(world, id, bodies, deltas);
    },
    failNext: (procedure, code, message) =>
      world.failures.set(procedure, { code, message, isLasting: false }),
    failAll: (procedure, code, message = '') => {
      if (code === null) world.failures.delete(procedure);
      else world.failures.set(procedure, { code, message, isLasting: true });
    },
    asked: world.asked,
    doctor: (report) => {
      world.doctor = report;
    },
    storeTrouble: (storeTrouble) => {
      world.storeTrouble = storeTrouble;
      world.overview.push({ kind: 'changed', orchestrations: [], instances: [], storeTrouble });
    },
  };
};
