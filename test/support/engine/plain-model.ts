import { isFinal, canTransition, type InstanceState } from '../../../src/shared/domain/instance.ts';
import type { OrchestrationEvent } from '../../../src/shared/domain/event.ts';
import type { InstanceId, OrchestrationId } from '../../../src/shared/domain/ids.ts';
import type { InstanceView } from '../../../src/shared/domain/instance.ts';
import type { Dependency, ResolvedPlan } from '../../../src/shared/domain/plan/plan-spec.ts';

/** What an orchestration was started with, and its instances as far as they came about. */
export type Subject = {
  readonly id: OrchestrationId;
  readonly plan: ResolvedPlan;
  readonly instances: readonly Pick<InstanceView, 'id' | 'position' | 'group'>[];
};

type Standing = {
  state: InstanceState;
  hasProcess: boolean;
  notBefore: number | null;
  /** A restart is the last that was asked for, and has not come about. */
  isToRestart: boolean;
};

type Run = {
  subject: Subject;
  readonly standings: Map<InstanceId, Standing>;
  readonly groups: Map<string, { state: string; concurrency: number }>;
  concurrency: number;
  isPaused: boolean;
  lastSeq: number;
};

const newStanding = (): Standing => ({
  ...{ state: 'pending', hasProcess: false, notBefore: null, isToRestart: false },
});

const takesSlot = ({ state, hasProcess }: Standing): boolean =>
  state === 'starting' || state === 'running' || ((state === 'waiting' || state === 'limited') && hasProcess);

const meets = (state: string, need: Dependency['need']): boolean => {
  if (need === 'succeeded') return state === 'succeeded';
  if (need === 'finished') return state === 'succeeded' || state === 'failed';
  return isFinal(state as InstanceState);
};

/** Whether a dependency of a place is met as things stand, by counting all there is. */
const isMet = ({ subject, standings, groups }: Run, dependency: Dependency): boolean => {
  if (dependency.kind !== 'instance') return true;
  const position = subject.plan.instances.findIndex(({ name }) => name === dependency.name);
  const group = groups.get(dependency.name);
  if (group?.state === 'pending') return false;
  const members = subject.instances.filter((one) => one.position === position);
  const states = members.map(({ id }) => standings.get(id)?.state ?? 'pending');
  const all = group === undefined || group.state === 'expanded' ? states : [group.state];
  const wanted = dependency.join === 'all' ? all.length : dependency.join;
  return all.filter((state) => meets(state, dependency.need)).length >= wanted;
};

const newRun = (subject: Subject): Run => ({
  subject,
  standings: new Map(),
  groups: new Map(
    subject.plan.instances.flatMap(({ name, fanOut }) =>
      fanOut === undefined
        ? []
        : [[name, { state: 'pending', concurrency: fanOut.concurrency ?? Number.POSITIVE_INFINITY }]],
    ),
  ),
  concurrency: subject.plan.concurrency,
  isPaused: false,
  lastSeq: 0,
});

export type Start = { readonly orchestrationId: OrchestrationId; readonly instanceId: InstanceId };

