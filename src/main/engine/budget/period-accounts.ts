import type { BudgetPeriod } from '../../../shared/contract/budgets.ts';
import type { BudgetLimit, BudgetSpec } from '../../../shared/domain/budget.ts';
import { newAccount, setLimit, type Account } from './budget-account.ts';
import { periodAt, type Period } from './budget-period.ts';
import type { Spent } from '../store-ports.ts';

/** The accounts of days and months. One is opened when something falls into it, under the standing limit or the one raised for it. */
export interface PeriodAccounts {
  /** The account that a moment (epoch milliseconds) falls into. */
  at(period: BudgetPeriod, epochMs: number): Account;
  all(): readonly Account[];
  /** Sets the limit of every day or month, also of those that are open. */
  setStanding(period: BudgetPeriod, spec: BudgetSpec | null): void;
}

export type PeriodOptions = {
  readonly timeZone: string;
  readonly standing: ReadonlyMap<BudgetPeriod, BudgetSpec>;
  /** Limits that were raised, by account. */
  readonly raised: ReadonlyMap<string, BudgetLimit>;
  /** What was spent in the periods that had begun before, by account. */
  readonly spent: ReadonlyMap<string, Spent>;
};

/** More are not kept: what runs for longer counts on a day that nobody asks about. */
const mostKept = 8;

export const periodAccountId = ({ period, name }: Period): string => `${period}:${name}`;

export const createPeriodAccounts = (options: PeriodOptions): PeriodAccounts => {
  const standing = new Map(options.standing);
  const kept: Record<BudgetPeriod, readonly Account[]> = { day: [], month: [] };

  const limitFor = (period: BudgetPeriod, account: string): BudgetSpec | null => {
    const spec = standing.get(period);
    return spec === undefined ? null : { ...spec, ...options.raised.get(account) };
  };

  const open = (period: BudgetPeriod, epochMs: number): Account => {
    const found = periodAt(period, epochMs, options.timeZone);
    const account = periodAccountId(found);
    const { name } = found;
    const head = { account, scope: period, name, orchestrationId: null, instanceId: null, period: found };
    const opened = newAccount(head, limitFor(period, account), options.spent.get(account));
    kept[period] = [opened, ...kept[period]].slice(0, mostKept);
    return opened;
  };

  return {
    at: (period, epochMs) =>
      kept[period].find(
        ({ head }) => head.period !== null && epochMs >= head.period.from && epochMs < head.period.before,
      ) ?? open(period, epochMs),
    all: () => [...kept.day, ...kept.month],
    setStanding: (period, spec) => {
      if (spec === null) standing.delete(period);
      else standing.set(period, spec);
      for (const account of kept[period]) setLimit(account, limitFor(period, account.head.account));
    },
  };
};
