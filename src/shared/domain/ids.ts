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

const canonical = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A text of another program as an instant; null when it is no time. */
export const instantFromText = (text: string): Instant | null => {
  const time = Date.parse(text);
  if (Number.isNaN(time)) return null;
  return canonical.test(text) ? (text as Instant) : instantOf(time);
};

/** Milliseconds from one instant to a later one; never negative, so that a clock set back shows as zero. */
export const millisecondsBetween = (from: Instant, to: Instant): number =>
  Math.max(0, Date.parse(to) - Date.parse(from));
