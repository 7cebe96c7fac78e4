import { isActive, isFinal } from '../../../shared/domain/instance.ts';
import { holdForBudget } from '../budget/budget-holding.ts';
import type { BudgetHold } from '../budget/budget-ledger.ts';
import { holdInstance, resumeInstance, stopInstance } from '../instance/instance-controls.ts';
import { holdOf, stoppedBy } from '../instance/instance-ending.ts';
import type { InstanceRun } from '../instance/instance-run.ts';
import type { OrchestrationRecorder } from './orchestration-recorder.ts';
import type { PlanProgress } from './plan-progress.ts';
import type { Starts } from './starts.ts';

/** What people and budgets may ask of an orchestration at work. All may be asked at any moment, and twice. */
export interface OrchestrationControls {
  /** Stops what runs and what waits; `force` at once. */
  stop(by: string, force: boolean, reason?: string): Promise<void>;
  /** Nothing starts any more, and what runs is held up. */
  pause(by: string): Promise<void>;
  /** What was paused goes on, the instances that were paused by themselves too. */
  resume(by: string): Promise<void>;
  /** How many run at the same time, in all or of a fan-out. False when there is no such fan-out. */
  scale(concurrency: number, group: string | null, by: string): Promise<boolean>;
  /** Holds up what runs on a budget that is used up. */
  holdFor(budget: BudgetHold): Promise<void>;
  /** What was held up for a budget goes on. */
  releaseFor(account: string, by: string): Promise<void>;
}

export type OrchestrationControlsContext = {
  readonly recorder: OrchestrationRecorder;
  readonly progress: Pick<PlanProgress, 'afterAll' | 'stopGroups'>;
  readonly starts: Pick<Starts, 'withdraw'>;
  readonly runs: () => readonly InstanceRun[];
  /** True when what an instance uses counts on an account. */
  readonly concerns: (account: string, run: InstanceRun) => boolean;
  /** Starts what may start. */
  readonly schedule: () => void;
};

const ofBudgets = ({
  runs,
  concerns,
}: OrchestrationControlsContext): Pick<OrchestrationControls, 'holdFor' | 'releaseFor'> => ({
  holdFor: async (budget) => {
    const concerned = runs().filter(
      (run) => !isFinal(run.view.state) && concerns(budget.account.account, run),
    );
    await Promise.all(concerned.map((run) => holdForBudget(run, budget)));
  },
  releaseFor: async (account, by) => {
    const held = runs().filter(({ view: { course } }) => {
      const hold = holdOf(course);
      return hold?.kind === 'budget' && hold.account === account;
    });
    await Promise.all(held.map((run) => resumeInstance(run, by)));
  },
});

export const createOrchestrationControls = (context: OrchestrationControlsContext): OrchestrationControls => {
  const { recorder, progress, starts, runs, schedule } = context;
  const isRunning = (): boolean => recorder.plain.state === 'running';
  const control = (action: 'pause' | 'resume' | 'scale', by: string, detail: string | null): Promise<void> =>
    recorder.append([{ type: 'orchestration.control', action, by, detail }]);

  return {
    ...ofBudgets(context),
    stop: async (by, force, reason) => {
      if (!isRunning()) return;
      const requested = recorder.append([{ type: 'orchestration.stop_requested', by, force }]);
      const how = { ...stoppedBy(by), ...(reason !== undefined && { reason }) };
      // The waiting ones first, or a slot that a stopped one leaves would start the next.
      const inOrder = runs().toSorted(
        (a, b) => Number(isActive(a.view.state)) - Number(isActive(b.view.state)),
      );
      for (const run of inOrder) starts.withdraw(run);
      // What depends on another one is stopped as that is, and not skipped because of it.
      const stopped = progress.afterAll(() => {
        progress.stopGroups(how.reason);
        return inOrder.map((run) => stopInstance(run, force, how));
      });
      await Promise.all([requested, ...stopped]);
    },
    pause: async (by) => {
      if (!isRunning() || recorder.plain.pausedBy !== null) return;
      recorder.change({ pausedBy: by, heldBecause: `Paused by ${by}.` });
      const asked = control('pause', by, null);
      const hold = { kind: 'person', by, scope: 'orchestration', since: recorder.now() } as const;
      const running = runs().filter((run) => isActive(run.view.state));
      await Promise.all([asked, ...running.map((run) => holdInstance(run, hold, `paused by ${by}`))]);
    },
    resume: async (by) => {
      const wasPaused = recorder.plain.pausedBy !== null;
      const held = runs().filter(
        ({ view }) => !isFinal(view.state) && holdOf(view.course)?.kind === 'person',
      );
      if (!wasPaused && held.length === 0) return;
      recorder.change({ pausedBy: null, heldBecause: null });
      await control('resume', by, null);
      await Promise.all(held.map((run) => resumeInstance(run, by)));
      schedule();
    },
    scale: async (concurrency, group, by) => {
      const found = recorder.plain.groups.find(({ name }) => name === group);
      if (group !== null && found === undefined) return false;
      const before = found === undefined ? recorder.plain.concurrency : found.concurrency;
      if (before === concurrency) return true;
      if (found === undefined) recorder.change({ concurrency });
      else recorder.changeGroup(found.position, { concurrency });
      await control('scale', by, `${group ?? 'all'}: ${String(concurrency)} at a time`);
      schedule();
      return true;
    },
  };
};
