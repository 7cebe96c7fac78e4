/** What becomes of the work when a budget is used up. */
export const ON_EXCEED = ['warn', 'pause', 'stop'] as const;
export type OnExceed = (typeof ON_EXCEED)[number];

/** A limit in tokens (all kinds together), in micro-dollars, or both; at least one is there. */
export type BudgetSpec = {
  readonly tokens?: number;
  readonly costMicroUsd?: number;
  readonly onExceed: OnExceed;
};
