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

const canonical = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** A text of another program as an instant; null when it is no time. One that is an instant already is not read anew. */
export const instantFromText = (text: string): Instant | null => {
  if (canonical.test(text)) return text as Instant;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : instantOf(time);
};

/** Milliseconds from one instant to a later one; never negative, so that a clock set back shows as zero. */
export const millisecondsBetween = (from: Instant, to: Instant): number =>
  Math.max(0, Date.parse(to) - Date.parse(from));
