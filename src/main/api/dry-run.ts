import type { DryRun, DryRunCommand, DryRunInstance } from '../../shared/contract/dry-run.ts';
import { evaluate } from '../../shared/domain/expression/expression.ts';
import { failureError, failureOf, type Failure } from '../../shared/domain/failure.ts';
import { instantOf, type AttemptId, type Instant } from '../../shared/domain/ids.ts';
import type { FanOut, InstanceSpec, ResolvedPlan } from '../../shared/domain/plan/plan-spec.ts';
import { nextOccurrence } from '../../shared/domain/schedule.ts';
import { buildScope } from '../../shared/domain/expression/scope.ts';
import type { AttemptDriver } from '../engine/ports.ts';
import type { Files } from '../engine/workspace-ports.ts';
import { checkPlan, readPlan, type PlanInput } from './plans.ts';

/** What a dry run asks of the world; nothing is changed by it. */
export type DryRunWorld = {
  readonly preview: AttemptDriver['preview'];
  readonly glob: Files['glob'];
  readonly attemptId: () => AttemptId;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

const mostStarts = 5;

const startsOf = ({ schedule }: ResolvedPlan, now: number): readonly Instant[] => {
  const starts: Instant[] = [];
  if (schedule === undefined) return starts;
  for (let at = nextOccurrence(schedule, now - 1, now); at !== null && starts.length < mostStarts;) {
    starts.push(instantOf(at));
    at = nextOccurrence(schedule, at, now);
  }
  return starts;
};

/** How many steps come before each instance: one more than before the last of those that it waits for. */
const levelsOf = (instances: readonly InstanceSpec[]): ReadonlyMap<string, number> => {
  const byName = new Map(instances.map((spec) => [spec.name, spec]));
  const levels = new Map<string, number>();
  const levelOf = (spec: InstanceSpec): number => {
    const known = levels.get(spec.name);
    if (known !== undefined) return known;
    const before = (spec.dependsOn ?? []).flatMap((dependency) => {
      const other = dependency.kind === 'instance' ? byName.get(dependency.name) : undefined;
      return other === undefined ? [] : [levelOf(other)];
    });
    const level = Math.max(-1, ...before) + 1;
    levels.set(spec.name, level);
    return level;
  };
  for (const spec of instances) if (spec.standby !== true) levelOf(spec);
  return levels;
};

/** An expression over the inputs alone has its value now; another one has it when its instances have ended. */
const lengthNow = (expression: string, inputs: NonNullable<ResolvedPlan['inputs']>): number | null => {
  try {
    const value = evaluate(expression, buildScope({ inputs }));
    return Array.isArray(value) ? value.length : null;
  } catch (error) {
    if (failureOf(error, '').code === 'expression.failed') return null;
    throw error;
  }
};

const countOf = async (
  { source, max }: FanOut,
  spec: InstanceSpec,
  { inputs = {} }: ResolvedPlan,
  world: DryRunWorld,
): Promise<number | null> => {
  switch (source.kind) {
    case 'list':
      return source.items.length;
    case 'matrix':
      return Object.values(source.axes).reduce((product, { length }) => product * length, 1);
    case 'expression':
      return lengthNow(source.expression, inputs);
    case 'glob':
      try {
        return (await world.glob(spec.workspaceSpec?.path ?? spec.workspace, source.pattern, max + 1)).length;
      } catch (error) {
        // It may be there by then; an instance before this one may make it.
        if (/^(workspace|file)\./.test(failureOf(error, '').code)) return null;
        throw error;
      }
  }
};

const previewOf = async (spec: InstanceSpec, world: DryRunWorld): Promise<DryRunCommand | Failure> => {
  try {
    return await world.preview({ attemptId: world.attemptId(), instance: spec, workspace: spec.workspace });
  } catch (error) {
    const failure = failureOf(error, '');
    if (failure.code === '') throw error;
    return failure;
  }
};

const workspaceOf = ({ workspace, workspaceSpec }: InstanceSpec): DryRunInstance['workspace'] => {
  if (workspaceSpec === undefined) return { kind: 'folder', path: workspace, base: null, setup: [] };
  const { kind, path, base, setup } = workspaceSpec;
  return { kind, path, base, setup };
};

/** What an instance itself says of order, limits and what makes its result count. */
const rulesOf = ({ dependsOn, when, retry, check, loop, timeoutMs, budget }: InstanceSpec) => ({
  dependsOn: dependsOn ?? [],
  when: when ?? null,
  retry: retry ?? null,
  check: check ?? null,
  loop: loop ?? null,
  timeoutMs: timeoutMs ?? null,
  budget: budget ?? null,
});

const instanceOf = async (
  spec: InstanceSpec,
  plan: ResolvedPlan,
  level: number | null,
  world: DryRunWorld,
): Promise<DryRunInstance> => {
  const { fanOut, alternatives = [] } = spec;
  const count = fanOut === undefined ? null : await countOf(fanOut, spec, plan, world);
  return {
    name: spec.name,
    level,
    ...rulesOf(spec),
    fanOut: fanOut === undefined ? null : { ...fanOut, count },
    workspace: workspaceOf(spec),
    run: await previewOf(spec, world),
    alternatives: await Promise.all(alternatives.map((each) => previewOf(each, world))),
  };
};

/**
 * What a plan would run, and when. Templates stand as they are written, for their values come only as it runs.
 * @throws FailureError as `readPlan` does
 */
export const dryRun = async (input: PlanInput, world: DryRunWorld): Promise<DryRun> => {
  const now = world.now();
  const plan = readPlan(input, now);
  const { summary, warnings } = checkPlan(input, now);
  if (summary === null) throw failureError('plan.invalid', 'The plan cannot be run.');
  const levels = levelsOf(plan.instances);
  const depth = Math.max(-1, ...levels.values()) + 1;
  return {
    plan: summary,
    warnings,
    starts: startsOf(plan, now),
    levels: Array.from({ length: depth }, (_, level) =>
      plan.instances.filter(({ name }) => levels.get(name) === level).map(({ name }) => name),
    ),
    commandBudgets: plan.commandBudgets ?? {},
    instances: await Promise.all(
      plan.instances.map((spec) => instanceOf(spec, plan, levels.get(spec.name) ?? null, world)),
    ),
  };
};
