import { describe, expect, it } from 'vitest';
import type { RequestTokens } from '../../../../../src/main/claude/stream/price-table.ts';
import { costOf, priceOf, readPrices } from '../../../../../src/main/claude/stream/price-table.ts';
import { prices } from '../fixtures.ts';

const own = {
  models: { 'claude-next': { input: 1, output: 2, cacheWrite: 3, cacheWriteHour: 4, cacheRead: 5 } },
};

describe('prices of a person', () => {
  it('go over the list, model by model', () => {
    const table = readPrices(JSON.stringify(prices), JSON.stringify(own));
    expect(priceOf(table, 'claude-next')?.output).toBe(2);
    expect(priceOf(table, 'claude-opus-5-5')).toEqual(priceOf(prices, 'claude-opus-5-5'));
    expect(readPrices(JSON.stringify(prices), null)).toEqual(prices);
  });

  it.each(['{', '{}', '{"models":{"a":{"input":"cheap"}}}'])(
    'that cannot be used are refused: %s',
    (text) => {
      expect(() => readPrices(JSON.stringify(prices), text)).toThrow(/prices\.json in the data directory/);
    },
  );
});

const tokens = (more: Partial<RequestTokens>): RequestTokens => ({
  inputTokens: 0,
  outputTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteHourTokens: 0,
  cacheReadTokens: 0,
  ...more,
});

const cost = (model: string, more: Partial<RequestTokens>): number | null => {
  const price = priceOf(prices, model);
  return price === null ? null : costOf(price, tokens(more));
};

describe('the price table', () => {
  it('agrees with what the CLI itself reckons for the recorded runs', () => {
    const message = { inputTokens: 12, outputTokens: 33, cacheWriteTokens: 3000, cacheReadTokens: 9000 };
    expect(cost('claude-opus-5-5', message)).toBeCloseTo(17_508, 6);
  });

  it.each([
    ['claude-sonnet-4-5', 3_000_000],
    ['claude-sonnet-4-5-20250929', 3_000_000],
    ['claude-opus-4-20250514', 15_000_000],
    ['claude-opus-4-5@20251101', 5_000_000],
    ['claude-sonnet-5[1m]', 2_000_000],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 1_000_000],
    ['claude-3-5-haiku-20241022', 800_000],
  ])('knows %s', (model, perMillion) => {
    expect(cost(model, { inputTokens: 1_000_000 })).toBe(perMillion);
  });

  it('prices a cache that is kept for an hour by its own rate', () => {
    expect(cost('claude-opus-5-5', { cacheWriteTokens: 1000, cacheWriteHourTokens: 400 })).toBe(
      600 * 5 + 400 * 8,
    );
  });

  it('prices a long prompt by its own rates where a model has them', () => {
    expect(cost('claude-haiku-5-5', { inputTokens: 100_000 })).toBe(10_000);
    expect(cost('claude-haiku-5-5', { inputTokens: 100_001, outputTokens: 2 })).toBeCloseTo(50_005.5, 6);
  });

  it('knows no price of a model that it does not list', () => {
    expect(cost('gpt-6', { inputTokens: 1 })).toBeNull();
  });
});
