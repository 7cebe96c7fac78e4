import type { BudgetAccount, BudgetPeriod } from '../../../shared/contract/budgets.ts';
import type { BudgetLimit, BudgetSpec } from '../../../shared/domain/budget.ts';
import type { OrchestrationId } from '../../../shared/domain/ids.ts';

/** What a person may ask of the budgets; the engine gives it to the contract. `by` is who asked. */
export interface Budgets {
  /** With an id only those of an orchestration. */
  budgets(orchestrationId: OrchestrationId | null): Promise<readonly BudgetAccount[]>;
  /** @throws FailureError `budget.unknown`, `budget.lower` */
  raiseBudget(account: string, limit: BudgetLimit, by: string): Promise<BudgetAccount>;
  setStandingBudget(period: BudgetPeriod, spec: BudgetSpec | null, by: string): Promise<BudgetAccount>;
}
