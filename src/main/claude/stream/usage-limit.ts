import { instantOf, type Instant } from '../../../shared/domain/ids.ts';
import { isTimeZone, localTimeAt, momentOf, type LocalTime } from '../../../shared/domain/zoned-time.ts';
import type { AttemptEvidence } from './fold-state.ts';

/** "Claude AI usage limit reached|1731628800", "You've hit your limit · resets 3pm (Europe/Berlin)" and the like. */
export const saysUsageLimit = (text: string): boolean =>
  /usage limit reached|\bhit your (?:[\w-]+ )*limit\b|\bout of (?:extra )?usage\b/i.test(text);

/** A moment given in seconds since the epoch; null for what can be none. */
export const instantFromSeconds = (seconds: number | null | undefined): Instant | null =>
  seconds != null && seconds > 0 && seconds < 1e11 ? instantOf(seconds * 1000) : null;

/** When a usage limit ends: by the API's own figure, else by what the CLI said in words; null where neither says it. */
export const limitResetsAt = ({ usageLimit, lastResult }: AttemptEvidence): Instant | null => {
  if (usageLimit?.resetsAt != null) return usageLimit.resetsAt;
  if (lastResult === null) return null;
  return resetInText([lastResult.text ?? '', ...lastResult.errors].join('\n'), lastResult.at);
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const inWords =
  /resets?(?: at| on)? (?:(?<month>[a-z]{3})[a-z]* (?<day>\d{1,2})(?:,? at|,)? )?(?<hour>\d{1,2})(?::(?<minute>\d\d))? ?(?<half>am|pm)?(?: \((?<zone>[^)]+)\))?/i;

/** The time of reset in a text that came at `at`: an epoch after a bar, or the next such time of a zone; null: none. */
export const resetInText = (text: string, at: Instant): Instant | null => {
  const [, seconds] = /limit reached\|(\d{10})\d{0,3}\b/.exec(text) ?? [];
  if (seconds !== undefined) return instantFromSeconds(Number(seconds));
  const said = inWords.exec(text)?.groups;
  if (said === undefined) return null;
  const zone = said['zone'] ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isTimeZone(zone) ? nextTime(said, Date.parse(at), zone) : null;
};

type Said = Readonly<Record<string, string | undefined>>;

/** What is said without a date, or without a year, is the next such time. */
const nextTime = (said: Said, at: number, zone: string): Instant | null => {
  const now = localTimeAt(at, zone);
  const clock = { hour: hourOf(said), minute: Number(said['minute'] ?? 0), second: 0 };
  const { month, day } = said;
  const candidates: readonly LocalTime[] =
    month === undefined
      ? [0, 1].map((later) => ({ ...now, day: now.day + later, ...clock }))
      : [0, 1].map((later) => ({
          year: now.year + later,
          month: MONTHS.indexOf(month.toLowerCase()) + 1,
          day: Number(day),
          ...clock,
        }));
  if (clock.hour > 23 || candidates.some((time) => time.month < 1)) return null;
  const next = candidates.map((time) => momentOf(time, zone)).find((moment) => moment > at - sameMinuteMs);
  return next === undefined ? null : instantOf(next);
};

/** A limit that resets in this very minute is said by the minute. */
const sameMinuteMs = 60_000;

const hourOf = ({ hour, half }: Said): number => {
  const number = Number(hour);
  if (half === undefined) return number;
  return (number % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
};
