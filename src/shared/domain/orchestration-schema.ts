import { z } from 'zod';
import { instantSchema, orchestrationIdSchema } from './ids.ts';
import { instanceStateSchema } from './instance-schema.ts';
import { usageSchema } from './usage-schema.ts';

/** The states of an orchestration; the last three are final, and left only when an instance is restarted. */
export const orchestrationStateSchema = z.enum(['running', 'succeeded', 'failed', 'stopped']);

/** A fan-out: pending until its instances are known, then as many as `size` says. */
export const groupViewSchema = z.object({
  name: z.string(),
  position: z.int().nonnegative(),
  state: z.enum(['pending', 'expanded', 'skipped', 'failed', 'stopped']),
  reason: z.string().nullable(),
  size: z.int().nonnegative(),
  /** How many of its instances run at the same time; null: as many as the orchestration may. */
  concurrency: z.int().positive().nullable(),
  /** It was skipped because of what it depends on, and comes back with that. */
  skippedByDependency: z.boolean().exactOptional(),
});

/** What people put on a finished or running orchestration; none of it changes what ran. */
export const marksSchema = z.object({
  /** Short words to find it by, in the order they were given; each stands once, case does not matter. */
  labels: z.array(z.string()).readonly(),
  note: z.string().nullable(),
  /** Kept for ever: retention leaves it alone. */
  pinned: z.boolean(),
  /** When it was deleted. Until retention takes it away it can be had back; lists leave it out. */
  deletedAt: instantSchema.nullable(),
});

/** Who ran it: this program, Claude Code in somebody's terminal (its own history), or another machine (an archive). */
export const originSchema = z.enum(['netra', 'demo', 'claude', 'archive']);

/** Everything a list shows of an orchestration. */
export const orchestrationViewSchema = marksSchema.extend({
  id: orchestrationIdSchema,
  name: z.string(),
  /** The name of its plan. `name` is the same until somebody renames the orchestration. */
  plan: z.string(),
  origin: originSchema,
  description: z.string().nullable(),
  state: orchestrationStateSchema,
  owner: z.string(),
  /** The plan file it was started from, if it was a file. */
  planFile: z.string().nullable(),
  workspace: z.string(),
  concurrency: z.int().positive(),
  groups: z.array(groupViewSchema).readonly(),
  /** Who paused it; null while it is not paused. */
  pausedBy: z.string().nullable(),
  /** Why what could start does not; null when nothing holds it up. */
  heldBecause: z.string().nullable(),
  /** The schedule that started it, and the moment it was due. */
  schedule: z.object({ id: z.string(), occurrence: instantSchema }).readonly().nullable(),
  startedAt: instantSchema,
  endedAt: instantSchema.nullable(),
  /** When it was put back to work after it had ended, the last time. */
  reopenedAt: instantSchema.exactOptional(),
  instanceCount: z.int().nonnegative(),
  /** How many instances are in each state; states with none are left out. */
  counts: z.partialRecord(instanceStateSchema, z.int().positive()).readonly(),
  usage: usageSchema,
  toolCalls: z.int().nonnegative(),
  /** The number of its last event; 0 before the first. */
  lastSeq: z.int().nonnegative(),
});
