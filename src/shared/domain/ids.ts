import { z } from 'zod';

/** Ids are UUIDv7 strings: unique, and sorted by the time of their making. */
export const orchestrationIdSchema = z.uuid().brand<'OrchestrationId'>();
export const instanceIdSchema = z.uuid().brand<'InstanceId'>();
export const attemptIdSchema = z.uuid().brand<'AttemptId'>();

export type OrchestrationId = z.infer<typeof orchestrationIdSchema>;
export type InstanceId = z.infer<typeof instanceIdSchema>;
export type AttemptId = z.infer<typeof attemptIdSchema>;

/** A moment: ISO-8601 in UTC with milliseconds, as `Date.prototype.toISOString` prints it. */
export const instantSchema = z.iso.datetime().brand<'Instant'>();
export type Instant = z.infer<typeof instantSchema>;

/** Milliseconds since the epoch to an instant. */
export const instantOf = (epochMs: number): Instant => new Date(epochMs).toISOString() as Instant;

/** Milliseconds from one instant to a later one; never negative, so that a clock set back shows as zero. */
export const millisecondsBetween = (from: Instant, to: Instant): number =>
  Math.max(0, Date.parse(to) - Date.parse(from));
