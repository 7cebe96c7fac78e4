import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../../../src/shared/domain/did-you-mean.ts';

const KEYS = ['name', 'prompt', 'permissionMode', 'maxBudgetUsd', 'model', 'mode', 'env'];

describe('did you mean', () => {
  it.each([
    ['permisionMode', 'permissionMode'],
    ['max_budget_usd', 'maxBudgetUsd'],
    ['MaxBudgetUSD', 'maxBudgetUsd'],
    ['nmae', 'name'],
    ['promt', 'prompt'],
    ['modle', 'model'],
  ])('takes %s for %s', (typed, meant) => {
    expect(didYouMean(typed, KEYS)).toBe(meant);
  });

  it.each(['', 'x', 'foo', 'colour', 'permissions for everybody'])('takes "%s" for nothing', (typed) => {
    expect(didYouMean(typed, KEYS)).toBeUndefined();
  });
});
