import { z } from 'zod';
import type { MissedStart, ScheduleView } from '../../../shared/contract/schedules.ts';
import { instantOf, instantSchema, orchestrationIdSchema } from '../../../shared/domain/ids.ts';
import type { JsonValue, ResolvedPlan, ScheduleSpec } from '../../../shared/domain/plan/plan-spec.ts';
import { checkCron, isTimeZone, nextOccurrence } from '../../../shared/domain/schedule.ts';

const missedStartSchema = z.object({
  occurrence: instantSchema,
  reason: z.enum(['not_running', 'still_running', 'failed']),
  message: z.string(),
  started: z.boolean(),
});

const recordSchema = z.object({
  // Written by this program from a plan that it had checked.
  plan: z.custom<ScheduledPlan>((value) => z.looseObject({ schedule: z.object() }).safeParse(value).success),
  planText: z.string(),
  planFile: z.string().nullable(),
  by: z.string(),
  addedAt: instantSchema,
  /** What was due up to here was started or passed over, for good. */
  settledTo: instantSchema,
  lastStart: z
    .object({ occurrence: instantSchema, startedAt: instantSchema, orchestrationId: orchestrationIdSchema })
    .readonly()
    .nullable(),
  lastMissed: missedStartSchema.readonly().nullable(),
});

/** A plan with a schedule. */
export type ScheduledPlan = ResolvedPlan & { readonly schedule: ScheduleSpec };

/** What is kept of a schedule. */
export type ScheduleRecord = Readonly<z.infer<typeof recordSchema>>;

/** True when it can be said when it is due: a zone may be gone with an update of the system. */
const isReadable = ({ when, timeZone }: ScheduleSpec): boolean =>
  isTimeZone(timeZone) && (when.kind !== 'cron' || checkCron(when.cron, timeZone) === null);

/** A record as it was kept; null when it is none. */
export const readScheduleRecord = (value: JsonValue): ScheduleRecord | null => {
  const record = recordSchema.safeParse(value).data;
  return record !== undefined && isReadable(record.plan.schedule) ? record : null;
};

/** When a schedule is due next, in epoch milliseconds; null when it never is again. */
export const nextOf = ({ plan, settledTo, addedAt }: ScheduleRecord): number | null =>
  nextOccurrence(plan.schedule, Date.parse(settledTo), Date.parse(addedAt));

/** A later start than this, in milliseconds, was missed. */
const punctualMs = 60_000;

/** What becomes of a schedule at a moment. `settled` is the record with what was due until then settled. */
export type Decision =
  | { readonly kind: 'wait'; readonly next: number | null }
  | { readonly kind: 'start'; readonly occurrence: number; readonly settled: ScheduleRecord }
  | { readonly kind: 'pass'; readonly settled: ScheduleRecord };

const missed = (
  at: number,
  reason: MissedStart['reason'],
  message: string,
  started = false,
): MissedStart => ({
  occurrence: instantOf(at),
  reason,
  message,
  started,
});

const notRunning = 'No engine ran at that time, or the machine slept';

/**
 * Decides what to do at a moment. All that is due is one start: whatever was missed, and what comes so often that several
 * times have gone by. `isBusy` says that the run before is not over.
 */
export const decide = (record: ScheduleRecord, nowMs: number, isBusy: boolean): Decision => {
  const next = nextOf(record);
  if (next === null || next > nowMs) return { kind: 'wait', next };
  const isLate = nowMs - next > punctualMs;
  if (isLate && record.plan.schedule.missed === 'skip') {
    // One of the last minute is not missed: it has its turn after this.
    const settledTo = instantOf(Math.max(next, nowMs - punctualMs));
    const lastMissed = missed(next, 'not_running', `${notRunning}; the plan says to skip what was missed.`);
    return { kind: 'pass', settled: { ...record, settledTo, lastMissed } };
  }
  const settledTo = instantOf(nowMs);
  if (isBusy) {
    const lastMissed = missed(next, 'still_running', 'The run before it was not over yet.');
    return { kind: 'pass', settled: { ...record, settledTo, lastMissed } };
  }
  const lastMissed = isLate
    ? missed(next, 'not_running', `${notRunning}; one run made up for all that was missed.`, true)
    : record.lastMissed;
  return { kind: 'start', occurrence: next, settled: { ...record, settledTo, lastMissed } };
};

/** The record with a start that could not be made. */
export const withFailedStart = (
  settled: ScheduleRecord,
  occurrence: number,
  message: string,
): ScheduleRecord => ({
  ...settled,
  lastMissed: missed(occurrence, 'failed', message),
});

/** A schedule as it is shown. */
export const scheduleView = (id: string, record: ScheduleRecord): ScheduleView => {
  const { plan, by, planFile, addedAt, lastStart, lastMissed } = record;
  const next = nextOf(record);
  return {
    ...plan.schedule,
    id,
    name: plan.name,
    description: plan.description ?? null,
    by,
    planFile,
    workspace: plan.workspace,
    addedAt,
    next: next === null ? null : instantOf(next),
    lastStart,
    lastMissed,
  };
};
