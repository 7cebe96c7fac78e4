import { newCourse } from '../../src/shared/domain/course.ts';
import {
  instantOf,
  type AttemptId,
  type InstanceId,
  type OrchestrationId,
} from '../../src/shared/domain/ids.ts';
import type { InstanceState, InstanceView, ToolStats } from '../../src/shared/domain/instance.ts';
import {
  noMarks,
  totalsOf,
  type OrchestrationState,
  type OrchestrationView,
} from '../../src/shared/domain/orchestration.ts';
import type { Usage } from '../../src/shared/domain/usage.ts';

/** A UUIDv7-shaped id that is the same in every run. */
const idOf = (kind: number, number: number): string =>
  `019aad00-${kind.toString(16).padStart(4, '0')}-7000-8000-${number.toString(16).padStart(12, '0')}`;

export const orchestrationId = (number: number): OrchestrationId => idOf(1, number) as OrchestrationId;
export const instanceId = (number: number): InstanceId => idOf(2, number) as InstanceId;
export const attemptId = idOf(3, 1) as AttemptId;

/** A usage of one model, so many thousand output tokens; what comes with that is typical of Claude Code. */
export const usageOf = (outputTokens: number, basis: Usage['basis'] = 'estimated'): Usage => {
  if (outputTokens === 0) return { basis: 'exact', byModel: {} };
  const sonnet = {
    inputTokens: Math.round(outputTokens * 4.2),
    outputTokens,
    cacheWriteTokens: Math.round(outputTokens * 10.6),
    cacheReadTokens: Math.round(outputTokens * 123),
    costMicroUsd: Math.round(outputTokens * 104.4),
  };
  const haiku = {
    inputTokens: 1840,
    outputTokens: 212,
    cacheWriteTokens: 0,
    cacheReadTokens: 0,
    costMicroUsd: 2900,
  };
  return { basis, byModel: { 'claude-sonnet-5': sonnet, 'claude-haiku-5': haiku } };
};

const tools: Readonly<Record<string, ToolStats>> = {
  Read: { calls: 11, errors: 0, durationMs: 900 },
  Bash: { calls: 6, errors: 2, durationMs: 48_200 },
  Edit: { calls: 5, errors: 0, durationMs: 300 },
  Task: { calls: 1, errors: 0, durationMs: 22_000 },
};

export type InstanceSeed = Partial<InstanceView> & {
  readonly number: number;
  readonly name: string;
  readonly state: InstanceState;
};

const idle = {
  model: null,
  sessionId: null,
  attempts: 0,
  pid: null,
  startedAt: null,
  endedAt: null,
  usage: usageOf(0),
  turns: 0,
  toolCalls: 0,
  tools: {},
  ttftMs: null,
};

/** What an instance has once it was started. */
const begun = (number: number, ended: boolean, now: number) => ({
  model: 'claude-sonnet-5',
  sessionId: idOf(4, number),
  attempts: 1,
  pid: ended ? null : 48_200 + number,
  startedAt: instantOf(now - (3 + number) * 61_000),
  endedAt: ended ? instantOf(now - number * 20_000) : null,
  usage: usageOf(2400 + number * 1370, ended ? 'exact' : 'estimated'),
  turns: 4,
  toolCalls: 23,
  tools,
  ttftMs: 840,
});

/** An instance with believable figures; `seed` says what differs. `now` in epoch milliseconds. */
export const fakeInstance = (seed: InstanceSeed, now: number): InstanceView => {
  const { number, ...own } = seed;
  const waits = seed.state === 'pending' || seed.state === 'skipped';
  return {
    id: instanceId(number),
    orchestrationId: orchestrationId(1),
    position: number,
    reason: null,
    limitedUntil: null,
    mode: 'live',
    workspace: '/home/ada/src/shop',
    prompt: 'Move session handling out of the routes, keep the public API, and make the route tests pass.',
    retries: 0,
    activity: null,
    said: null,
    questions: [],
    result: null,
    failure: null,
    structured: null,
    lost: [],
    course: newCourse,
    group: null,
    eventCount: 0,
    ...(waits ? idle : begun(number, ['succeeded', 'failed', 'stopped'].includes(seed.state), now)),
    ...own,
  };
};

export type OrchestrationSeed = {
  readonly number: number;
  readonly name: string;
  readonly state: OrchestrationState;
  readonly instances: readonly InstanceView[];
};

/** An orchestration that adds up its instances. */
export const fakeOrchestration = (seed: OrchestrationSeed, now: number): OrchestrationView => {
  const { number, name, state, instances } = seed;
  const startedAt = now - 13 * 60_000 - number * 47 * 60_000;
  return {
    ...noMarks,
    id: orchestrationId(number),
    name,
    plan: name,
    origin: 'netra',
    description: null,
    state,
    owner: 'ada',
    planFile: `/home/ada/plans/${name}.yaml`,
    workspace: '/home/ada/src/shop',
    concurrency: 5,
    groups: [],
    pausedBy: null,
    heldBecause: null,
    schedule: null,
    startedAt: instantOf(startedAt),
    endedAt: state === 'running' ? null : instantOf(startedAt + 21 * 60_000 + number * 1000),
    lastSeq: 0,
    ...totalsOf(instances),
  };
};
