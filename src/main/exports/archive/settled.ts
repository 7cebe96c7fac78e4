import { isFinal, type InstanceView } from '../../../shared/domain/instance.ts';
import type { EventBody, OrchestrationEvent } from '../../../shared/domain/event.ts';
import type { AttemptId, Instant } from '../../../shared/domain/ids.ts';
import { outcomeOf, totalsOf, type OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { AttemptRecord, StoredOrchestration } from '../../engine/store-ports.ts';

/** An orchestration that has ended, and the events that ended it. */
export type Settled = {
  readonly stored: StoredOrchestration;
  readonly events: readonly OrchestrationEvent[];
};

type Steps = {
  readonly events: OrchestrationEvent[];
  readonly add: (
    body: EventBody,
    of: { instance: InstanceView | null; n: number | null; attemptId?: AttemptId },
  ) => void;
};

const stepsOf = ({ id, lastSeq }: OrchestrationView, at: Instant): Steps => {
  const events: OrchestrationEvent[] = [];
  return {
    events,
    add: (body, { instance, n, attemptId = null }) => {
      const seq = lastSeq + events.length + 1;
      const instanceId = instance?.id ?? null;
      events.push({ orchestrationId: id, seq, instanceId, n, attemptId, at, source: null, body });
    },
  };
};

const stopped = (
  view: InstanceView,
  running: readonly AttemptRecord[],
  steps: Steps,
  at: Instant,
): InstanceView => {
  const reason = `It was ${view.state === 'pending' ? 'waiting to start' : view.state} when it was exported, at ${at}; what came after that is not here.`;
  let n = view.eventCount;
  for (const { id, number, usage } of running) {
    const body = { type: 'attempt.ended', number, exitCode: null, signal: null, usage } as const;
    steps.add(body, { instance: view, n: n++, attemptId: id });
  }
  steps.add({ type: 'instance.state', from: view.state, to: 'stopped', reason }, { instance: view, n: n++ });
  return {
    ...view,
    state: 'stopped',
    reason,
    limitedUntil: null,
    pid: null,
    endedAt: at,
    activity: null,
    questions: [],
    lost: [],
    course: { ...view.course, ending: null, hold: null, stage: null },
    eventCount: n,
  };
};

/**
 * An orchestration as it goes into an archive: what ran is stopped, with events that say so, and nothing in it is of this
 * machine's processes. One that has ended stays as it is. `at` is the moment of the export.
 */
export const settled = (given: StoredOrchestration, at: Instant): Settled => {
  const { orchestration } = given;
  const steps = stepsOf(orchestration, at);
  const running = given.attempts.filter(({ endedAt }) => endedAt === null);
  const instances = given.instances.map((view) => {
    if (isFinal(view.state)) return { ...view, pid: null };
    return stopped(
      view,
      running.filter(({ instanceId }) => instanceId === view.id),
      steps,
      at,
    );
  });
  const attempts = given.attempts.map((record) => ({
    ...record,
    process: null,
    endedAt: record.endedAt ?? at,
  }));
  const isRunning = orchestration.state === 'running';
  const state = isRunning ? outcomeOf(instances.map((view) => view.state)) : orchestration.state;
  // A run whose instances had all ended, and one of which nothing had begun, was stopped by the export all the same.
  const to = isRunning && state === 'succeeded' ? 'stopped' : state;
  if (isRunning) steps.add({ type: 'orchestration.state', from: 'running', to }, { instance: null, n: null });
  const view: OrchestrationView = {
    ...orchestration,
    state: to,
    endedAt: orchestration.endedAt ?? at,
    pausedBy: null,
    heldBecause: null,
    groups: orchestration.groups.map((group) =>
      group.state === 'pending' ? { ...group, state: 'stopped' as const } : group,
    ),
    counts: totalsOf(instances).counts,
    lastSeq: orchestration.lastSeq + steps.events.length,
  };
  return { stored: { ...given, orchestration: view, instances, attempts }, events: steps.events };
};
