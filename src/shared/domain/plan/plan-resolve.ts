import { FailureError } from '../failure.ts';
import { PLAN_DEFAULTS } from './plan-defaults.ts';
import { readInputs, type GivenInputs, type InputProblem } from './plan-inputs.ts';
import {
  budgetOf,
  checkOf,
  dependencyOf,
  fanOutOf,
  loopOf,
  microUsd,
  milliseconds,
  permissionsOf,
  retryOf,
  scheduleOf,
  sessionOf,
  workspaceOf,
} from './plan-resolve-parts.ts';
import type { Plan, PlanInstance, PlanShared } from './plan-schema.ts';
import type { InstanceSpec, ResolvedPlan } from './plan-spec.ts';

type Alternative = NonNullable<PlanShared['fallback']>[number];

/** An instance with all that `defaults` and the plan say of it, but its fallbacks. */
type Whole = Omit<PlanInstance, 'fallback'>;

type Loose<Fields> = { readonly [Key in keyof Fields]?: Fields[Key] | undefined };

/** The limits of an instance in the engine's units. */
function limitsOf({
  maxBudgetUsd,
  timeout,
  idleTimeout,
  budget,
}: Loose<Pick<Whole, 'maxBudgetUsd' | 'timeout' | 'idleTimeout' | 'budget'>>) {
  return {
    ...(maxBudgetUsd !== undefined && { maxBudgetMicroUsd: microUsd(maxBudgetUsd) }),
    ...(timeout !== undefined && { timeoutMs: milliseconds(timeout) }),
    ...(idleTimeout !== undefined && { idleTimeoutMs: milliseconds(idleTimeout) }),
    ...(budget && { budget: budgetOf(budget) }),
  };
}

function recoveryOf({
  retry,
  check,
  loop,
  result,
}: Loose<Pick<Whole, 'retry' | 'check' | 'loop' | 'result'>>) {
  return {
    ...(retry !== undefined && { retry: retryOf(retry) }),
    ...(check !== undefined && { check: checkOf(check) }),
    ...(loop !== undefined && { loop: loopOf(loop) }),
    ...(result && { resultSchema: result.schema }),
  };
}

function orderOf({
  dependsOn,
  forEach,
  matrix,
  session,
}: Loose<Pick<Whole, 'dependsOn' | 'forEach' | 'matrix' | 'session'>>) {
  const fanOut = fanOutOf({ forEach, matrix });
  const choice = session && sessionOf(session);
  return {
    ...(dependsOn && { dependsOn: dependsOn.map(dependencyOf) }),
    ...(fanOut && { fanOut }),
    ...(choice && { session: choice }),
  };
}

function placeOf({ workspace, permissions }: Loose<Pick<Whole, 'workspace' | 'permissions'>>) {
  const spec = workspaceOf(workspace ?? PLAN_DEFAULTS.workspace);
  const isPlain = spec.kind === 'folder' && spec.setup.length === 0;
  return {
    workspace: spec.path,
    ...(!isPlain && { workspaceSpec: spec }),
    ...(permissions && { permissions: permissionsOf(permissions) }),
  };
}

function specOf(whole: Whole): InstanceSpec {
  const { maxBudgetUsd, timeout, idleTimeout, budget, ...unlimited } = whole;
  const { retry, check, loop, result, ...once } = unlimited;
  const { dependsOn, forEach, matrix, session, ...single } = once;
  const { workspace, permissions, allowedTools, disallowedTools, addDirs, ...kept } = single;
  const outputFormat = kept.outputFormat ?? PLAN_DEFAULTS.outputFormat;
  return {
    ...kept,
    allowedTools: allowedTools ?? [],
    disallowedTools: disallowedTools ?? [],
    addDirs: addDirs ?? [],
    env: kept.env ?? {},
    mode: outputFormat === 'json' ? 'oneshot' : (kept.mode ?? PLAN_DEFAULTS.mode),
    outputFormat,
    ...placeOf({ workspace, permissions }),
    ...limitsOf({ maxBudgetUsd, timeout, idleTimeout, budget }),
    ...recoveryOf({ retry, check, loop, result }),
    ...orderOf({ dependsOn, forEach, matrix, session }),
  };
}

/** What a fallback runs: the id of a session that was to be new is in use by then, and it is not on standby any more. */
function asFallback({ session, standby: _, ...whole }: Whole): InstanceSpec {
  return specOf(session?.resume === undefined ? whole : { ...whole, session });
}

