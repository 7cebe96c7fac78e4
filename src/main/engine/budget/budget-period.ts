import type { BudgetPeriod } from '../../../shared/contract/budgets.ts';
import { localTimeAt, momentOf } from '../../../shared/domain/zoned-time.ts';

/** A day or month of a time zone's calendar: `2026-11-23` or `2026-11`, from one moment on and before another (epoch milliseconds). */
export type Period = {
  readonly period: BudgetPeriod;
  readonly name: string;
  readonly from: number;
  readonly before: number;
};

const two = (value: number): string => String(value).padStart(2, '0');

/** The day or month that a moment is in. */
export const periodAt = (period: BudgetPeriod, epochMs: number, timeZone: string): Period => {
  const { year, month, day } = localTimeAt(epochMs, timeZone);
  const begin = { year, month, day: period === 'day' ? day : 1, hour: 0, minute: 0, second: 0 };
  const next = period === 'day' ? { ...begin, day: day + 1 } : { ...begin, month: month + 1 };
  const name = `${year}-${two(month)}`;
  return {
    period,
    name: period === 'day' ? `${name}-${two(day)}` : name,
    from: momentOf(begin, timeZone),
    before: momentOf(next, timeZone),
  };
};
