import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answersOf,
  noChoice,
  withOption,
  withOwn,
} from '../../../../../src/renderer/features/question/choices.ts';
import { raiseOf } from '../../../../../src/renderer/features/question/raise.ts';

const one = { question: 'Which?', header: null, multiSelect: false, options: [] };
const many = { ...one, multiSelect: true };

describe('answers to questions', () => {
  it('are one option or own words where one is asked for', () => {
    const chosen = withOption(withOption(noChoice, one, 'a'), one, 'b');
    expect(answersOf([one], [chosen])).toEqual([['b']]);
    expect(answersOf([one], [withOwn(chosen, one, ' c ')])).toEqual([['c']]);
    expect(answersOf([one], [withOption(withOwn(chosen, one, 'c'), one, 'a')])).toEqual([['a']]);
  });

  it('are several where several may be chosen, and each may be taken back', () => {
    const both = withOption(withOption(noChoice, many, 'a'), many, 'b');
    expect(answersOf([many], [withOwn(both, many, 'c')])).toEqual([['a', 'b', 'c']]);
    expect(answersOf([many], [withOption(both, many, 'a')])).toEqual([['b']]);
  });

  it('are not complete while one question has none', () => {
    expect(answersOf([one, many], [withOption(noChoice, one, 'a')])).toBeNull();
    expect(answersOf([one], [withOwn(noChoice, one, '  ')])).toBeNull();
    expect(answersOf([], [])).toBeNull();
  });
});

describe('a raised budget', () => {
  const limit = { tokens: null, costMicroUsd: 5_000_000 };
  const used = { tokens: 10, costMicroUsd: 5_020_000 };

  it('must be above what is used', () => {
    expect(raiseOf({ limit, used }, '5.02', '')).toBeNull();
    expect(raiseOf({ limit, used }, '5.020001', '')).toEqual({ kind: 'raise', costMicroUsd: 5_020_001 });
    expect(raiseOf({ limit, used }, '$7.50', '')).toEqual({ kind: 'raise', costMicroUsd: 7_500_000 });
    expect(raiseOf({ limit, used }, 'seven', '')).toBeNull();
  });

  it('of two limits needs only the one that is used up', () => {
    const both = {
      limit: { tokens: 1000, costMicroUsd: 5_000_000 },
      used: { tokens: 1200, costMicroUsd: 1 },
    };
    expect(raiseOf(both, '', '2,000')).toEqual({ kind: 'raise', tokens: 2000 });
    expect(raiseOf(both, '9', '')).toBeNull();
  });

  it('is never one that would let nothing go on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 0, max: 2e9 }),
        fc.string(),
        (max, spent, text) => {
          const raise = raiseOf(
            { limit: { tokens: max, costMicroUsd: null }, used: { tokens: spent, costMicroUsd: 0 } },
            '',
            text,
          );
          return raise === null || (raise.tokens ?? 0) > spent;
        },
      ),
    );
  });
});
