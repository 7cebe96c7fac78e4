import { createStore } from 'zustand/vanilla';
import type { UsageDimension } from '../../../shared/domain/usage-report.ts';
import type { UsageMeasure } from './usage-chart-data.ts';
import type { UsageSpan } from './usage-span.ts';

type UsagePlace = {
  readonly by: readonly UsageDimension[];
  readonly span: UsageSpan;
  readonly search: string;
  readonly measure: UsageMeasure;
};

/** What was reported last: it is there again when one comes back. */
export const usagePlace = createStore<UsagePlace>(() => ({
  by: ['day', 'model'],
  span: { id: 'month', first: '', last: '' },
  search: '',
  measure: 'cost',
}));

const times: readonly UsageDimension[] = ['day', 'week', 'month'];

/** What cannot stand beside a dimension: another of time; models beside tools, as a call of a tool is of no model. */
const excludes = (one: UsageDimension, other: UsageDimension): boolean =>
  (times.includes(one) && times.includes(other)) ||
  (one === 'tool' && other === 'model') ||
  (one === 'model' && other === 'tool');

export const MOST_DIMENSIONS = 4;

/** Dimensions with one more, which takes the place of what cannot stand beside it, or with one less; never none. */
export const withDimension = (
  by: readonly UsageDimension[],
  dimension: UsageDimension,
): readonly UsageDimension[] => {
  if (by.includes(dimension)) {
    const left = by.filter((one) => one !== dimension);
    return left.length === 0 ? by : left;
  }
  const at = by.findIndex((one) => excludes(one, dimension));
  const kept = by.filter((one) => !excludes(one, dimension));
  // Time is what a chart goes along: it comes first.
  const place = at !== -1 ? Math.min(at, kept.length) : times.includes(dimension) ? 0 : kept.length;
  const next = kept.toSpliced(place, 0, dimension);
  return next.length > MOST_DIMENSIONS ? by : next;
};
