import type { OverviewUpdate, StoreTrouble, StreamBatch } from '../../src/shared/contract/contract.ts';
import type { DoctorReport } from '../../src/shared/contract/doctor.ts';
import type { ScheduleView } from '../../src/shared/contract/schedules.ts';
import type { PlanCheck } from '../../src/shared/contract/plan-check.ts';
import { checkPlan, type PlanInput } from '../../src/main/api/plans.ts';
import type { EventBody, OrchestrationEvent, TextDelta } from '../../src/shared/domain/event.ts';
import { failureError, type FailureError } from '../../src/shared/domain/failure.ts';
import { instantOf, type InstanceId, type OrchestrationId } from '../../src/shared/domain/ids.ts';
import { isFinal, type InstanceView } from '../../src/shared/domain/instance.ts';
import { totalsOf, type OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { fakeInstance, fakeOrchestration, orchestrationId, usageOf } from './fake-data.ts';
import type { createFeed } from './fake-feed.ts';
import { bodyOf, fakeEvent } from './fake-stream.ts';

export const healthy: DoctorReport = {
  failure: null,
  claude: {
    path: '/usr/local/bin/claude',
    version: '2.1.330',
    features: { 'stream-json': true },
    signedIn: true,
    signInMethod: 'claude.ai',
  },
  checks: [
    { id: 'claude', title: 'Claude Code', status: 'ok', detail: 'Found at /usr/local/bin/claude', fix: null },
    { id: 'claude_version', title: 'Version', status: 'ok', detail: '2.1.330', fix: null },
    {
      id: 'sign_in',
      title: 'Signed in',
      status: 'failed',
      detail: 'Claude Code is not signed in.',
      fix: 'Run `claude` in a terminal and type /login.',
    },
    {
      id: 'data_dir',
      title: 'Data directory',
      status: 'ok',
      detail: '/home/ada/.local/share/netra, 41 GB free',
      fix: null,
    },
    {
      id: 'git',
      title: 'Git',
      status: 'warning',
      detail: 'Git was not found.',
      fix: 'Install it from git-scm.com to let Claude see changes.',
    },
  ],
};

const okCheck: PlanCheck = {
  problems: [],
  warnings: [],
  summary: {
    name: 'sample',
    concurrency: 5,
    inputs: [],
    schedule: null,
    timeoutMs: null,
    budget: null,
    instances: [
      {
        name: 'docs',
        model: null,
        mode: 'live',
        workspace: '/home/ada/src/shop',
        prompt: 'Bring the docs up to date.',
        dependsOn: [],
        when: null,
        fanOut: null,
        attempts: 1,
        fallbacks: 0,
        standby: false,
      },
    ],
  },
};

export type World = {
  readonly orchestrations: Map<OrchestrationId, OrchestrationView>;
  readonly instances: Map<InstanceId, InstanceView>;
  readonly extra: Map<InstanceId, { readonly base: number; readonly events: OrchestrationEvent[] }>;
  readonly overview: ReturnType<typeof createFeed<OverviewUpdate>>;
  readonly streams: ReturnType<
    typeof createFeed<{ readonly instance: InstanceId; readonly batch: StreamBatch }>
  >;
  readonly failures: Map<
    string,
    { readonly code: string; readonly message: string; readonly isLasting: boolean }
  >;
  readonly asked: { readonly procedure: string; readonly input: unknown }[];
  readonly now: number;
  readonly firstRun: boolean;
  doctor: DoctorReport;
  storeTrouble: StoreTrouble | null;
};

const notFound = (what: string): FailureError =>
  failureError(`${what}.not_found`, `There is no such ${what}.`);

export const instanceOf = (world: World, id: InstanceId): InstanceView => {
  const found = world.instances.get(id);
  if (found === undefined) throw notFound('instance');
  return found;
};

export const ownInstances = (world: World, id: OrchestrationId): readonly InstanceView[] =>
  [...world.instances.values()].filter((one) => one.orchestrationId === id);

export const detailOf = (world: World, id: OrchestrationId) => {
  const orchestration = world.orchestrations.get(id);
  if (orchestration === undefined) throw notFound('orchestration');
  return { orchestration, instances: ownInstances(world, id), planText: planText(orchestration) };
};

const planText = ({ name }: OrchestrationView): string =>
  `name: ${name}\nworkspace: ~/src/shop\nconcurrency: 5\ninstances:\n  - name: security-review\n    prompt: Review the dependencies.\n`;

export const eventsOf = (
  world: World,
  instance: InstanceView,
  from: number,
  limit: number,
): readonly OrchestrationEvent[] => {
  const extra = world.extra.get(instance.id) ?? { base: instance.eventCount, events: [] };
  const count = extra.base + extra.events.length;
  return Array.from({ length: Math.max(0, Math.min(limit, count - from)) }, (_, at) => {
    const n = from + at;
    const added = n < extra.base ? undefined : extra.events[n - extra.base];
    return added ?? fakeEvent(instance, n, bodyOf(n), world.now);
  });
};

export const change = (world: World, id: InstanceId, changed: Partial<InstanceView>): InstanceView => {
  const next = { ...instanceOf(world, id), ...changed };
  world.instances.set(id, next);
  const old = world.orchestrations.get(next.orchestrationId);
  if (old === undefined) return next;
  const own = ownInstances(world, old.id);
  const running = own.some((one) => !isFinal(one.state));
  const ended = running
    ? ({ state: 'running', endedAt: null } as const)
    : ({
        state: own.some((one) => one.state === 'failed') ? 'failed' : 'succeeded',
        endedAt: old.endedAt ?? instantOf(Date.now()),
      } as const);
  const orchestration = { ...old, ...totalsOf(own), ...ended };
  world.orchestrations.set(old.id, orchestration);
  world.overview.push({ kind: 'changed', orchestrations: [orchestration], instances: [next] });
  return next;
};

export const changeOrchestration = (
  world: World,
  id: OrchestrationId,
  changed: Partial<OrchestrationView>,
): OrchestrationView => {
  const next = { ...detailOf(world, id).orchestration, ...changed };
  world.orchestrations.set(id, next);
  world.overview.push({ kind: 'changed', orchestrations: [next], instances: [] });
  return next;
};

export const happen = (
  world: World,
  id: InstanceId,
  bodies: readonly EventBody[],
  deltas: readonly TextDelta[] = [],
): void => {
  const instance = instanceOf(world, id);
  const extra = world.extra.get(id) ?? { base: instance.eventCount, events: [] };
  world.extra.set(id, extra);
  const events = bodies.map((body, at) =>
    fakeEvent(instance, extra.base + extra.events.length + at, body, world.now),
  );
  extra.events.push(...events);
  const changed =
    events.length === 0 ? instance : change(world, id, { eventCount: extra.base + extra.events.length });
  world.streams.push({
    instance: id,
    batch: { kind: 'batch', events, deltas, orchestration: null, instances: [changed], caughtUp: true },
  });
};

export const stop = (world: World, id: InstanceId): InstanceView => {
  const one = instanceOf(world, id);
  if (isFinal(one.state)) return one;
  return change(world, id, {
    state: 'stopped',
    endedAt: instantOf(Date.now()),
    pid: null,
    questions: [],
    activity: null,
  });
};

export const startSample = (world: World, name: string) => {
  const number = 5000 + world.orchestrations.size;
  const own = ['read', 'edit', 'subagent', 'limit', 'fail'].map((one, at) =>
    fakeInstance(
      {
        number: number * 10 + at,
        name: one,
        state: 'running',
        orchestrationId: orchestrationId(number),
        position: at,
        usage: usageOf(0),
      },
      Date.now(),
    ),
  );
  for (const one of own) world.instances.set(one.id, one);
  const orchestration = {
    ...fakeOrchestration({ number, name, state: 'running', instances: own }, Date.now()),
    startedAt: instantOf(Date.now()),
  };
  world.orchestrations.set(orchestration.id, orchestration);
  world.overview.push({ kind: 'changed', orchestrations: [orchestration], instances: own });
  return detailOf(world, orchestration.id);
};

/**
 * A plan with the word `problem` in it has one, at that word. One with inputs or a schedule is checked by the real thing;
 * all others are the same sample.
 */
export const checkText = (input: PlanInput): PlanCheck => {
  const { text } = input;
  if (/^(?:inputs|schedule):/m.test(text)) return checkPlan(input);
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes('problem'));
  if (line === -1) return okCheck;
  const column = (lines[line] ?? '').indexOf('problem') + 1;
  const problem = {
    code: 'plan.unknown_key',
    message: 'problem is not a key of a plan.',
    line: line + 1,
    column,
    path: ['problem'],
    field: 'problem',
    expected: 'a known key',
    suggestion: 'prompt',
  };
  return { problems: [problem], warnings: [], summary: null };
};

