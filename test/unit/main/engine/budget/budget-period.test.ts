import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodAt } from '../../../../../src/main/engine/budget/budget-period.ts';

const day = 86_400_000;
const hours = ({ from, before }: { readonly from: number; readonly before: number }): number =>
  (before - from) / 3_600_000;

describe('days and months of a calendar', () => {
  it('begin at midnight of their time zone', () => {
    const at = Date.parse('2026-11-23T23:30:00Z');
    expect(periodAt('day', at, 'UTC')).toEqual({
      period: 'day',
      name: '2026-11-23',
      from: Date.parse('2026-11-23T00:00:00Z'),
      before: Date.parse('2026-11-24T00:00:00Z'),
    });
    expect(periodAt('day', at, 'Europe/Berlin')).toMatchObject({
      name: '2026-11-24',
      from: Date.parse('2026-11-23T23:00:00Z'),
    });
    expect(periodAt('month', Date.parse('2026-12-31T23:30:00Z'), 'Asia/Tokyo')).toEqual({
      period: 'month',
      name: '2027-01',
      from: Date.parse('2026-12-31T15:00:00Z'),
      before: Date.parse('2027-01-31T15:00:00Z'),
    });
  });

  it('are shorter and longer where clocks are changed, also at midnight', () => {
    expect(hours(periodAt('day', Date.parse('2026-03-29T12:00:00Z'), 'Europe/Berlin'))).toBe(23);
    expect(hours(periodAt('day', Date.parse('2026-10-25T12:00:00Z'), 'Europe/Berlin'))).toBe(25);
    expect(hours(periodAt('day', Date.parse('2026-09-06T12:00:00Z'), 'America/Santiago'))).toBe(23);
  });

  it('follow each other without a gap, and hold their moments', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/Santiago',
      'Asia/Kathmandu',
      'Africa/Cairo',
    );
    const moments = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2035-01-01') });
    fc.assert(
      fc.property(fc.constantFrom('day' as const, 'month' as const), zones, moments, (period, zone, at) => {
        const found = periodAt(period, at, zone);
        expect(found.from).toBeLessThanOrEqual(at);
        expect(found.before).toBeGreaterThan(at);
        expect(periodAt(period, found.before, zone).from).toBe(found.before);
        expect(periodAt(period, found.from - 1, zone).before).toBe(found.from);
        expect(found.before - found.from).toBeLessThanOrEqual((period === 'day' ? 1 : 31) * day + 3_600_000);
      }),
    );
  });
});
