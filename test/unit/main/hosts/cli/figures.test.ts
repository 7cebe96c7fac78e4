import { describe, expect, it } from 'vitest';
import { costText, durationText, shareText, tokensText } from '../../../../../src/main/hosts/cli/figures.ts';

describe('figures for people', () => {
  it.each([
    [0, '0'],
    [9999, '9,999'],
    [10_000, '10.0k'],
    [999_949, '999.9k'],
    [999_950, '1.00M'],
    [12_345_678, '12.35M'],
  ])('write %i tokens as %s', (tokens, text) => {
    expect(tokensText(tokens)).toBe(text);
  });

  it.each([
    [0, '0.0s'],
    [59_949, '59.9s'],
    [59_950, '1m00s'],
    [65_400, '1m05s'],
    [3_599_400, '59m59s'],
    [3_600_000, '1h00m'],
    [90_061_000, '25h01m'],
  ])('write %i ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('mark what is estimated', () => {
    expect(costText({ costMicroUsd: 1_234 }, 'exact')).toBe('$0.0012');
    expect(costText({ costMicroUsd: 12_345_678 }, 'estimated')).toBe('≈$12.35');
    expect(shareText(null)).toBe('–');
    expect(shareText(0.1234)).toBe('12.3%');
  });
});
