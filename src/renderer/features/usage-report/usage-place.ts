import { createStore } from 'zustand/vanilla';
import { USAGE_DIMENSIONS, type UsageDimension } from '../../../shared/domain/usage-report.ts';
import type { AddressWords } from '../../data/in-address.ts';
import type { UsageMeasure } from './usage-chart-data.ts';
import { usageSpans, type UsageSpan } from './usage-span.ts';

type UsagePlace = {
  readonly by: readonly UsageDimension[];
  readonly span: UsageSpan;
  readonly search: string;
  readonly measure: UsageMeasure;
};

const atFirst: UsagePlace = {
  by: ['day', 'model'],
  span: { id: 'month', first: '', last: '' },
  search: '',
  measure: 'cost',
};

/** What was reported last: it is there again when one comes back. */
export const usagePlace = createStore<UsagePlace>(() => atFirst);

/** What is reported, as words of the address: `by=week.plan&span=custom&from=2026-11-01&measure=tokens`. */
export const usageWords: AddressWords<UsagePlace> = {
  write: ({ by, span, search, measure }) => ({
    ...(by.join() === atFirst.by.join() ? {} : { by: by.join('.') }),
    ...(span.id === atFirst.span.id ? {} : { span: span.id }),
    ...(span.id === 'custom' && span.first !== '' ? { from: span.first } : {}),
    ...(span.id === 'custom' && span.last !== '' ? { to: span.last } : {}),
    ...(search.trim() === '' ? {} : { q: search.trim() }),
    ...(measure === atFirst.measure ? {} : { measure }),
  }),
  read: (words) => {
    const named = (words.get('by') ?? '').split('.');
    const by = [...new Set(named)].flatMap((name) => USAGE_DIMENSIONS.filter((one) => one === name));
    const id = usageSpans.find((one) => one.id === words.get('span'))?.id ?? atFirst.span.id;
    return {
      // One after the other, as chosen by hand: what cannot stand beside another does not.
      by: by.length === 0 ? atFirst.by : by.slice(1).reduce(withDimension, by.slice(0, 1)),
      span: { id, first: words.get('from') ?? '', last: words.get('to') ?? '' },
      search: (words.get('q') ?? '').slice(0, 1000),
      measure: words.get('measure') === 'tokens' ? 'tokens' : 'cost',
    };
  },
};

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
