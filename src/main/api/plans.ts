import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { PlanCheck } from '../../shared/contract/plan-check.ts';
import { FailureError } from '../../shared/domain/failure.ts';
import type { GivenInputs } from '../../shared/domain/plan/plan-inputs.ts';
import { ruleWithHome } from '../../shared/domain/permission/permission-rule.ts';
import { parsePlan } from '../../shared/domain/plan/plan-parse.ts';
import { formatProblem } from '../../shared/domain/plan/plan-problem.ts';
import { resolvePlan } from '../../shared/domain/plan/plan-resolve.ts';
import type { InstanceSpec, ResolvedPlan } from '../../shared/domain/plan/plan-spec.ts';
import { summaryOf } from './plan-summary.ts';

export { readPlanFile } from './plan-file.ts';

/** A plan as a client gives it: its text, the file it came from, and the folder its relative paths start from. */
export type PlanInput = {
  readonly text: string;
  readonly file: string | null;
  readonly baseDir: string | null;
  /** Values for the plan's inputs. */
  readonly inputs?: GivenInputs | undefined;
};

/** The folder that relative paths of a plan start from: as said, else the plan file's, else the person's home. */
const baseDirOf = ({ file, baseDir }: PlanInput): string =>
  resolve(baseDir ?? (file === null ? homedir() : dirname(resolve(file))));

/** A path of a plan as an absolute one: it begins at the plan's folder, `~/` at the person's home. */
export const absolute = (baseDir: string, path: string): string => {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  return isAbsolute(path) ? path : resolve(baseDir, path);
};

/** A path with a template stays as it is until that is filled in. */
const absoluteUnlessTemplate = (baseDir: string, path: string): string =>
  path.includes('{{') ? path : absolute(baseDir, path);

const withAbsolutePaths = (spec: InstanceSpec, baseDir: string): InstanceSpec => {
  const { workspaceSpec, mcpConfig, settings, alternatives, permissions } = spec;
  const atHome = (rule: string): string => ruleWithHome(rule, homedir());
  const placed = (path: string): string => absoluteUnlessTemplate(baseDir, path);
  return {
    ...spec,
    workspace: placed(spec.workspace),
    addDirs: spec.addDirs.map(placed),
    ...(workspaceSpec && { workspaceSpec: { ...workspaceSpec, path: placed(workspaceSpec.path) } }),
    ...(typeof mcpConfig === 'string' && { mcpConfig: absolute(baseDir, mcpConfig) }),
    ...(typeof settings === 'string' && { settings: absolute(baseDir, settings) }),
    ...(permissions && {
      permissions: {
        ...permissions,
        allow: permissions.allow.map(atHome),
        deny: permissions.deny.map(atHome),
      },
    }),
    ...(alternatives && { alternatives: alternatives.map((each) => withAbsolutePaths(each, baseDir)) }),
  };
};

type Parsed = Extract<ReturnType<typeof parsePlan>, { readonly ok: true }>['plan'];

const resolvedAt = (
  plan: Parsed,
  input: PlanInput,
  inputs: GivenInputs | null,
  now: number,
): ResolvedPlan => {
  const baseDir = baseDirOf(input);
  const relative = resolvePlan(plan, { baseDir, inputs, now });
  return {
    ...relative,
    workspace: absoluteUnlessTemplate(baseDir, relative.workspace),
    instances: relative.instances.map((spec) => withAbsolutePaths(spec, baseDir)),
  };
};

/**
 * Checks a plan without running it, as seen at `now` (epoch milliseconds). When values for its inputs are given, they are
 * checked too.
 */
export const checkPlan = (input: PlanInput, now: number = Date.now()): PlanCheck => {
  const { inputs } = input;
  const reading = parsePlan(input.text, { now, ...(inputs && { inputs }) });
  if (!reading.ok) return { problems: reading.problems, warnings: [], summary: null };
  const resolved = resolvedAt(reading.plan, input, inputs ?? null, now);
  return { problems: [], warnings: reading.warnings, summary: summaryOf(reading.plan, resolved, now) };
};

/**
 * A plan ready to run: defaults applied, every path absolute that has no template. Times such as `2am` are seen from `now`
 * (epoch milliseconds).
 * @throws FailureError `plan.invalid`, whose message has a line per problem, as `FILE:LINE:COLUMN: sentence`;
 * `plan.input_missing`, `plan.input_type`, `plan.input_choice`, `plan.input_unknown`
 */
export const readPlan = (input: PlanInput, now: number = Date.now()): ResolvedPlan => {
  const reading = parsePlan(input.text, { now });
  if (reading.ok) return resolvedAt(reading.plan, input, input.inputs ?? {}, now);
  const lines = reading.problems.map((problem) => formatProblem(problem, input.file ?? 'plan'));
  const path = reading.problems[0]?.path;
  throw new FailureError({
    code: 'plan.invalid',
    message: lines.join('\n'),
    ...(path !== undefined && { path }),
  });
};