/** The whole of an instance with changes; a prompt takes the place of a command, and the other way round. */
function changed(whole: Whole, { instance: _, env, ...changes }: Alternative): InstanceSpec {
  const { prompt, command, ...rest } = whole;
  const hasTask = changes.prompt !== undefined || changes.command !== undefined;
  const task = {
    ...(!hasTask && prompt !== undefined && { prompt }),
    ...(!hasTask && command !== undefined && { command }),
  };
  return asFallback({ ...rest, ...task, ...changes, env: { ...whole.env, ...env } });
}

/** What another instance would do, in the place of this one: under its name, after the same, as often. */
function inPlaceOf(whole: Whole, other: Whole): InstanceSpec {
  const { name: _n, dependsOn: _d, when: _w, forEach: _f, matrix: _m, ...work } = other;
  const { name, dependsOn, when, forEach, matrix } = whole;
  return asFallback({
    ...work,
    name,
    ...(dependsOn && { dependsOn }),
    ...(when !== undefined && { when }),
    ...(forEach !== undefined && { forEach }),
    ...(matrix && { matrix }),
  });
}

function resolveInstances(plan: Plan): readonly InstanceSpec[] {
  const wholes = plan.instances.map((instance) => {
    const { fallback = [], ...whole } = {
      ...(plan.workspace !== undefined && { workspace: plan.workspace }),
      ...plan.defaults,
      ...instance,
      env: { ...plan.defaults?.env, ...instance.env },
    };
    return { fallback: instance.standby === true ? [] : fallback, whole };
  });
  const byName = new Map(wholes.map(({ whole }) => [whole.name, whole]));
  return wholes.map(({ whole, fallback }) => {
    const alternatives = fallback.flatMap((written) => {
      if (written.instance === undefined) return [changed(whole, written)];
      const other = byName.get(written.instance);
      return other === undefined || other === whole ? [] : [inPlaceOf(whole, other)];
    });
    return { ...specOf(whole), ...(alternatives.length > 0 && { alternatives }) };
  });
}

function refusal(problems: readonly InputProblem[]): FailureError {
  const [first] = problems;
  return new FailureError({
    code: first?.code ?? 'plan.input_missing',
    message: problems.map(({ message }) => message).join('\n'),
    ...(first && { path: ['inputs', first.name] }),
  });
}

function limitsOfPlan({ schedule, timeout, budget, commandBudgets }: Plan, now: number) {
  return {
    ...(schedule && { schedule: scheduleOf(schedule, now) }),
    ...(timeout !== undefined && { timeoutMs: milliseconds(timeout) }),
    ...(budget && { budget: budgetOf(budget) }),
    ...(commandBudgets && {
      commandBudgets: Object.fromEntries(
        Object.entries(commandBudgets).map(([name, each]) => [name, budgetOf(each)]),
      ),
    }),
  };
}

export type ResolveOptions = {
  /** The folder of the plan file. */
  readonly baseDir: string;
  /** Values of the plan's inputs; texts are read as the type of the input. Null: those that are missing stay so. */
  readonly inputs?: GivenInputs | null;
  /** The moment (epoch milliseconds) that times such as `2am` and `30m` are seen from; the present unless said. */
  readonly now?: number;
};

/**
 * Applies the defaults of a valid plan to each of its instances: what an instance says wins, a list replaces
 * the list in `defaults`, `env` is merged name by name; fallbacks become whole specs. Texts with templates stay as they
 * are.
 * @throws FailureError `plan.input_missing`, `plan.input_type`, `plan.input_choice`, `plan.input_unknown`: the first one's
 * code and path, with a line for each
 */
export function resolvePlan(
  plan: Plan,
  { baseDir, inputs = {}, now = Date.now() }: ResolveOptions,
): ResolvedPlan {
  const { values, problems } = readInputs(plan, inputs ?? {});
  if (inputs !== null && problems.length > 0) throw refusal(problems);
  return {
    name: plan.name,
    ...(plan.description !== undefined && { description: plan.description }),
    workspace: workspaceOf(plan.workspace ?? PLAN_DEFAULTS.workspace).path,
    baseDir,
    concurrency: plan.concurrency ?? PLAN_DEFAULTS.concurrency,
    startupDelayMs: milliseconds(plan.startupDelay ?? PLAN_DEFAULTS.startupDelay),
    ...(plan.inputs && { inputs: values }),
    ...limitsOfPlan(plan, now),
    instances: resolveInstances(plan),
  };
}
