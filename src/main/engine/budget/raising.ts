import type { BudgetLimit } from '../../../shared/domain/budget.ts';
import { failureError, type FailureError } from '../../../shared/domain/failure.ts';
import { limitOf, type Account } from './budget-account.ts';

/** A limit with other figures, none of which may be lower. @throws FailureError `budget.lower` */
export const raisedLimit = (old: BudgetLimit, limit: BudgetLimit): BudgetLimit => {
  for (const kind of ['tokens', 'costMicroUsd'] as const) {
    const [was, is] = [old[kind], limit[kind]];
    const word = kind === 'tokens' ? 'tokens' : 'dollars';
    if (is === undefined) continue;
    if (was === undefined)
      throw failureError('budget.lower', `This budget has no limit in ${word} that could be raised.`);
    if (is < was) throw failureError('budget.lower', `This budget has a higher limit in ${word} already.`);
  }
  return { ...old, ...limitOf(limit) };
};

/** Why there is nothing to raise. */
export const noBudget = (name: string, account: Account | undefined): FailureError =>
  failureError(
    'budget.unknown',
    account === undefined
      ? `There is no budget "${name}". \`netra budget\` lists them.`
      : `No limit is set for the ${account.head.scope}. Set one with \`netra budget set ${account.head.scope}\`.`,
  );
