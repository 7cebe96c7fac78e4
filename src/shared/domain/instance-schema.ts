import { z } from 'zod';
import { courseSchema } from './course-schema.ts';
import { failureSchema } from './failure-schema.ts';
import { jsonSchema } from './json.ts';
import { instanceIdSchema, instantSchema, orchestrationIdSchema } from './ids.ts';
import { questionAsksSchema } from './question.ts';
import { usageSchema } from './usage-schema.ts';

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

/** Calls of one tool: how many, how many failed, how long they took together (milliseconds). */
export const toolStatsSchema = z.object({
  calls: z.int().nonnegative(),
  errors: z.int().nonnegative(),
  durationMs: z.number().nonnegative(),
});

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
