import type { MissedStart, ScheduleView } from '../../../shared/contract/schedules.ts';
import { formatDuration } from '../../../shared/domain/duration.ts';
import type { Instant } from '../../../shared/domain/ids.ts';

/** A moment as the clocks of a time zone show it, to the minute; the seconds where there are some. */
export const timeText = (moment: Instant, timeZone: string): string =>
  new Date(moment).toLocaleString('sv-SE', { timeZone }).replace(/:00$/, '');

/** How long it is until a moment, to the minute or, within one, the second. */
const inText = (ms: number): string => {
  const unit = ms < 60_000 ? 1000 : 60_000;
  return formatDuration(Math.round(ms / unit) * unit);
};

/** When it is due next: `2026-11-24 02:00 Europe/Berlin, in 17h58m`. */
export const nextText = ({ next, timeZone }: ScheduleView, nowMs: number): string => {
  if (next === null) return 'never again';
  const wait = Date.parse(next) - nowMs;
  const when = wait >= 0 ? `in ${inText(wait)}` : `${inText(-wait)} ago`;
  return `${timeText(next, timeZone)} ${timeZone}, ${when}`;
};

/** How often it runs: `once`, `every 1h`, `cron 0 2 * * *`. */
export const rhythmText = ({ when }: ScheduleView): string => {
  if (when.kind === 'once') return 'once';
  return when.kind === 'every' ? `every ${formatDuration(when.everyMs)}` : `cron ${when.cron}`;
};

/** What was missed, as a line of its own. */
export const missedText = ({ occurrence, message }: MissedStart, timeZone: string): string =>
  `missed ${timeText(occurrence, timeZone)}: ${message}`;
