import { newCourse } from '../../src/shared/domain/course.ts';
import { instanceIdSchema, instantOf, orchestrationIdSchema } from '../../src/shared/domain/ids.ts';
import type { InstanceView } from '../../src/shared/domain/instance.ts';
import { noMarks, totalsOf, type OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import type { ModelUsage, Usage } from '../../src/shared/domain/usage.ts';

const uuid = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** When the sample orchestration started, in milliseconds since the epoch. */
export const startMs = Date.parse('2026-11-23T08:00:00.000Z');

/** An instant so many milliseconds after the start. */
export const after = (ms: number) => instantOf(startMs + ms);

export const usageOfModel = (usage: Partial<ModelUsage>, basis: Usage['basis'] = 'exact'): Usage => ({
  basis,
  byModel: {
    'claude-opus-5-5': {
      ...{ inputTokens: 0, outputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, costMicroUsd: 0 },
      ...usage,
    },
  },
});

/** An instance that ended well after 12.3 seconds; `change` says what is different. */
export const sampleInstance = (change: Partial<InstanceView> = {}, position = 0): InstanceView => ({
  id: instanceIdSchema.parse(uuid(100 + position)),
  orchestrationId: orchestrationIdSchema.parse(uuid(1)),
  name: `instance ${String(position)}`,
  position,
  state: 'succeeded',
  reason: null,
  limitedUntil: null,
  mode: 'live',
  workspace: '/src/app',
  prompt: 'do it',
  model: 'claude-opus-5-5',
  sessionId: uuid(500 + position),
  attempts: 1,
  pid: null,
  startedAt: after(0),
  endedAt: after(12_300),
  usage: usageOfModel({
    ...{ inputTokens: 1000, outputTokens: 234, cacheWriteTokens: 20_000, cacheReadTokens: 60_000 },
    costMicroUsd: 123_456,
  }),
  turns: 1,
  retries: 0,
  toolCalls: 3,
  tools: { Bash: { calls: 3, errors: 1, durationMs: 400 } },
  ttftMs: 500,
  activity: null,
  said: 'Done.',
  questions: [],
  result: 'Done.',
  failure: null,
  structured: null,
  lost: [],
  course: newCourse,
  group: null,
  eventCount: 12,
  ...change,
});

/** The orchestration of these instances. */
export const sampleOrchestration = (
  instances: readonly InstanceView[],
  change: Partial<OrchestrationView> = {},
): OrchestrationView => ({
  ...totalsOf(instances),
  ...noMarks,
  id: orchestrationIdSchema.parse(uuid(1)),
  name: 'nightly',
  plan: 'nightly',
  origin: 'netra',
  description: null,
  state: 'succeeded',
  owner: 'mia',
  planFile: null,
  workspace: '/src/app',
  concurrency: 5,
  groups: [],
  pausedBy: null,
  heldBecause: null,
  schedule: null,
  startedAt: after(0),
  endedAt: after(15_000),
  lastSeq: 42,
  ...change,
});