/** The schedule of a plan, as the engine tells it; it starts nothing. */
export const addSchedule = (input: PlanInput, now: number) => {
  const schedule = checkPlan(input).summary?.schedule ?? null;
  if (schedule === null) throw failureError('plan.not_scheduled', 'This plan has no schedule.');
  const { name } = checkPlan(input).summary ?? { name: '' };
  const added: ScheduleView = {
    ...schedule.spec,
    id: 'schedule-1',
    name,
    description: null,
    by: 'ada',
    planFile: input.file,
    workspace: '/home/ada/src/shop',
    addedAt: instantOf(now),
    next: instantOf(Date.parse(schedule.next)),
    lastStart: null,
    lastMissed: null,
  };
  return { schedule: added, replaced: false };
};

/** What the last of them says of the store, if any does. */
const troubleIn = (updates: readonly OverviewUpdate[]): Pick<OverviewUpdate, 'storeTrouble'> => {
  const storeTrouble = updates.findLast((one) => one.storeTrouble !== undefined)?.storeTrouble;
  return storeTrouble === undefined ? {} : { storeTrouble };
};

export const mergedUpdates = (updates: readonly OverviewUpdate[]): OverviewUpdate => ({
  kind: 'changed',
  orchestrations: [
    ...new Map(updates.flatMap((one) => one.orchestrations).map((one) => [one.id, one])).values(),
  ],
  instances: [...new Map(updates.flatMap((one) => one.instances).map((one) => [one.id, one])).values()],
  ...troubleIn(updates),
});
