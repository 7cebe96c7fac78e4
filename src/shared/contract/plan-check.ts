import type { BudgetSpec } from '../domain/budget.ts';
import type { InputType } from '../domain/plan/plan-schema-schedule.ts';
import type { PlanProblem } from '../domain/plan/plan-problem.ts';
import type { Dependency, JsonValue, ScheduleSpec } from '../domain/plan/plan-spec.ts';

/** An input that a plan asks for, and the value that it would have now. */
export type PlanCheckInput = {
  readonly name: string;
  readonly type: InputType;
  readonly description: string | null;
  readonly required: boolean;
  readonly choices: readonly (string | number)[] | null;
  /** What was given, else the default; null while one has to be given. */
  readonly value: JsonValue;
};

/** An instance, or a fan-out, that a plan would run. */
export type PlanCheckInstance = {
  readonly name: string;
  readonly model: string | null;
  readonly mode: 'live' | 'oneshot';
  readonly workspace: string;
  /** The prompt or the slash command; templates are not filled in. */
  readonly prompt: string;
  readonly dependsOn: readonly Dependency[];
  readonly when: string | null;
  /** `count` is null when it is known only as the fan-out starts. */
  readonly fanOut: {
    readonly kind: 'list' | 'expression' | 'glob' | 'matrix';
    readonly count: number | null;
  } | null;
  /** Tries in all. */
  readonly attempts: number;
  /** How many alternatives there are when all tries failed. */
  readonly fallbacks: number;
  /** Runs only as the fallback of another one. */
  readonly standby: boolean;
};

/** The outcome of checking a plan. With no problems, the plan can be run; those of its inputs are told when any are given. */
export type PlanCheck = {
  readonly problems: readonly PlanProblem[];
  readonly warnings: readonly PlanProblem[];
  /** What would run; null while there are problems. */
  readonly summary: {
    readonly name: string;
    readonly concurrency: number;
    readonly inputs: readonly PlanCheckInput[];
    /** `text` says it in words; `next` is when it would start first, an ISO time in UTC. */
    readonly schedule: { readonly spec: ScheduleSpec; readonly text: string; readonly next: string } | null;
    readonly timeoutMs: number | null;
    readonly budget: BudgetSpec | null;
    readonly instances: readonly PlanCheckInstance[];
  } | null;
};
