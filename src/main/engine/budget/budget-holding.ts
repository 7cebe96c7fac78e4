import type { EventOf } from '../../../shared/domain/event.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import { budgetHoldOf } from './budget-account.ts';
import type { BudgetedInstance, BudgetHold, BudgetLedger, BudgetNews } from './budget-ledger.ts';
import { holdInstance, stopInstance } from '../instance/instance-controls.ts';
import type { Asked } from '../instance/instance-ending.ts';
import type { InstanceRun } from '../instance/instance-run.ts';
import type { Preparation } from '../instance/preparation.ts';

/** How an instance is ended whose budget is used up. */
const endingFor = ({ account, onExceed, reason }: BudgetHold, since: Instant): Asked => {
  const hold = budgetHoldOf(account, since);
  return onExceed === 'stop' ? { kind: 'stop', by: 'budget', reason, hold } : { kind: 'hold', hold, reason };
};

/** Pauses or stops an instance, as its budget says. */
export const holdForBudget = async (run: InstanceRun, budget: BudgetHold): Promise<void> => {
  const ending = endingFor(budget, run.out.now());
  if (ending.kind === 'stop') await stopInstance(run, false, ending);
  if (ending.kind === 'hold') await holdInstance(run, ending.hold, ending.reason);
};

/** Claude Code ended an attempt at the limit that it was handed: then it is the budget that ended it, and not a failure. */
export const budgetEnding = (
  ledger: BudgetLedger,
  instance: BudgetedInstance,
  { code }: Failure,
  now: Instant,
): Asked | null => {
  if (code !== 'claude.max_budget') return null;
  const verdict = ledger.mayStart(instance);
  return verdict.ok || verdict.kind !== 'used_up' ? null : endingFor(verdict, now);
};

const limited = (preparation: Preparation, left: number | null): Preparation => {
  if (preparation.kind !== 'ready' || left === null) return preparation;
  const own = preparation.spec.maxBudgetMicroUsd ?? Number.POSITIVE_INFINITY;
  // Nothing left is a matter of the ledger; Claude Code takes no limit of zero.
  const maxBudgetMicroUsd = Math.max(1, Math.min(own, left));
  return { ...preparation, spec: { ...preparation.spec, maxBudgetMicroUsd } };
};

/** Hands Claude Code what is left of the budgets as its own limit, beside the live count. */
export const withMoneyLeft = (
  preparation: Preparation | Promise<Preparation>,
  left: () => number | null,
): Preparation | Promise<Preparation> =>
  preparation instanceof Promise
    ? preparation.then((made) => limited(made, left()))
    : limited(preparation, left());

/** What is said of the thresholds that were reached. */
export const crossedEvents = ({ crossed }: BudgetNews): readonly EventOf<'budget.crossed'>[] =>
  crossed.map(({ account, threshold, message }) => ({
    type: 'budget.crossed',
    account: account.account,
    threshold,
    message,
  }));
