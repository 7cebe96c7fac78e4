import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ageText,
  counted,
  countdownText,
  dollarText,
  durationText,
  exactTimeText,
  figuresOf,
  percentText,
  secondsText,
  shortNumber,
  whenText,
  wholeNumber,
} from '../../../../src/renderer/ui/format.ts';
import { noUsage } from '../../../../src/shared/domain/usage.ts';

describe('figures as text', () => {
  it('shortens numbers to at most five characters and never rounds up to a wrong unit', () => {
    expect(
      [0, 812, 999, 1000, 18_240, 99_949, 99_950, 311_400, 999_499, 999_500, 1_204_118, 12_400_000].map(
        shortNumber,
      ),
    ).toEqual([
      '0',
      '812',
      '999',
      '1.0k',
      '18.2k',
      '99.9k',
      '100k',
      '311k',
      '999k',
      '1.00M',
      '1.20M',
      '12.4M',
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_000_000 }), (value) => shortNumber(value).length <= 5),
    );
  });

  it('counts in words', () => {
    expect([0, 1, 2, 1284].map((count) => counted(count, 'session'))).toEqual([
      '0 sessions',
      '1 session',
      '2 sessions',
      '1,284 sessions',
    ]);
  });

  it('leaves the year out of dates of this one', () => {
    const now = new Date(2026, 10, 23, 12).getTime();
    const at = (year: number, month: number) => new Date(year, month, 7, 20).toISOString();
    expect(whenText(at(2026, 10), now)).toMatch(/7.* 20:00$/);
    expect(whenText(at(2026, 10), now)).not.toContain('2026');
    expect(whenText(at(2025, 11), now)).toMatch(/2025.* 20:00$/);
    expect(exactTimeText(at(2026, 10))).toMatch(/2026.*20:00:00/);
  });

  it('writes dollars exactly to four places when they are few', () => {
    expect([0, 2900, 1_917_400, 9_999_900, 11_204_300, 1_234_567_890].map(dollarText)).toEqual([
      '$0.0000',
      '$0.0029',
      '$1.9174',
      '$9.9999',
      '$11.20',
      '$1,234.57',
    ]);
  });

  it('writes durations as a person says them', () => {
    expect([0, 420, 9_990, 42_000, 192_000, 3_840_000, 183_600_000].map(durationText)).toEqual([
      '0.0 s',
      '0.4 s',
      '9.9 s',
      '42 s',
      '3m 12s',
      '1h 04m',
      '2d 3h',
    ]);
    expect([0, 59_999, 60_000].map(secondsText)).toEqual(['0 s', '59 s', '1m 00s']);
    expect([5000, 180_000, 7_200_000, 200_000_000].map(ageText)).toEqual(['5s', '3m', '2h', '2d']);
    expect([-5, 41_001, 723_000, 3_849_000].map(countdownText)).toEqual(['0:00', '0:42', '12:03', '1:04:09']);
  });

  it('never rounds a share up to a hundred per cent', () => {
    expect([null, 0, 0.8924, 0.9999, 1].map((share) => percentText(share))).toEqual([
      '–',
      '0 %',
      '89 %',
      '99 %',
      '100 %',
    ]);
    expect(percentText(0.8924, 1)).toBe('89.2 %');
  });

  it('separates thousands', () => {
    expect(wholeNumber(1_204_118)).toBe('1,204,118');
  });

  it('says when nothing was counted yet', () => {
    expect(figuresOf(noUsage)).toMatchObject({ known: false, tokens: 0, hitRate: null });
  });
});
