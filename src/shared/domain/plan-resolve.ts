import { parseDuration } from './duration.ts';
import { PLAN_DEFAULTS, type Plan, type PlanInstance } from './plan-schema.ts';
import type { InstanceSpec, ResolvedPlan, SessionChoice } from './plan-spec.ts';

function milliseconds(duration: string): number {
  const ms = parseDuration(duration);
  if (ms === undefined) throw new RangeError(`not a duration: ${duration}`);
  return ms;
}

function sessionChoice({
  new: fresh,
  resume,
}: NonNullable<PlanInstance['session']>): SessionChoice | undefined {
  if (fresh !== undefined) return { new: fresh };
  return resume === undefined ? undefined : { resume };
}

/** The limits of an instance in the engine's units. */
function limitsOf({
  maxBudgetUsd,
  timeout,
}: {
  readonly maxBudgetUsd: number | undefined;
  readonly timeout: string | undefined;
}) {
  return {
    ...(maxBudgetUsd !== undefined && { maxBudgetMicroUsd: Math.round(maxBudgetUsd * 1_000_000) }),
    ...(timeout !== undefined && { timeoutMs: milliseconds(timeout) }),
  };
}

function resolveInstance(plan: Plan, instance: PlanInstance): InstanceSpec {
  const standing = {
    workspace: plan.workspace ?? PLAN_DEFAULTS.workspace,
    allowedTools: [],
    disallowedTools: [],
    addDirs: [],
  };
  const { maxBudgetUsd, timeout, session, ...kept } = { ...standing, ...plan.defaults, ...instance };
  const choice = session && sessionChoice(session);
  const outputFormat = kept.outputFormat ?? PLAN_DEFAULTS.outputFormat;
  return {
    ...kept,
    env: { ...plan.defaults?.env, ...instance.env },
    mode: outputFormat === 'json' ? 'oneshot' : (kept.mode ?? PLAN_DEFAULTS.mode),
    outputFormat,
    ...limitsOf({ maxBudgetUsd, timeout }),
    ...(choice && { session: choice }),
  };
}

/**
 * Applies the defaults of a valid plan to each of its instances: what an instance says wins, a list replaces
 * the list in `defaults`, `env` is merged name by name. `baseDir` is the folder of the plan file.
 */
export function resolvePlan(plan: Plan, { baseDir }: { readonly baseDir: string }): ResolvedPlan {
  return {
    name: plan.name,
    ...(plan.description !== undefined && { description: plan.description }),
    workspace: plan.workspace ?? PLAN_DEFAULTS.workspace,
    baseDir,
    concurrency: plan.concurrency ?? PLAN_DEFAULTS.concurrency,
    startupDelayMs: milliseconds(plan.startupDelay ?? PLAN_DEFAULTS.startupDelay),
    instances: plan.instances.map((instance) => resolveInstance(plan, instance)),
  };
}
