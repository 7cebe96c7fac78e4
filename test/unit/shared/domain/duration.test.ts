import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../../src/shared/domain/duration.ts';

describe('a duration', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['5m500ms', 300_500],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '90',
    's',
    '-1s',
    '1.5h',
    '1h 30m',
    '30m1h',
    '1h1h',
    '1w',
    ' 1s',
    '1S',
    '1e3s',
    '9999999999s',
  ])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('is written in the shortest way', () => {
    expect([0, 500, 60_000, 5_400_000, 90_061_001].map(formatDuration)).toEqual([
      '0s',
      '500ms',
      '1m',
      '1h30m',
      '1d1h1m1s1ms',
    ]);
  });

  it('is read back as the same number of milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});
