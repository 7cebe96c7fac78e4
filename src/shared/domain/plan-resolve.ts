import { parseDuration } from './duration.ts';
import {
  PLAN_DEFAULTS,
  type InstanceMode,
  type OutputFormat,
  type PermissionMode,
  type Plan,
  type PlanInstance,
} from './plan-schema.ts';

/** A mapping that may be written in a plan where also the path of a JSON file may stand. */
export type InlineObject = Exclude<NonNullable<PlanInstance['mcpConfig']>, string>;

/** Which Claude session an instance starts under an id of its own, or goes on with. */
export type SessionChoice = { readonly new: string } | { readonly resume: string };

/**
 * What one instance runs with: the plan's defaults applied. Exactly one of `prompt` and `command` is there.
 * Times are milliseconds, money is millionths of a US dollar. Paths (`workspace`, `addDirs`, and `mcpConfig`
 * and `settings` where they are text) are as written: a relative one starts at the plan's `baseDir`.
 */
export type InstanceSpec = {
  readonly name: string;
  readonly prompt?: string;
  readonly command?: string;
  readonly workspace: string;
  readonly model?: string;
  readonly fallbackModel?: string;
  readonly permissionMode?: PermissionMode;
  readonly allowedTools: readonly string[];
  readonly disallowedTools: readonly string[];
  readonly appendSystemPrompt?: string;
  readonly addDirs: readonly string[];
  readonly mcpConfig?: string | InlineObject;
  readonly settings?: string | InlineObject;
  readonly maxTurns?: number;
  readonly maxBudgetMicroUsd?: number;
  readonly timeoutMs?: number;
  readonly env: Readonly<Record<string, string>>;
  readonly session?: SessionChoice;
  readonly mode: InstanceMode;
  readonly outputFormat: OutputFormat;
};

/** A plan that can be run; `instances` are in the order in which they start. */
export type ResolvedPlan = {
  readonly name: string;
  readonly description?: string;
  readonly workspace: string;
  /** The folder that relative paths start from; empty: the host's own choice. */
  readonly baseDir: string;
  readonly concurrency: number;
  readonly startupDelayMs: number;
  readonly instances: readonly InstanceSpec[];
};

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
