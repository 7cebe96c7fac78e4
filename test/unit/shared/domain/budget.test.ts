import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasUnknownCost, levelOf, spentOf } from '../../../../src/shared/domain/budget.ts';
import type { Usage } from '../../../../src/shared/domain/usage.ts';

const usage: Usage = {
  basis: 'exact',
  byModel: {
    opus: { inputTokens: 1, outputTokens: 20, cacheWriteTokens: 300, cacheReadTokens: 4000, costMicroUsd: 7 },
    haiku: { inputTokens: 50_000, outputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, costMicroUsd: 5 },
  },
};

describe('what counts against a budget', () => {
  it('is tokens of all four kinds and the cost, over all models', () => {
    expect(spentOf(usage)).toEqual({ tokens: 54_321, costMicroUsd: 12 });
  });

  it('is a lower bound when a model was used and cost nothing', () => {
    expect(hasUnknownCost(usage)).toBe(false);
    const haiku = { ...usage.byModel['opus'], outputTokens: 1, costMicroUsd: 0 };
    expect(
      hasUnknownCost({ ...usage, byModel: { ...usage.byModel, haiku: { ...noTokens, ...haiku } } }),
    ).toBe(true);
    expect(hasUnknownCost({ basis: 'exact', byModel: { haiku: noTokens } })).toBe(false);
  });
});

const noTokens = {
  inputTokens: 0,
  outputTokens: 0,
  cacheWriteTokens: 0,
  cacheReadTokens: 0,
  costMicroUsd: 0,
};

describe('how a limit stands', () => {
  it.each([
    [0, 0, false, false],
    [499, 0, false, false],
    [500, 50, false, false],
    [800, 80, false, false],
    [950, 95, false, false],
    [999, 95, false, false],
    [1000, 100, true, false],
    [1001, 100, true, true],
  ])('%i of 1,000: %i %%, used up %s, exceeded %s', (tokens, threshold, usedUp, exceeded) => {
    const level = levelOf({ tokens: 1000 }, { tokens, costMicroUsd: 9_999_999 });
    expect(level).toEqual({ share: tokens / 1000, threshold, usedUp, exceeded });
  });

  it('of two limits the one nearer to its end counts', () => {
    const limit = { tokens: 1000, costMicroUsd: 100 };
    expect(levelOf(limit, { tokens: 100, costMicroUsd: 81 })).toMatchObject({ share: 0.81, threshold: 80 });
    expect(levelOf(limit, { tokens: 1001, costMicroUsd: 1 })).toMatchObject({
      exceeded: true,
      threshold: 100,
    });
  });

  it('more spent never makes it better, more limit never worse', () => {
    const amount = fc.integer({ min: 1, max: 1e12 });
    fc.assert(
      fc.property(amount, fc.nat(1e12), fc.nat(1e6), (tokens, spent, more) => {
        const level = levelOf({ tokens }, { tokens: spent, costMicroUsd: 0 });
        const later = levelOf({ tokens }, { tokens: spent + more, costMicroUsd: 0 });
        const raised = levelOf({ tokens: tokens + more }, { tokens: spent, costMicroUsd: 0 });
        expect(later.threshold).toBeGreaterThanOrEqual(level.threshold);
        expect(raised.threshold).toBeLessThanOrEqual(level.threshold);
        expect(level.usedUp).toBe(spent >= tokens);
        expect(level.exceeded).toBe(spent > tokens);
        expect(level.threshold === 100).toBe(level.usedUp);
      }),
    );
  });
});
