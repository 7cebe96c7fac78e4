import type { Router } from '@orpc/server';
import type { budgetContract } from '../../shared/contract/budgets.ts';
import type { Budgets } from '../engine/budget/budgets.ts';
import { base, type Caller } from './base.ts';

export const budgetRoutes = (budgets: Budgets): Router<typeof budgetContract, Caller> => ({
  list: base.budgets.list.handler(({ input }) => budgets.budgets(input.orchestrationId)),
  raise: base.budgets.raise.handler(({ input, context }) => {
    const { account, ...limit } = input;
    return budgets.raiseBudget(account, limit, context.by);
  }),
  setStanding: base.budgets.setStanding.handler(({ input, context }) =>
    budgets.setStandingBudget(input.period, input.budget, context.by),
  ),
});
