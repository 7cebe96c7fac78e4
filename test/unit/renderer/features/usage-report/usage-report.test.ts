import { describe, expect, it } from 'vitest';
import {
  chartOf,
  filledKeys,
  OTHER,
  scaleSteps,
} from '../../../../../src/renderer/features/usage-report/usage-chart-data.ts';
import { usageCsv } from '../../../../../src/renderer/features/usage-report/usage-csv.ts';
import { withDimension } from '../../../../../src/renderer/features/usage-report/usage-place.ts';
import { boundsOf } from '../../../../../src/renderer/features/usage-report/usage-span.ts';
import { differenceOf } from '../../../../../src/renderer/features/compare/difference.ts';
import { bytesText, shortNumber } from '../../../../../src/renderer/ui/format.ts';
import type { UsageReport, UsageRow } from '../../../../../src/shared/domain/usage-report.ts';

const row = (keys: readonly string[], costMicroUsd: number, more: Partial<UsageRow> = {}): UsageRow => ({
  keys,
  titles: keys,
  costMicroUsd,
  basis: 'exact',
  atLeast: false,
  inputTokens: 1,
  outputTokens: 2,
  cacheWriteTokens: 3,
  cacheReadTokens: 4,
  orchestrations: 1,
  instances: 2,
  succeeded: 1,
  cacheHitRate: 0.5,
  costPerSuccessMicroUsd: costMicroUsd,
  tools: null,
  ...more,
});
const report = (by: UsageReport['by'], rows: readonly UsageRow[]): UsageReport => ({
  by,
  rows,
  total: row([], 0),
});

describe('the chart of a report', () => {
  it('has a column for each day, also for those on which nothing ran', () => {
    const { bars, isOverTime } = chartOf(
      report(['day'], [row(['2026-02-27'], 10), row(['2026-03-02'], 5)]),
      'cost',
    );
    expect(isOverTime).toBe(true);
    expect(bars.map(({ key, total }) => [key, total])).toEqual([
      ['2026-02-27', 10],
      ['2026-02-28', 0],
      ['2026-03-01', 0],
      ['2026-03-02', 5],
    ]);
  });

  it('divides columns by the second dimension, the largest first', () => {
    const { series, bars } = chartOf(
      report(
        ['month', 'model'],
        [row(['2026-01', 'small'], 1), row(['2026-01', 'big'], 9), row(['2026-02', 'small'], 2)],
      ),
      'cost',
    );
    expect(series).toEqual(['big', 'small']);
    expect(bars.map(({ parts }) => parts)).toEqual([
      [9, 1],
      [0, 2],
    ]);
  });

  it('makes one series of all that are beyond the first few', () => {
    const rows = Array.from({ length: 9 }, (_, index) => row(['2026-01', `m${String(index)}`], 100 - index));
    const { series, bars } = chartOf(report(['month', 'model'], rows), 'cost');
    expect(series).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', OTHER]);
    expect(bars[0]?.total).toBe(rows.reduce((sum, one) => sum + one.costMicroUsd, 0));
  });

  it('shows what is no time by its size', () => {
    const { bars } = chartOf(report(['plan'], [row(['a'], 1), row(['b'], 7)]), 'cost');
    expect(bars.map(({ key }) => key)).toEqual(['b', 'a']);
  });

  it('fills weeks over the end of a year with 53 of them', () => {
    expect(filledKeys('week', ['2026-W52', '2027-W02'])).toEqual([
      '2026-W52',
      '2026-W53',
      '2027-W01',
      '2027-W02',
    ]);
    expect(filledKeys('month', ['2026-11', '2027-01'])).toEqual(['2026-11', '2026-12', '2027-01']);
    expect(filledKeys('plan', ['a', 'c'])).toEqual(['a', 'c']);
  });

  it('has a scale of round steps up to the largest', () => {
    expect(scaleSteps(7)).toEqual([0, 2, 4, 6, 8]);
    expect(scaleSteps(2_100_000)).toEqual([0, 1_000_000, 2_000_000, 3_000_000]);
    expect(scaleSteps(0)).toEqual([0, 1]);
  });
});

