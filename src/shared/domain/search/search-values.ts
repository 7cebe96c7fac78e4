import { parseDuration } from '../duration.ts';
import type { FigureField } from './search-query.ts';
import { localTimeAt, momentOf, type LocalTime } from '../zoned-time.ts';

/** Where and when a query was written: what `today` is depends on it. `now` is epoch milliseconds. */
export type QueryPlace = { readonly now: number; readonly timeZone: string };

const dayMs = 86_400_000;
const lastMoment = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const withinCalendar = (epochMs: number): number => Math.min(lastMoment, Math.max(0, Math.floor(epochMs)));

const wall =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/i;

const isOfCalendar = ({ year, month, day, hour, minute, second }: LocalTime): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return (
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  );
};

const offsetMs = (zone: string): number => {
  if (/^z$/i.test(zone)) return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
};

/** A date or time as written; one without a zone is of `timeZone`. */
const writtenMoment = (text: string, timeZone: string): number | undefined => {
  const match = wall.exec(text);
  if (match === null) return undefined;
  const [, year, month = '1', day = '1', hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const local: LocalTime = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  };
  if (local.year < 1970 || !isOfCalendar(local)) return undefined;
  const ms = Number(fraction.padEnd(3, '0'));
  return zone === undefined ? momentOf(local, timeZone) + ms : momentOf(local, 'UTC') - offsetMs(zone) + ms;
};

const startOfDay = ({ now, timeZone }: QueryPlace, daysAgo: number): number => {
  const today = localTimeAt(now, timeZone);
  return momentOf({ ...today, day: today.day - daysAgo, hour: 0, minute: 0, second: 0 }, timeZone);
};

const ago = (text: string): number | undefined => {
  const weeks = /^(\d{1,5})w$/.exec(text)?.[1];
  return weeks === undefined ? parseDuration(text) : Number(weeks) * 7 * dayMs;
};

/**
 * A moment as written in a query, in epoch milliseconds; undefined for what is none. Dates mean their beginning (`2026`,
 * `2026-03`, `2026-03-01`, `2026-03-01T14:30`), durations so long ago (`7d`, `2w`, `90m`), and there are `now`, `today` and
 * `yesterday`.
 */
export const readMoment = (text: string, place: QueryPlace): number | undefined => {
  const word = text.toLowerCase();
  if (word === 'now') return withinCalendar(place.now);
  if (word === 'today') return withinCalendar(startOfDay(place, 0));
  if (word === 'yesterday') return withinCalendar(startOfDay(place, 1));
  const back = ago(word);
  if (back !== undefined) return withinCalendar(place.now - back);
  const written = writtenMoment(text, place.timeZone);
  return written === undefined ? undefined : withinCalendar(written);
};

const scales: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

const readNumber = (text: string): number | undefined => {
  const [, digits, scale = ''] = /^(\d{1,16}(?:\.\d{0,6})?|\.\d{1,6})([kmg]?)$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (scales[scale.toLowerCase()] ?? 1);
};

/** More than anything is: a billion dollars in micro-dollars, 31,000 years in milliseconds. */
const most = 1e15;

const readValue = (field: FigureField, text: string): number | undefined => {
  if (field === 'duration') return parseDuration(text);
  if (field !== 'cost') return readNumber(text);
  const dollars = readNumber(text.replace(/^\$/, ''));
  return dollars === undefined ? undefined : dollars * 1e6;
};

/** The value of a comparison in the unit of its field; undefined for what is none. */
export const readFigure = (field: FigureField, text: string): number | undefined => {
  const value = readValue(field, text);
  return value === undefined ? undefined : Math.min(most, Math.round(value));
};

/** How the values of a field are written, for the sentence that says so. */
export const figureExamples: Readonly<Record<FigureField, string>> = {
  cost: 'dollars, as in cost>1.50',
  tokens: 'a number, as in tokens>100k',
  duration: 'a duration, as in duration>10m',
  instances: 'a number, as in instances>5',
};
