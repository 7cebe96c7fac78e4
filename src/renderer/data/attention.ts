import { isAsking } from '../../shared/domain/inbox.ts';
import { isFinal, type InstanceState, type InstanceView } from '../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';

/** The order in which instances want to be looked at: needs input, working, limited, queued, done. */
const rank: Readonly<Record<InstanceState, number>> = {
  waiting: 0,
  running: 1,
  starting: 1,
  limited: 2,
  paused: 2,
  pending: 3,
  failed: 4,
  succeeded: 5,
  stopped: 5,
  skipped: 5,
};

/** In the order of the plan; those of a fan-out, which share a place, by their items. */
export const byPlace = (a: InstanceView, b: InstanceView): number =>
  a.position - b.position || (a.group?.index ?? 0) - (b.group?.index ?? 0);

const rankOf = (instance: InstanceView): number => (isAsking(instance) ? rank.waiting : rank[instance.state]);

/** Compares two instances by attention, then by their order in the plan. */
export const byAttention = (a: InstanceView, b: InstanceView): number =>
  rankOf(a) - rankOf(b) || byPlace(a, b);

/** Newest first. */
const byStart = (a: OrchestrationView, b: OrchestrationView): number =>
  a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : a.id < b.id ? 1 : -1;

export type OrchestrationGroup = {
  readonly orchestration: OrchestrationView;
  readonly instances: readonly InstanceView[];
  readonly done: number;
};

/** Orchestrations newest first, each with its instances by attention. */
export const grouped = (
  orchestrations: Iterable<OrchestrationView>,
  instances: Iterable<InstanceView>,
): readonly OrchestrationGroup[] => {
  const mine = Map.groupBy(instances, (instance) => instance.orchestrationId);
  return [...orchestrations].sort(byStart).map((orchestration) => {
    const own = (mine.get(orchestration.id) ?? []).toSorted(byAttention);
    return { orchestration, instances: own, done: own.filter((one) => isFinal(one.state)).length };
  });
};

export type StateCounts = {
  readonly running: number;
  readonly waiting: number;
  readonly limited: number;
  readonly queued: number;
};

/** How many instances work, wait for a person, are held up, and are queued. */
export const stateCounts = (instances: Iterable<InstanceView>): StateCounts => {
  const counts = { running: 0, waiting: 0, limited: 0, queued: 0 };
  for (const instance of instances) {
    const { state } = instance;
    if (isAsking(instance)) counts.waiting += 1;
    else if (state === 'limited' || state === 'paused' || state === 'waiting') counts.limited += 1;
    else if (state === 'pending') counts.queued += 1;
    else if (!isFinal(state)) counts.running += 1;
  }
  return counts;
};
