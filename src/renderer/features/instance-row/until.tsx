import type { Instant } from '../../../shared/domain/ids.ts';
import { useNow } from '../../data/clock.ts';
import { countdownText, whenText } from '../../ui/format.ts';

const HOUR = 3_600_000;

/** When something goes on by itself: a countdown within the hour, else the time of day. */
export const untilText = (until: Instant, now: number): string => {
  const left = Date.parse(until) - now;
  if (left <= 0) return 'any moment';
  return left < HOUR ? `in ${countdownText(left)}` : `at ${whenText(until, now)}`;
};

/** The same, ticking. */
export const Until = ({ at }: { readonly at: Instant }) => {
  const now = useNow(true);
  return <span className="tabular-nums">{untilText(at, now)}</span>;
};
