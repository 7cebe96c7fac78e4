import { z } from 'zod';
import { courseSchema } from './course.ts';
import { failureSchema } from './failure.ts';
import { jsonSchema } from './json.ts';
import { instanceIdSchema, instantSchema, orchestrationIdSchema } from './ids.ts';
import { questionAsksSchema } from './question.ts';
import { usageSchema } from './usage.ts';

/** The states of an instance (DESIGN: `pending` waits for its time, dependencies or a slot; the last four are final). */
export const instanceStateSchema = z.enum([
  'pending',
  'starting',
  'running',
  'waiting',
  'limited',
  'paused',
  'succeeded',
  'failed',
  'stopped',
  'skipped',
]);
export type InstanceState = z.infer<typeof instanceStateSchema>;

/** The one transition table. A final state is left only by a restart, back to `pending`. */
const transitions: Readonly<Record<InstanceState, readonly InstanceState[]>> = {
  pending: ['starting', 'waiting', 'limited', 'paused', 'stopped', 'skipped', 'failed'],
  starting: ['running', 'waiting', 'pending', 'paused', 'failed', 'stopped', 'skipped'],
  running: ['waiting', 'limited', 'paused', 'succeeded', 'failed', 'stopped', 'skipped', 'pending'],
  waiting: [
    'running',
    'limited',
    'paused',
    'starting',
    'succeeded',
    'failed',
    'stopped',
    'skipped',
    'pending',
  ],
  limited: [
    'running',
    'waiting',
    'paused',
    'starting',
    'succeeded',
    'failed',
    'stopped',
    'skipped',
    'pending',
  ],
  paused: ['pending', 'stopped', 'skipped', 'failed'],
  succeeded: ['pending'],
  failed: ['pending'],
  stopped: ['pending'],
  skipped: ['pending'],
};

/** True when an instance may go from one state to the other. */
export const canTransition = (from: InstanceState, to: InstanceState): boolean =>
  transitions[from].includes(to);

const finalStates: readonly InstanceState[] = ['succeeded', 'failed', 'stopped', 'skipped'];

/** True for a state that an instance leaves only by a restart. */
export const isFinal = (state: InstanceState): boolean => finalStates.includes(state);

const activeStates: readonly InstanceState[] = ['starting', 'running', 'waiting', 'limited'];

/** True for a state in which an instance is at work, or was and goes on by itself or when a person answers. */
export const isActive = (state: InstanceState): boolean => activeStates.includes(state);

/** True for one that waits for a person or for a limit to end without a process: it takes no slot. */
export const isParked = ({ state, pid }: Pick<InstanceView, 'state' | 'pid'>): boolean =>
  (state === 'waiting' || state === 'limited') && pid === null;

/** True for an instance that takes a slot. */
export const takesSlot = (view: Pick<InstanceView, 'state' | 'pid'>): boolean =>
  isActive(view.state) && !isParked(view);

/** What a person is asked before a tool may run. */
export const permissionQuestionSchema = z.object({
  requestId: z.string(),
  toolName: z.string(),
  toolUseId: z.string().nullable(),
  description: z.string().nullable(),
  input: z.record(z.string(), z.unknown()),
  /** What is asked when it is not whether the tool may be used; absent for a permission, and in what was stored earlier. */
  asks: questionAsksSchema.readonly().exactOptional(),
  askedAt: instantSchema,
});
export type PermissionQuestion = Readonly<z.infer<typeof permissionQuestionSchema>>;

/** Calls of one tool: how many, how many failed, how long they took together (milliseconds). */
export const toolStatsSchema = z.object({
  calls: z.int().nonnegative(),
  errors: z.int().nonnegative(),
  durationMs: z.number().nonnegative(),
});
export type ToolStats = Readonly<z.infer<typeof toolStatsSchema>>;

/** Everything a list, a tile or a report shows of an instance: the fold of its events, over all its attempts. */
export const instanceViewSchema = z.object({
  id: instanceIdSchema,
  orchestrationId: orchestrationIdSchema,
  name: z.string(),
  /** The place of its spec in the plan; the instances of a fan-out share one. */
  position: z.int().nonnegative(),
  /** The fan-out that it is one of: its name, the place in it from 0, and the item. */
  group: z.object({ name: z.string(), index: z.int().nonnegative(), item: jsonSchema }).readonly().nullable(),
  state: instanceStateSchema,
  /** Why it is in that state, as a sentence; null where the state says it all. */
  reason: z.string().nullable(),
  /** When a `limited` instance goes on, if known. */
  limitedUntil: instantSchema.nullable(),
  mode: z.enum(['live', 'oneshot']),
  workspace: z.string(),
  prompt: z.string(),
  model: z.string().nullable(),
  sessionId: z.string().nullable(),
  attempts: z.int().nonnegative(),
  pid: z.int().nullable(),
  startedAt: instantSchema.nullable(),
  endedAt: instantSchema.nullable(),
  usage: usageSchema,
  turns: z.int().nonnegative(),
  retries: z.int().nonnegative(),
  toolCalls: z.int().nonnegative(),
  tools: z.record(z.string(), toolStatsSchema.readonly()).readonly(),
  /** Milliseconds from the prompt to the first token of the first message; null until it came. */
  ttftMs: z.number().nonnegative().nullable(),
  /** What it does now, in one line. */
  activity: z.string().nullable(),
  /** The end of what it said last, at most 600 characters. */
  said: z.string().nullable(),
  /** Permission prompts that wait for a person, oldest first. */
  questions: z.array(permissionQuestionSchema).readonly(),
  /** Prompts that went unanswered with an engine that ended; they are asked again when the attempt has ended. */
  lost: z.array(permissionQuestionSchema).readonly(),
  result: z.string().nullable(),
  /** The result as data, when the plan asked for a structured one. */
  structured: jsonSchema,
  failure: failureSchema.nullable(),
  course: courseSchema,
  /** How many events it has; their numbers `n` run from 0. */
  eventCount: z.int().nonnegative(),
});
export type InstanceView = Readonly<z.infer<typeof instanceViewSchema>>;

/** The figures of an instance that add up over its attempts. */
export type InstanceFigures = Pick<InstanceView, 'usage' | 'turns' | 'retries' | 'toolCalls' | 'tools'>;
