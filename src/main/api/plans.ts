import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { PlanCheck } from '../../shared/contract/plan-check.ts';
import { failureError, FailureError } from '../../shared/domain/failure.ts';
import { parsePlan } from '../../shared/domain/plan-parse.ts';
import { formatProblem } from '../../shared/domain/plan-problem.ts';
import { resolvePlan } from '../../shared/domain/plan-resolve.ts';
import type { InstanceSpec, ResolvedPlan } from '../../shared/domain/plan-spec.ts';

/** A plan as a client gives it: its text, the file it came from, and the folder its relative paths start from. */
export type PlanInput = {
  readonly text: string;
  readonly file: string | null;
  readonly baseDir: string | null;
};

/** The folder that relative paths of a plan start from: as said, else the plan file's, else the person's home. */
const baseDirOf = ({ file, baseDir }: PlanInput): string =>
  resolve(baseDir ?? (file === null ? homedir() : dirname(resolve(file))));

const absolute = (baseDir: string, path: string): string => {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  return isAbsolute(path) ? path : resolve(baseDir, path);
};

const withAbsolutePaths = (spec: InstanceSpec, baseDir: string): InstanceSpec => ({
  ...spec,
  workspace: absolute(baseDir, spec.workspace),
  addDirs: spec.addDirs.map((dir) => absolute(baseDir, dir)),
  ...(typeof spec.mcpConfig === 'string' && { mcpConfig: absolute(baseDir, spec.mcpConfig) }),
  ...(typeof spec.settings === 'string' && { settings: absolute(baseDir, spec.settings) }),
});

const resolved = (
  input: PlanInput,
): { readonly plan: ResolvedPlan; readonly check: PlanCheck } | PlanCheck => {
  const reading = parsePlan(input.text);
  if (!reading.ok) return { problems: reading.problems, warnings: [], summary: null };
  const baseDir = baseDirOf(input);
  const relative = resolvePlan(reading.plan, { baseDir });
  const instances = relative.instances.map((spec) => withAbsolutePaths(spec, baseDir));
  const plan = { ...relative, workspace: absolute(baseDir, relative.workspace), instances };
  const summary = {
    name: plan.name,
    concurrency: plan.concurrency,
    instances: instances.map(({ name, model = null, mode, workspace, prompt, command }) => ({
      name,
      model,
      mode,
      workspace,
      prompt: prompt ?? command ?? '',
    })),
  };
  return { plan, check: { problems: [], warnings: reading.warnings, summary } };
};

/** Checks a plan without running it. */
export const checkPlan = (input: PlanInput): PlanCheck => {
  const outcome = resolved(input);
  return 'plan' in outcome ? outcome.check : outcome;
};

/**
 * A plan ready to run: defaults applied, every path absolute.
 * @throws FailureError `plan.invalid`, whose message has a line per problem, as `FILE:LINE:COLUMN: sentence`
 */
export const readPlan = (input: PlanInput): ResolvedPlan => {
  const outcome = resolved(input);
  if ('plan' in outcome) return outcome.plan;
  const lines = outcome.problems.map((problem) => formatProblem(problem, input.file ?? 'plan'));
  const path = outcome.problems[0]?.path;
  throw new FailureError({
    code: 'plan.invalid',
    message: lines.join('\n'),
    ...(path !== undefined && { path }),
  });
};

/** Reads a plan file. @throws FailureError `plan.unreadable` */
export const readPlanFile = async (
  file: string,
): Promise<{ readonly file: string; readonly text: string }> => {
  const path = resolve(file);
  try {
    return { file: path, text: await readFile(path, 'utf8') };
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'it is not there'
        : String(error);
    throw failureError('plan.unreadable', `Cannot read the plan ${path}: ${reason}.`, error);
  }
};
