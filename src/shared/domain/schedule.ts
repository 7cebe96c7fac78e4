import { Cron } from 'croner';
import { parseDuration } from './duration.ts';
import type { ScheduleSpec } from './plan/plan-spec.ts';
import { localTimeAt, momentOf, type LocalTime } from './zoned-time.ts';

export { isTimeZone } from './zoned-time.ts';

/** Further ahead than this, in milliseconds, nothing can be planned: a hundred years. */
const longestWaitMs = 36_525 * 86_400_000;

/**
 * Fixed times (`30 2 * * *`, also lists and ranges) that clocks put forward leave out come when they have been, and those
 * that come twice run once; what repeats (`*`, steps) runs at each time that the clocks show.
 */
const cronOf = (cron: string, timeZone: string): Cron =>
  new Cron(cron, { timezone: timeZone, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' });

const cronHint =
  'Write minute, hour, day of month, month and day of week, as in "0 2 * * 1-5" (weekdays at two).';

/** What is wrong with a cron text, as sentences; null when it is one and there is a time that it fits. */
export const checkCron = (cron: string, timeZone: string): string | null => {
  try {
    if (cronOf(cron, timeZone).nextRun() !== null) return null;
    return `The cron text "${cron}" fits no time that ever comes. ${cronHint}`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reason = error.message.replace(/^CronPattern: /, '').replace(/\.$/, '');
    return `The cron text "${cron}" cannot be read: ${reason}. ${cronHint}`;
  }
};

/** A time from now: `30m`, `1h30m`, and as zen has it `1.5h` or `2 h`. In milliseconds. */
const parseWait = (text: string): number | null => {
  const whole = parseDuration(text.replaceAll(/(?<=[a-z])\s+|\s+(?=[a-z])/g, ''));
  if (whole !== undefined) return whole;
  const parts = /^(\d+\.\d+)\s*([hms])$/.exec(text);
  if (parts === null) return null;
  const unit = { h: 3_600_000, m: 60_000, s: 1000 }[parts[2] ?? ''];
  return unit === undefined ? null : Math.round(Number(parts[1]) * unit);
};

type ClockTime = Pick<LocalTime, 'hour' | 'minute'>;

/** A time of day: `14:30`, `9:05`, `2am`, `2:30 pm`. */
const parseClock = (text: string): ClockTime | null => {
  const parts = /^(\d{1,2})(?::(\d{2}))?\s*(am|pm)?$/.exec(text);
  const [, hours, minutes, half] = parts ?? [];
  if (hours === undefined || (minutes === undefined && half === undefined)) return null;
  const [hour, minute] = [Number(hours), Number(minutes ?? 0)];
  if (minute > 59) return null;
  if (half === undefined) return hour > 23 ? null : { hour, minute };
  if (hour < 1 || hour > 12) return null;
  return { hour: (hour % 12) + (half === 'pm' ? 12 : 0), minute };
};

const isoPattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[t ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?\s*(z|[+-]\d\d:?\d\d)?)?$/;

/** Minutes that an offset of ISO 8601 is ahead of UTC. */
const offsetMinutes = (offset: string): number => {
  if (offset === 'z') return 0;
  const digits = offset.replace(':', '').slice(1);
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return offset.startsWith('-') ? -minutes : minutes;
};

/** False for the 30th of February and 25 o'clock. */
const isReal = ({ year, month, day, hour, minute, second }: LocalTime): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return (
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  );
};

/** A date with a time, or the midnight of a date; without an offset it is of the time zone. */
const parseIso = (text: string, timeZone: string): number | null => {
  const parts = isoPattern.exec(text);
  if (parts === null) return null;
  const number = (at: number): number => Number(parts[at] ?? 0);
  const [year, month, day] = [number(1), number(2), number(3)];
  const local = { year, month, day, hour: number(4), minute: number(5), second: number(6) };
  if (!isReal(local)) return null;
  const offset = parts[7];
  return offset === undefined
    ? momentOf(local, timeZone)
    : momentOf(local, 'UTC') - offsetMinutes(offset) * 60_000;
};

/**
 * Takes a start time as a person writes it, now, and the time zone that it is meant in; gives the moment, or null when
 * it is no time. Both moments are epoch milliseconds.
 *
 * - A time of day (`2am`, `14:30`, `2:30pm`) is the next one: today's, or tomorrow's when it is now or past.
 * - A duration (`30m`, `1h30m`, `1.5h`) counts from now, and nothing at all means now (both as zen has it).
 * - An ISO date with or without a time and an offset may also be in the past; what that means is the caller's affair.
 */
export const parseStartAt = (text: string, nowMs: number, timeZone: string): number | null => {
  const said = text.trim().toLowerCase();
  if (said === '') return nowMs;
  const wait = parseWait(said);
  if (wait !== null) return wait > longestWaitMs ? null : nowMs + wait;
  const clock = parseClock(said);
  if (clock === null) return parseIso(said, timeZone);
  const today = { ...localTimeAt(nowMs, timeZone), ...clock, second: 0 };
  const moment = momentOf(today, timeZone);
  return moment > nowMs ? moment : momentOf({ ...today, day: today.day + 1 }, timeZone);
};

/**
 * The first time after `afterMs` that a schedule is due, null when there is none any more. One that repeats by a duration
 * counts from `anchorMs`, which is when it was added, so that it never drifts. All in epoch milliseconds.
 */
export const nextOccurrence = (spec: ScheduleSpec, afterMs: number, anchorMs: number): number | null => {
  const { when, timeZone } = spec;
  switch (when.kind) {
    case 'once': {
      const at = Date.parse(when.at);
      return at > afterMs ? at : null;
    }
    case 'every': {
      const passed = Math.max(0, Math.floor((afterMs - anchorMs) / when.everyMs));
      return anchorMs + (passed + 1) * when.everyMs;
    }
    case 'cron':
      return cronOf(when.cron, timeZone).nextRun(new Date(afterMs))?.getTime() ?? null;
  }
};
