import type { PlanProblem } from '../domain/plan-problem.ts';

/** The outcome of checking a plan. With no problems, the plan can be run. */
export type PlanCheck = {
  readonly problems: readonly PlanProblem[];
  readonly warnings: readonly PlanProblem[];
  /** What would run; null while there are problems. */
  readonly summary: {
    readonly name: string;
    readonly concurrency: number;
    readonly instances: readonly {
      readonly name: string;
      readonly model: string | null;
      readonly mode: 'live' | 'oneshot';
      readonly workspace: string;
      readonly prompt: string;
    }[];
  } | null;
};
