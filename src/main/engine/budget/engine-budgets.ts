import type { Budgets } from './budgets.ts';
import type { Fleet } from '../fleet.ts';

/** What people do to budgets: what was held up for one that is raised goes on. */
export const createBudgets = ({ runs, ledger }: Pick<Fleet, 'runs' | 'ledger'>): Budgets => {
  const release = async (account: string, by: string): Promise<void> => {
    await Promise.all(runs.all().map((run) => run.controls.releaseFor(account, by)));
  };
  return {
    budgets: async (orchestrationId) => {
      if (orchestrationId !== null) await runs.load(orchestrationId);
      return ledger.list(orchestrationId);
    },
    raiseBudget: async (account, limit, by) => {
      const raised = await ledger.raise(account, limit);
      await release(account, by);
      return raised;
    },
    setStandingBudget: async (period, spec, by) => {
      const set = await ledger.setStanding(period, spec);
      await release(set.account, by);
      return set;
    },
  };
};
