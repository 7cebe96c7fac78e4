import { newCourse } from '../../../src/shared/domain/course.ts';
import { randomUUID } from 'node:crypto';
import type { AttemptRecord, SeenEnded, StoreBatch } from '../../../src/main/engine/store-ports.ts';
import type { EventBody, OrchestrationEvent } from '../../../src/shared/domain/event.ts';
import {
  attemptIdSchema,
  instanceIdSchema,
  instantOf,
  orchestrationIdSchema,
} from '../../../src/shared/domain/ids.ts';
import type { InstanceView } from '../../../src/shared/domain/instance.ts';
import { noMarks, type OrchestrationView } from '../../../src/shared/domain/orchestration.ts';
import type { InstanceSpec } from '../../../src/shared/domain/plan/plan-spec.ts';
import { noUsage } from '../../../src/shared/domain/usage.ts';

/** An orchestration with its instances and one attempt each, to be stored and changed by tests. */
export type Sample = {
  readonly orchestration: OrchestrationView;
  readonly instances: readonly InstanceView[];
  readonly attempts: readonly AttemptRecord[];
  readonly source: StoreBatch['created'][number]['source'];
};

export const emptyBatch: StoreBatch = {
  events: [],
  created: [],
  orchestrations: [],
  instances: [],
  attempts: [],
  specs: [],
  records: [],
};

const startedAt = instantOf(Date.UTC(2026, 0, 2, 3, 4, 5, 6));

const orchestrationView = (name: string, instanceCount: number): OrchestrationView => ({
  ...noMarks,
  id: orchestrationIdSchema.parse(randomUUID()),
  name,
  plan: name,
  origin: 'netra',
  description: null,
  state: 'running',
  owner: 'local',
  planFile: null,
  workspace: '/tmp/workspace',
  concurrency: 5,
  groups: [],
  pausedBy: null,
  heldBecause: null,
  schedule: null,
  startedAt,
  endedAt: null,
  instanceCount,
  counts: { running: instanceCount },
  usage: noUsage,
  toolCalls: 0,
  lastSeq: 0,
});

const instanceView = (of: OrchestrationView, name: string, position: number): InstanceView => ({
  id: instanceIdSchema.parse(randomUUID()),
  orchestrationId: of.id,
  name,
  position,
  state: 'running',
  reason: null,
  limitedUntil: null,
  mode: 'live',
  workspace: '/tmp/workspace',
  prompt: 'Say hello',
  model: null,
  sessionId: null,
  attempts: 1,
  pid: 4711,
  startedAt,
  endedAt: null,
  usage: noUsage,
  turns: 0,
  retries: 0,
  toolCalls: 0,
  tools: {},
  ttftMs: null,
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
});

const attemptRecord = (of: InstanceView, spec: InstanceSpec): AttemptRecord => {
  const id = attemptIdSchema.parse(randomUUID());
  return {
    id,
    instanceId: of.id,
    orchestrationId: of.orchestrationId,
    number: 1,
    spec: { attemptId: id, instance: spec, workspace: of.workspace },
    process: { pid: 4711, startToken: '123456' },
    offsets: { stdout: 0, stderr: 0 },
    startedAt,
    endedAt: null,
    exitCode: null,
    signal: null,
    sessionId: null,
    usage: noUsage,
    stopRequested: false,
    answered: [],
    before: { usage: noUsage, turns: 0, retries: 0, toolCalls: 0, tools: {} },
  };
};

const instanceSpec = (name: string): InstanceSpec => ({
  name,
  prompt: 'Say hello',
  workspace: '.',
  allowedTools: ['Read'],
  disallowedTools: [],
  addDirs: [],
  env: { CI: '1' },
  mode: 'live',
  outputFormat: 'stream-json',
});

/** A running orchestration of that name with running instances of those names. */
export const sampleOf = (name: string, instanceNames: readonly string[] = ['first', 'second']): Sample => {
  const orchestration = orchestrationView(name, instanceNames.length);
  const instances = instanceNames.map((instance, position) =>
    instanceView(orchestration, instance, position),
  );
  const specs = instanceNames.map(instanceSpec);
  const plan = {
    name,
    workspace: '.',
    baseDir: '/tmp',
    concurrency: 5,
    startupDelayMs: 1000,
    instances: specs,
  };
  return {
    orchestration,
    instances,
    attempts: instances.map((instance) => attemptRecord(instance, instanceSpec(instance.name))),
    source: { plan, planText: `name: ${name}\n# written by hand\n` },
  };
};

/** What stores a new sample, with no events yet. */
export const creationOf = ({ orchestration, instances, attempts, source }: Sample): StoreBatch => ({
  events: [],
  created: [{ id: orchestration.id, source }],
  orchestrations: [orchestration],
  instances,
  attempts,
  specs: [],
  records: [],
});

const textBody = (text: string): EventBody => ({
  type: 'message.text',
  messageId: 'msg_01',
  text,
  model: 'claude-sonnet-4-5',
  parentToolUseId: null,
});

/**
 * `count` events of a sample's instances in turn, numbered on from `afterSeq` events before them; with a body of about
 * `bytes` bytes.
 */
export const eventsOf = (
  { orchestration, instances, attempts }: Sample,
  count: number,
  { afterSeq = 0, bytes = 120 }: { readonly afterSeq?: number; readonly bytes?: number } = {},
): readonly OrchestrationEvent[] =>
  Array.from({ length: count }, (_, i) => {
    const before = afterSeq + i;
    const turn = before % instances.length;
    return {
      orchestrationId: orchestration.id,
      seq: before + 1,
      instanceId: instances[turn]?.id ?? null,
      n: Math.floor(before / instances.length),
      attemptId: attempts[turn]?.id ?? null,
      at: instantOf(Date.parse(startedAt) + before),
      source: { stream: 'stdout', offset: before * 500, length: 499 },
      body: textBody(`${String(before)} ${'x'.repeat(Math.max(0, bytes - 110))}`),
    } satisfies OrchestrationEvent;
  });

/** How somebody saw an ended orchestration who then decides to remove it. */
export const seenOf = ({ id, endedAt, deletedAt }: OrchestrationView): SeenEnded => ({
  id,
  endedAtMs: Date.parse(endedAt ?? startedAt),
  deletedAtMs: deletedAt === null ? null : Date.parse(deletedAt),
});
