import { instantOf, type Instant } from '../../../shared/domain/ids.ts';

/** Spans of time to look at; `custom` is from one day to another, both of them within. */
export const usageSpans = [
  { id: 'week', title: 'This week' },
  { id: 'month', title: 'This month' },
  { id: 'year', title: 'This year' },
  { id: 'all', title: 'All' },
  { id: 'custom', title: 'From – to' },
] as const;
export type UsageSpanId = (typeof usageSpans)[number]['id'];

export type UsageSpan = {
  readonly id: UsageSpanId;
  /** Days as `2026-11-23`, or empty; of `custom` only. */
  readonly first: string;
  readonly last: string;
};

type Bounds = { readonly from?: Instant; readonly to?: Instant };

const localDay = (day: string, plus: number): Instant | null => {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined) return null;
  return instantOf(new Date(Number(year), Number(month) - 1, Number(date) + plus).getTime());
};

const begin = (id: UsageSpanId, now: Date): Date | null => {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  switch (id) {
    case 'week':
      return new Date(year, month, day - ((now.getDay() + 6) % 7));
    case 'month':
      return new Date(year, month, 1);
    case 'year':
      return new Date(year, 0, 1);
    default:
      return null;
  }
};

/** From when (inclusive) to when (exclusive) a span goes, in the time zone of this browser; weeks begin on Monday. */
export const boundsOf = ({ id, first, last }: UsageSpan, now: number): Bounds => {
  const from = id === 'custom' ? localDay(first, 0) : begin(id, new Date(now));
  const to = id === 'custom' ? localDay(last, 1) : null;
  return {
    ...(from === null ? {} : { from: typeof from === 'string' ? from : instantOf(from.getTime()) }),
    ...(to === null ? {} : { to }),
  };
};
