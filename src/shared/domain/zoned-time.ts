/** What a clock on a wall shows. Months and days count from 1. */
export type LocalTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
};

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes far longer than using it. */
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
};

/** True for the name of a time zone of the IANA list, such as `Europe/Berlin` or `UTC`. */
export const isTimeZone = (text: string): boolean => {
  if (!/^[a-z]/i.test(text)) return false;
  try {
    formatOf(text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/** What the clocks of a time zone show at a moment (epoch milliseconds). */
export const localTimeAt = (epochMs: number, timeZone: string): LocalTime => {
  const parts = formatOf(timeZone).formatToParts(epochMs);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((one) => one.type === type)?.value);
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
};

/** The local time as if it were of UTC, in epoch milliseconds. */
const asUtc = ({ year, month, day, hour, minute, second }: LocalTime): number =>
  Date.UTC(year, month - 1, day, hour, minute, second);

/** How far the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
const offsetAt = (epochMs: number, timeZone: string): number =>
  asUtc(localTimeAt(epochMs, timeZone)) - Math.floor(epochMs / 1000) * 1000;

/** The first moment between two (both exclusive, then inclusive) at which the clocks have been changed. */
const changeBetween = (before: number, after: number, timeZone: string): number => {
  const old = offsetAt(before, timeZone);
  let [last, first] = [before, after];
  while (first - last > 1) {
    const middle = Math.floor((last + first) / 2);
    if (offsetAt(middle, timeZone) === old) last = middle;
    else first = middle;
  }
  return first;
};

/**
 * The moment (epoch milliseconds) at which the clocks of a time zone show a time; days beyond the end of a month count
 * on into the next. Of a time that comes twice, when clocks are put back, it is the first; for one that never comes, when
 * they are put forward, the moment at which they are.
 */
export const momentOf = (local: LocalTime, timeZone: string): number => {
  const utc = asUtc(local);
  // No zone is further from UTC than 14 hours, and none changes its clocks twice within two days.
  const before = utc - offsetAt(utc - dayMs, timeZone);
  const after = utc - offsetAt(utc + dayMs, timeZone);
  const shown = (epochMs: number): boolean => epochMs + offsetAt(epochMs, timeZone) === utc;
  const moments = [before, after].filter(shown);
  return moments.length > 0 ? Math.min(...moments) : changeBetween(after, before, timeZone);
};
