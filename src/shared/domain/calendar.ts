import { localTimeAt, momentOf } from './zoned-time.ts';

/** What a calendar divides time into. Weeks are those of ISO 8601: from Monday, named after the year of their Thursday. */
export type CalendarUnit = 'day' | 'week' | 'month';

/** The day of a moment and the names of what it is in: `2026-11-23`, `2026-W48`, `2026-11`. */
export type CalendarDay = Readonly<Record<CalendarUnit, string>> & {
  /** From this moment on and before the other, in epoch milliseconds. */
  readonly from: number;
  readonly before: number;
};

const dayMs = 86_400_000;
const two = (value: number): string => String(value).padStart(2, '0');

/** The week of a date. */
const isoWeek = (year: number, month: number, day: number): string => {
  const date = Date.UTC(year, month - 1, day);
  const weekday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = new Date(date + (3 - weekday) * dayMs);
  const weekYear = thursday.getUTCFullYear();
  const days = (thursday.getTime() - Date.UTC(weekYear, 0, 1)) / dayMs;
  return `${String(weekYear)}-W${two(Math.floor(days / 7) + 1)}`;
};

const dayAt = (epochMs: number, timeZone: string): CalendarDay => {
  const { year, month, day } = localTimeAt(epochMs, timeZone);
  const begin = { year, month, day, hour: 0, minute: 0, second: 0 };
  const yearMonth = `${String(year).padStart(4, '0')}-${two(month)}`;
  return {
    day: `${yearMonth}-${two(day)}`,
    week: isoWeek(year, month, day),
    month: yearMonth,
    from: momentOf(begin, timeZone),
    before: momentOf({ ...begin, day: day + 1 }, timeZone),
  };
};

/**
 * Gives what finds the day of a moment in a time zone. Days are as long as they are: 23 or 25 hours where clocks are
 * changed. A day is worked out once for moments that come in order.
 */
export const createCalendar = (timeZone: string): ((epochMs: number) => CalendarDay) => {
  let last: CalendarDay | null = null;
  return (epochMs) => {
    if (last === null || epochMs < last.from || epochMs >= last.before) last = dayAt(epochMs, timeZone);
    return last;
  };
};
