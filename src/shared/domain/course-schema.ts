import { z } from 'zod';
import { failureSchema } from './failure-schema.ts';
import { holdSchema } from './hold.ts';
import { instantSchema } from './ids.ts';
import { PERMISSION_MODES } from './plan/plan-words.ts';

/** How the next attempt of an instance begins. */
export const nextAttemptSchema = z.object({
  /** The Claude session to go on with; null for a new one. */
  resume: z.string().nullable(),
  /** What it is told: the instance's own prompt, a text as it stands, or the prompt of its loop. */
  say: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('prompt') }),
    z.object({ kind: z.literal('text'), text: z.string() }),
    z.object({ kind: z.literal('round') }),
  ]),
  /** Not before this moment. */
  notBefore: instantSchema.nullable(),
  /** The permission mode to go on in, where it is not that of the spec: a plan was approved. */
  permissionMode: z.enum(PERMISSION_MODES).exactOptional(),
});

/** What an instance is at when no process of Claude runs for it, and yet it is not over: a later engine goes on there. */
const stageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('checking') }),
  z.object({
    kind: z.literal('closing'),
    to: z.enum(['succeeded', 'failed', 'stopped', 'skipped']),
  }),
]);

/**
 * How what an instance does is to end, other than by itself; kept until it has left its slot, so that a later engine ends
 * it the same way. `go_on`: it was held up, and is let go on before it had stopped.
 */
export const endingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stop'), by: z.string(), reason: z.string(), hold: holdSchema.nullable() }),
  z.object({ kind: z.literal('restart'), by: z.string() }),
  z.object({ kind: z.literal('skip'), by: z.string() }),
  z.object({ kind: z.literal('hold'), hold: holdSchema, reason: z.string() }),
  z.object({ kind: z.literal('go_on'), by: z.string() }),
  z.object({ kind: z.literal('fail'), failure: failureSchema }),
]);

/** What a check said of the last result. */
export const checkVerdictSchema = z.object({
  passed: z.boolean(),
  output: z.string(),
  exitCode: z.int().nullable(),
});

const preparedSchema = z.object({
  kind: z.enum(['folder', 'worktree', 'copy']),
  path: z.string(),
  origin: z.string(),
  branch: z.string().nullable(),
});

/**
 * Where an instance stands on its way: what was tried, what comes next, what holds it. Durable with its view, so that a
 * later engine goes on at the same place.
 */
export const courseSchema = z.object({
  /** What is tried: 0 is the instance as written, 1 its first fallback, and so on. */
  alternative: z.int().nonnegative(),
  /** Attempts of this alternative that failed. */
  tries: z.int().nonnegative(),
  /** The round of its loop, from 1. */
  round: z.int().positive(),
  check: checkVerdictSchema.nullable(),
  next: nextAttemptSchema,
  ending: endingSchema.nullable(),
  hold: holdSchema.nullable(),
  stage: stageSchema.nullable(),
  workspace: preparedSchema.nullable(),
  /** Rules that a person allowed for this instance alone. */
  grants: z.array(z.string()).readonly(),
  /** The orchestration's concern, not the instance's: it was skipped because of what it depends on. */
  skippedByDependency: z.boolean(),
});