/** The plain model: it reads what happened, event by event, and says what should not have. */
export const createPlainModel = (maxInstances: number | null) => {
  const runs = new Map<OrchestrationId, Run>();
  const problems: string[] = [];
  let read = 0;
  let starts: Start[] = [];

  const runOf = (id: OrchestrationId): Run => {
    const run = runs.get(id);
    if (run === undefined) throw new Error(`unknown orchestration ${id}`);
    return run;
  };

  const standingOf = (run: Run, id: InstanceId): Standing => {
    const standing = run.standings.get(id) ?? newStanding();
    run.standings.set(id, standing);
    return standing;
  };

  const say = (event: OrchestrationEvent, problem: string): void => {
    problems.push(`${problem} (event ${String(event.seq)})`);
  };

  const taking = (run: Run, group: string | null = null): number =>
    run.subject.instances.filter(({ id, group: own }) => {
      const standing = run.standings.get(id);
      return standing !== undefined && takesSlot(standing) && (group === null || own?.name === group);
    }).length;

  const checkStart = (run: Run, event: OrchestrationEvent, id: InstanceId, from: string): void => {
    const instance = run.subject.instances.find((one) => one.id === id);
    if (instance === undefined) return;
    starts.push({ orchestrationId: run.subject.id, instanceId: id });
    const spec = run.subject.plan.instances[instance.position];
    const unmet = (spec?.dependsOn ?? []).filter((dependency) => !isMet(run, dependency));
    if (from === 'pending' && unmet.length > 0)
      say(event, `${spec?.name ?? ''} started before what it needs`);
    if (run.isPaused) say(event, 'something started although its orchestration is paused');
    if (taking(run) > run.concurrency) say(event, `more than ${String(run.concurrency)} at a time`);
    const group = instance.group?.name ?? null;
    const most = group === null ? Number.POSITIVE_INFINITY : (run.groups.get(group)?.concurrency ?? 0);
    if (taking(run, group) > most && group !== null) say(event, `more than ${String(most)} of ${group}`);
    const all = [...runs.values()].reduce((sum, one) => sum + taking(one), 0);
    if (maxInstances !== null && all > maxInstances) say(event, 'more than the machine may');
    const { notBefore } = standingOf(run, id);
    if (notBefore !== null && Date.parse(event.at) < notBefore) say(event, 'it did not wait its time');
  };

  const takeInstance = (run: Run, event: OrchestrationEvent, id: InstanceId): void => {
    const standing = standingOf(run, id);
    const { body } = event;
    if (body.type === 'attempt.started') standing.hasProcess = true;
    if (body.type === 'attempt.ended') standing.hasProcess = false;
    if (body.type === 'instance.next') standing.notBefore = body.at === null ? null : Date.parse(body.at);
    if (body.type === 'instance.restart_requested') standing.notBefore = null;
    if (body.type === 'instance.restart_requested') standing.isToRestart = standing.state !== 'pending';
    if (body.type === 'instance.stop_requested' || body.type === 'instance.control')
      standing.isToRestart = false;
    if (body.type !== 'instance.state') return;
    if (body.to === 'pending') standing.isToRestart = false;
    if (standing.isToRestart && (isFinal(body.to) || body.to === 'paused'))
      say(event, `it is ${body.to}, and was to be restarted`);
    if (body.from !== standing.state) say(event, `it was ${standing.state} and not ${body.from}`);
    if (!canTransition(body.from, body.to)) say(event, `it went from ${body.from} to ${body.to}`);
    standing.state = body.to;
    if (body.to === 'starting') checkStart(run, event, id, body.from);
    if (body.to === 'starting') standing.notBefore = null;
  };

  const takeOwn = (run: Run, { body }: OrchestrationEvent): void => {
    if (body.type === 'group.changed') {
      const group = run.groups.get(body.name);
      if (group !== undefined) group.state = body.state;
    }
    // What has ended is not paused any more, and runs at once when something of it is restarted.
    if (body.type === 'orchestration.state') run.isPaused = false;
    if (body.type !== 'orchestration.control') return;
    if (body.action === 'pause') run.isPaused = true;
    if (body.action === 'resume') run.isPaused = false;
    const scaled = body.action === 'scale' ? /^(.*): (\d+) at a time$/.exec(body.detail ?? '') : null;
    const group = run.groups.get(scaled?.[1] ?? '');
    if (scaled !== null && group === undefined) run.concurrency = Number(scaled[2]);
    if (scaled !== null && group !== undefined) group.concurrency = Number(scaled[2]);
  };

  return {
    problems,
    /** Reads what has happened since; gives what started. */
    read: (subjects: readonly Subject[], events: readonly OrchestrationEvent[]): readonly Start[] => {
      for (const subject of subjects) {
        const run = runs.get(subject.id) ?? newRun(subject);
        run.subject = subject;
        runs.set(subject.id, run);
      }
      starts = [];
      for (const event of events.slice(read)) {
        const run = runOf(event.orchestrationId);
        if (event.seq !== run.lastSeq + 1) say(event, `the number after ${String(run.lastSeq)} is another`);
        run.lastSeq = event.seq;
        if (event.instanceId === null) takeOwn(run, event);
        else takeInstance(run, event, event.instanceId);
      }
      read = events.length;
      return starts;
    },
    stateOf: (orchestration: OrchestrationId, id: InstanceId): InstanceState | undefined =>
      runs.get(orchestration)?.standings.get(id)?.state,
    /** Whether all that a place depends on is met. */
    isReady: (orchestration: OrchestrationId, position: number): boolean => {
      const run = runOf(orchestration);
      return (run.subject.plan.instances[position]?.dependsOn ?? []).every((one) => isMet(run, one));
    },
  };
};
