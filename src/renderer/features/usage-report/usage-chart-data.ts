import type { UsageDimension, UsageReport, UsageRow } from '../../../shared/domain/usage-report.ts';

/** What a chart shows of each row. */
export type UsageMeasure = 'cost' | 'tokens' | 'calls';

export type ChartBar = {
  readonly key: string;
  readonly title: string;
  readonly total: number;
  /** One for each series, in their order. */
  readonly parts: readonly number[];
};

export type ChartData = {
  readonly isOverTime: boolean;
  readonly series: readonly string[];
  readonly bars: readonly ChartBar[];
  /** The top of the scale, and its steps from 0 on. */
  readonly steps: readonly number[];
};

const SERIES_MOST = 5;

/** All tokens of a row. */
export const tokensOf = (row: UsageRow): number =>
  row.inputTokens + row.outputTokens + row.cacheWriteTokens + row.cacheReadTokens;

/** The figure of a row. */
const measureOf = (row: UsageRow, measure: UsageMeasure): number => {
  if (measure === 'cost') return row.costMicroUsd;
  return measure === 'tokens' ? tokensOf(row) : (row.tools?.calls ?? 0);
};

const dayMs = 86_400_000;
const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The Monday of `2026-W48`. */
const mondayOf = (week: string): number => {
  const [year = '', number = ''] = week.split('-W');
  const fourth = Date.UTC(Number(year), 0, 4);
  const weekday = (new Date(fourth).getUTCDay() + 6) % 7;
  return fourth - weekday * dayMs + (Number(number) - 1) * 7 * dayMs;
};

const weekOf = (monday: number): string => {
  const thursday = new Date(monday + 3 * dayMs);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / dayMs / 7) + 1;
  return `${String(year)}-W${String(week).padStart(2, '0')}`;
};

const after: Partial<Readonly<Record<UsageDimension, (key: string) => string>>> = {
  day: (key) => isoDay(Date.parse(`${key}T00:00:00Z`) + dayMs),
  week: (key) => weekOf(mondayOf(key) + 7 * dayMs),
  month: (key) => {
    const [year = '', month = ''] = key.split('-');
    return new Date(Date.UTC(Number(year), Number(month), 1)).toISOString().slice(0, 7);
  },
};

const GAPS_MOST = 800;

/** Keys of time from the first to the last without a gap: a day on which nothing ran is a day too. */
export const filledKeys = (dimension: UsageDimension, keys: readonly string[]): readonly string[] => {
  const next = after[dimension];
  const [first] = keys;
  const last = keys.at(-1);
  if (next === undefined || first === undefined || last === undefined) return keys;
  const all: string[] = [];
  for (let key = first; key <= last && all.length < GAPS_MOST; key = next(key)) all.push(key);
  return all.at(-1) === last ? all : keys;
};

/** Steps of 1, 2 or 5 times a power of ten, from 0 to at least `top`, about four of them. */
export const scaleSteps = (top: number): readonly number[] => {
  if (top <= 0) return [0, 1];
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(top / step - 1e-9) + 1 }, (_, index) => index * step);
};

const sumBy = <K>(
  rows: readonly UsageRow[],
  key: (row: UsageRow) => K,
  measure: UsageMeasure,
): Map<K, number> => {
  const sums = new Map<K, number>();
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + measureOf(row, measure));
  return sums;
};

/** The second dimension as series, the largest first; what is beyond the first few is one, `other`. */
const seriesOf = (report: UsageReport, measure: UsageMeasure): readonly string[] => {
  if (report.by.length < 2) return [''];
  const sums = [...sumBy(report.rows, (row) => row.titles[1] ?? '', measure)].toSorted(
    ([, a], [, b]) => b - a,
  );
  const names = sums.map(([name]) => name);
  return names.length <= SERIES_MOST + 1 ? names : [...names.slice(0, SERIES_MOST), OTHER];
};

/** The name of the series of all that has no own one. */
export const OTHER = 'other';

/** A report as bars: one for each key of its first dimension, divided by the second one. */
export const chartOf = (report: UsageReport, measure: UsageMeasure): ChartData => {
  const [first = 'day'] = report.by;
  const isOverTime = after[first] !== undefined;
  const series = seriesOf(report, measure);
  const titles = new Map(report.rows.map((row) => [row.keys[0] ?? '', row.titles[0] ?? '']));
  const present = [...titles.keys()];
  const sums = sumBy(
    report.rows,
    (row) => {
      const name = report.by.length < 2 ? '' : (row.titles[1] ?? '');
      return `${row.keys[0] ?? ''}\n${series.includes(name) ? name : OTHER}`;
    },
    measure,
  );
  const bars = (isOverTime ? filledKeys(first, present.toSorted()) : present).map((key): ChartBar => {
    const parts = series.map((name) => sums.get(`${key}\n${name}`) ?? 0);
    return {
      key,
      title: titles.get(key) ?? key,
      total: parts.reduce((sum, part) => sum + part, 0),
      parts,
    };
  });
  const sorted = isOverTime ? bars : bars.toSorted((a, b) => b.total - a.total);
  return {
    isOverTime,
    series,
    bars: sorted,
    steps: scaleSteps(Math.max(0, ...bars.map(({ total }) => total))),
  };
};
