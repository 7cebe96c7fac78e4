import type { BudgetAccount } from '../../../shared/contract/budgets.ts';
import {
  hasUnknownCost,
  levelOf,
  type BudgetLevel,
  type BudgetLimit,
  type BudgetSpec,
  type BudgetThreshold,
  type OnExceed,
  type Spending,
} from '../../../shared/domain/budget.ts';
import type { Hold } from '../../../shared/domain/hold.ts';
import { instantOf, type InstanceId, type Instant } from '../../../shared/domain/ids.ts';
import { dollars, type Usage } from '../../../shared/domain/usage.ts';
import type { Period } from './budget-period.ts';
import type { Spent } from '../store-ports.ts';

/** What an account is of; it stays as it is. */
export type AccountHead = Pick<
  BudgetAccount,
  'account' | 'scope' | 'name' | 'orchestrationId' | 'instanceId'
> & {
  readonly period: Period | null;
};

/** An account as the ledger keeps it. */
export type Account = {
  readonly head: AccountHead;
  limit: BudgetLimit | null;
  onExceed: OnExceed | null;
  spent: Spending;
  /** The highest threshold that was said. */
  said: BudgetThreshold | 0;
  /** It was said that it is over its limit, and it still is. */
  isOver: boolean;
  /** What was in it before this engine is estimated, or a lower bound. */
  readonly before: Pick<Spent, 'basis' | 'atLeast'>;
  /** Instances with estimated figures in it, those with a cost not known, and those that have just started. */
  readonly estimated: Set<InstanceId>;
  readonly unknownCost: Set<InstanceId>;
  readonly starting: Set<InstanceId>;
};

const noSpending: Spent = { tokens: 0, costMicroUsd: 0, basis: 'exact', atLeast: false };

export const newAccount = (
  head: AccountHead,
  spec: (BudgetLimit & { readonly onExceed: OnExceed }) | null,
  before: Spent = noSpending,
): Account => {
  const limit = spec === null ? null : limitOf(spec);
  const { tokens, costMicroUsd } = before;
  const spent = { tokens, costMicroUsd };
  return {
    head,
    before,
    limit,
    onExceed: spec?.onExceed ?? null,
    spent,
    said: limit === null ? 0 : levelOf(limit, spent).threshold,
    isOver: false,
    estimated: new Set(),
    unknownCost: new Set(),
    starting: new Set(),
  };
};

/** The limit alone, without what else is in a spec. */
export const limitOf = ({ tokens, costMicroUsd }: BudgetLimit): BudgetLimit => ({
  ...(tokens !== undefined && { tokens }),
  ...(costMicroUsd !== undefined && { costMicroUsd }),
});

/** What it stands at is not said any more. */
export const takeAsSaid = (account: Account): void => {
  const threshold = levelNow(account)?.threshold ?? 0;
  if (threshold > account.said) account.said = threshold;
};

/** Sets another limit; what it stands at is taken as said. */
export const setLimit = (account: Account, spec: BudgetSpec | null): void => {
  account.limit = spec === null ? null : limitOf(spec);
  account.onExceed = spec?.onExceed ?? null;
  const level = levelNow(account);
  account.said = level?.threshold ?? 0;
  account.isOver = account.isOver && level?.exceeded === true;
};

/** How its limit stands, with so much more; null without a limit. */
export const levelNow = ({ limit, spent }: Account, more: Spending = noSpending): BudgetLevel | null =>
  limit === null
    ? null
    : levelOf(limit, {
        tokens: spent.tokens + more.tokens,
        costMicroUsd: spent.costMicroUsd + more.costMicroUsd,
      });

const mark = (marks: Set<InstanceId>, id: InstanceId, isMarked: boolean): void => {
  if (isMarked) marks.add(id);
  else marks.delete(id);
};

/** Adds a change, which may be negative, and marks what the instance's figures are worth. */
export const addTo = (account: Account, change: Spending, id: InstanceId, usage: Usage): void => {
  account.spent = {
    tokens: Math.max(0, account.spent.tokens + change.tokens),
    costMicroUsd: Math.max(0, account.spent.costMicroUsd + change.costMicroUsd),
  };
  mark(account.estimated, id, usage.basis === 'estimated');
  mark(account.unknownCost, id, hasUnknownCost(usage));
};

/** An account for clients. */
export const viewOf = (account: Account): BudgetAccount => {
  const { head, limit, onExceed, spent, before, estimated, unknownCost } = account;
  const level = levelNow(account);
  const { period, ...rest } = head;
  return {
    ...rest,
    limit,
    onExceed,
    spent,
    basis: before.basis === 'estimated' || estimated.size > 0 ? 'estimated' : 'exact',
    atLeast: before.atLeast || unknownCost.size > 0,
    share: level?.share ?? null,
    threshold: level?.threshold ?? 0,
    usedUp: level?.usedUp ?? false,
    period: period === null ? null : { from: instantOf(period.from), before: instantOf(period.before) },
  };
};

const money = (micro: number): string =>
  `$${dollars(micro).toFixed(micro !== 0 && micro < 1_000_000 ? 4 : 2)}`;

/** `$5.02 of $5.00`, `2,000,120 of 2,000,000 tokens`; `≈` before an estimate, `at least` where a cost is not known. */
const figuresOf = ({ limit, spent, basis, atLeast }: BudgetAccount): string => {
  const about = basis === 'estimated' ? '≈' : '';
  const texts: string[] = [];
  if (limit?.costMicroUsd !== undefined) {
    const least = atLeast ? 'at least ' : '';
    const why = atLeast ? ' (the cost of a model is not known)' : '';
    texts.push(`${least}${about}${money(spent.costMicroUsd)} of ${money(limit.costMicroUsd)}${why}`);
  }
  if (limit?.tokens !== undefined) {
    const used = spent.tokens.toLocaleString('en-US');
    texts.push(`${about}${used} of ${limit.tokens.toLocaleString('en-US')} tokens`);
  }
  return texts.join(', ');
};

const ofWhat = ({ scope, name }: Pick<BudgetAccount, 'scope' | 'name'>): string =>
  scope === 'command' ? `the command ${name}` : `the ${scope}`;

/** `The budget of the orchestration is used up: $5.02 of $5.00.` */
export const usedUpText = (account: BudgetAccount): string =>
  `The budget of ${ofWhat(account)} is used up: ${figuresOf(account)}.`;

/** `80 % of the budget of the day is used: $16.10 of $20.00.` */
export const crossedText = (account: BudgetAccount, threshold: BudgetThreshold): string =>
  threshold === 100
    ? usedUpText(account)
    : `${threshold} % of the budget of ${ofWhat(account)} is used: ${figuresOf(account)}.`;

/** Why one waits until others, just started, have shown what they take. */
export const nearlyUsedUpText = (account: BudgetAccount): string =>
  `The budget of ${ofWhat(account)} is nearly used up (${figuresOf(account)}): waits for what has just started to show ` +
  'what it takes.';

/** What is kept with an instance that a budget holds. */
export const budgetHoldOf = (account: BudgetAccount, since: Instant): Hold => ({
  kind: 'budget',
  account: account.account,
  name: account.period === null ? `the budget of "${account.name}"` : `the ${account.scope}'s budget`,
  limit: { tokens: account.limit?.tokens ?? null, costMicroUsd: account.limit?.costMicroUsd ?? null },
  used: account.spent,
  since,
});
