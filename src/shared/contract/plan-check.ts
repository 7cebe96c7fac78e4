/** A mistake in a plan, with its place: lines and columns count from 1. */
export type PlanProblem = {
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly path: readonly (string | number)[];
  readonly field: string;
  readonly expected: string | null;
  readonly suggestion: string | null;
};

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
