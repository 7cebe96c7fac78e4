import { z } from 'zod';
import { BUDGET_PERIODS, type BudgetPeriod } from '../../../shared/contract/budgets.ts';
import { ON_EXCEED, type BudgetLimit, type BudgetSpec } from '../../../shared/domain/budget.ts';
import { limitOf } from './budget-account.ts';
import type { RecordChange, Store } from '../store-ports.ts';

/** The limits that people set beside plans and settings. */
export type KeptBudgets = {
  readonly standing: ReadonlyMap<BudgetPeriod, BudgetSpec>;
  /** By account. */
  readonly raised: ReadonlyMap<string, BudgetLimit>;
};

/** A standing limit that was taken away: it does not come back with the settings. */
const none = 'none';

const limitSchema = z.object({
  tokens: z.int().positive().exactOptional(),
  costMicroUsd: z.int().positive().exactOptional(),
});
const standingSchema = z.union([z.literal(none), limitSchema.extend({ onExceed: z.enum(ON_EXCEED) })]);

/** Reads what is kept; it goes before the standing limits of the settings. */
export const readBudgets = async (
  store: Pick<Store, 'records'>,
  settings: ReadonlyMap<BudgetPeriod, BudgetSpec>,
): Promise<KeptBudgets> => {
  const standing = new Map(settings);
  const raised = new Map<string, BudgetLimit>();
  for (const { id, value } of await store.records('budget')) {
    const period = BUDGET_PERIODS.find((one) => one === id);
    if (period === undefined) {
      raised.set(id, limitSchema.parse(value));
      continue;
    }
    const spec = standingSchema.parse(value);
    if (spec === none) standing.delete(period);
    else standing.set(period, spec);
  }
  return { standing, raised };
};

/** Keeps a raised limit; null lets it be as it was. */
export const raisedRecord = (account: string, limit: BudgetLimit | null): RecordChange => ({
  kind: 'budget',
  id: account,
  value: limit === null ? null : limitOf(limit),
});

export const standingRecord = (period: BudgetPeriod, spec: BudgetSpec | null): RecordChange => ({
  kind: 'budget',
  id: period,
  value: spec === null ? none : { ...limitOf(spec), onExceed: spec.onExceed },
});