describe('a report as CSV', () => {
  it('has a line for each row, with quotation marks where they are needed', () => {
    const csv = usageCsv(report(['plan'], [row(['a, "b"'], 1_500_000, { basis: 'estimated' })]));
    expect(csv.split('\r\n')).toEqual([
      'plan,sessions,instances,succeeded,input_tokens,output_tokens,cache_write_tokens,cache_read_tokens,cache_hit_rate,cost_micro_usd,cost_basis,cost_per_success_micro_usd',
      '"a, ""b""",1,2,1,1,2,3,4,0.5,1500000,estimated,1500000',
      '',
    ]);
  });

  it('never gives a spreadsheet a formula', () => {
    expect(usageCsv(report(['plan'], [row(['=1+1'], 1)]))).toContain("\r\n'=1+1,");
  });

  it('has calls of tools in a report by tool', () => {
    const tools = { calls: 3, errors: 1, durationMs: 20 };
    expect(usageCsv(report(['tool'], [row(['Bash'], 0, { tools })]))).toBe(
      'tool,sessions,instances,succeeded,calls,errors,duration_ms\r\nBash,1,2,1,3,1,20\r\n',
    );
  });
});

describe('the dimensions of a report', () => {
  it('have one of time, and it comes first', () => {
    expect(withDimension(['day', 'model'], 'week')).toEqual(['week', 'model']);
    expect(withDimension(['model'], 'month')).toEqual(['month', 'model']);
  });

  it('have models or tools, not both', () => {
    expect(withDimension(['day', 'model', 'plan'], 'tool')).toEqual(['day', 'tool', 'plan']);
  });

  it('are never none and never more than four', () => {
    expect(withDimension(['day'], 'day')).toEqual(['day']);
    const four = ['day', 'model', 'plan', 'user'] as const;
    expect(withDimension(four, 'workspace')).toBe(four);
  });
});

describe('a span of time', () => {
  const now = new Date(2026, 10, 25, 15).getTime();
  const local = (year: number, month: number, day: number) => new Date(year, month, day).toISOString();

  it('begins with Monday, the first of the month, or the first of the year', () => {
    expect(boundsOf({ id: 'week', first: '', last: '' }, now)).toEqual({ from: local(2026, 10, 23) });
    expect(boundsOf({ id: 'month', first: '', last: '' }, now)).toEqual({ from: local(2026, 10, 1) });
    expect(boundsOf({ id: 'year', first: '', last: '' }, now)).toEqual({ from: local(2026, 0, 1) });
    expect(boundsOf({ id: 'all', first: '', last: '' }, now)).toEqual({});
  });

  it('of two days has both of them within, and may be open', () => {
    expect(boundsOf({ id: 'custom', first: '2026-02-01', last: '2026-02-28' }, now)).toEqual({
      from: local(2026, 1, 1),
      to: local(2026, 2, 1),
    });
    expect(boundsOf({ id: 'custom', first: '', last: '' }, now)).toEqual({});
  });
});

describe('a difference', () => {
  it('says which way and by how much', () => {
    expect(differenceOf('cost', 1_000_000, 1_250_000)).toEqual({
      more: true,
      text: '+$0.2500',
      share: '+25 %',
    });
    expect(differenceOf('duration', 60_000, 30_000)).toEqual({ more: false, text: '−30 s', share: '−50 %' });
    expect(differenceOf('count', 0, 3)).toEqual({ more: true, text: '+3', share: null });
    expect(differenceOf('tokens', 10, 1000)).toEqual({ more: true, text: '+990', share: '×100.0' });
  });

  it('is none where both look the same', () => {
    expect(differenceOf('count', 3, 3)).toBeNull();
    expect(differenceOf('duration', 60_000, 60_400)).toBeNull();
  });
});

describe('large figures', () => {
  it('are short', () => {
    expect([shortNumber(999_400_000), shortNumber(3_780_000_000)]).toEqual(['999M', '3.78B']);
    expect([bytesText(812), bytesText(18_240), bytesText(4_100_000_000)]).toEqual([
      '812 B',
      '18.2 kB',
      '4.1 GB',
    ]);
  });
});
