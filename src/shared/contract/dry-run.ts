import type { BudgetSpec } from '../domain/budget.ts';
import type { Failure } from '../domain/failure.ts';
import type { Instant } from '../domain/ids.ts';
import type { PlanProblem } from '../domain/plan/plan-problem.ts';
import type {
  CheckSpec,
  Dependency,
  FanOut,
  LoopSpec,
  RetryPolicy,
  WorkspaceSpec,
} from '../domain/plan/plan-spec.ts';
import type { PlanCheck } from './plan-check.ts';

/** The command line of an instance as far as it is known before it starts; secrets are masked. */
export type DryRunCommand = {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What it is told, by stdin. */
  readonly prompt: string;
};

export type DryRunInstance = {
  readonly name: string;
  /** How many steps of others come before it at least; null for one on standby. */
  readonly level: number | null;
  readonly dependsOn: readonly Dependency[];
  readonly when: string | null;
  /** `count` is null where it is known only when it starts. */
  readonly fanOut: (FanOut & { readonly count: number | null }) | null;
  readonly workspace: Pick<WorkspaceSpec, 'kind' | 'path' | 'base' | 'setup'>;
  readonly retry: RetryPolicy | null;
  readonly check: CheckSpec | null;
  readonly loop: LoopSpec | null;
  readonly timeoutMs: number | null;
  readonly budget: BudgetSpec | null;
  /** What it would run, or why it could not. */
  readonly run: DryRunCommand | Failure;
  /** The same of what is tried when it fails. */
  readonly alternatives: readonly (DryRunCommand | Failure)[];
};

/** What a plan would run, found out without starting anything. */
export type DryRun = {
  readonly plan: NonNullable<PlanCheck['summary']>;
  readonly warnings: readonly PlanProblem[];
  /** When its schedule is due, the next times; empty without one. */
  readonly starts: readonly Instant[];
  /** The names of the instances by level; those of a level may run side by side. */
  readonly levels: readonly (readonly string[])[];
  readonly commandBudgets: Readonly<Record<string, BudgetSpec>>;
  readonly instances: readonly DryRunInstance[];
};
