import type { Usage } from './usage.ts';

/** What becomes of the work when a budget is used up. */
export const ON_EXCEED = ['warn', 'pause', 'stop'] as const;
export type OnExceed = (typeof ON_EXCEED)[number];

/** A limit in tokens (all kinds together), in micro-dollars, or both; at least one is there. */
export type BudgetLimit = {
  readonly tokens?: number;
  readonly costMicroUsd?: number;
};

/** A limit, and what becomes of the work when it is used up. */
export type BudgetSpec = BudgetLimit & { readonly onExceed: OnExceed };

/** What counts against a budget: tokens of all four kinds, and micro-dollars. */
export type Spending = { readonly tokens: number; readonly costMicroUsd: number };

/** What a usage comes to, over all models. */
export const spentOf = ({ byModel }: Usage): Spending => {
  let tokens = 0;
  let costMicroUsd = 0;
  for (const usage of Object.values(byModel)) {
    tokens += usage.inputTokens + usage.outputTokens + usage.cacheWriteTokens + usage.cacheReadTokens;
    costMicroUsd += usage.costMicroUsd;
  }
  return { tokens, costMicroUsd };
};

/** True when a model was used whose cost is not known (yet): the cost of the whole is then a lower bound. */
export const hasUnknownCost = ({ byModel }: Usage): boolean =>
  Object.values(byModel).some(
    ({ inputTokens, outputTokens, cacheWriteTokens, cacheReadTokens, costMicroUsd }) =>
      costMicroUsd === 0 && inputTokens + outputTokens + cacheWriteTokens + cacheReadTokens > 0,
  );

/** The per cents of a limit at which a budget says so. */
export const BUDGET_THRESHOLDS = [50, 80, 95, 100] as const;
export type BudgetThreshold = (typeof BUDGET_THRESHOLDS)[number];

/**
 * How a limit stands. `usedUp` (spent is the limit or more) starts no new work; `exceeded` (spent is more than the limit)
 * ends what runs, so that a run which comes to exactly its limit is left alone. With two limits the one nearer to its end
 * counts.
 */
export type BudgetLevel = {
  /** What is used of the limit: 1 is all of it. */
  readonly share: number;
  /** The highest threshold that was reached; 0 before the first. */
  readonly threshold: BudgetThreshold | 0;
  readonly usedUp: boolean;
  readonly exceeded: boolean;
};

const shareOf = (spent: number, limit: number): number =>
  limit > 0 ? spent / limit : spent > 0 ? Number.POSITIVE_INFINITY : 1;

/** How a limit stands when so much is spent. */
export const levelOf = ({ tokens, costMicroUsd }: BudgetLimit, spent: Spending): BudgetLevel => {
  const pairs: (readonly [number, number])[] = [];
  if (tokens !== undefined) pairs.push([spent.tokens, tokens]);
  if (costMicroUsd !== undefined) pairs.push([spent.costMicroUsd, costMicroUsd]);
  const reached = (per: number): boolean => pairs.some(([used, limit]) => used * 100 >= limit * per);
  return {
    share: Math.max(0, ...pairs.map(([used, limit]) => shareOf(used, limit))),
    threshold: BUDGET_THRESHOLDS.findLast(reached) ?? 0,
    usedUp: reached(100),
    exceeded: pairs.some(([used, limit]) => used > limit),
  };
};
