import { formatProblem } from '../../../../shared/domain/plan/plan-problem.ts';
import { planJsonSchema } from '../../../../shared/domain/plan/plan-schema.ts';
import { checkPlan } from '../../../api/plans.ts';
import type { CliContext } from '../context.ts';
import { requestFailure } from '../../request-failure.ts';
import { planNamed } from '../run-input.ts';

/** Checks one plan; true when it can be run. */
const check = async (context: CliContext, file: string): Promise<boolean> => {
  const { streams, paint } = context;
  const plan = await planNamed(context, file);
  const { problems, warnings, summary } = checkPlan(plan);
  const shown = file === '-' ? 'plan' : file;
  for (const problem of problems) await streams.print(formatProblem(problem, shown));
  for (const warning of warnings) await streams.print(`${formatProblem(warning, shown)} (warning)`);
  if (summary === null) return false;
  const count = summary.instances.length;
  const instances = `${String(count)} ${count === 1 ? 'instance' : 'instances'}`;
  await streams.print(
    `${paint('good', '✓')} ${shown}: ${instances}, at most ${String(summary.concurrency)} at once`,
  );
  return true;
};

/** `netra plan check FILE...`: 0 when all can be run, 2 when one cannot. */
export const checkPlans = async (context: CliContext, files: readonly string[]): Promise<number> => {
  let exitCode = 0;
  for (const file of files) {
    try {
      if (!(await check(context, file))) exitCode = 2;
    } catch (error) {
      const failure = requestFailure(error);
      if (failure === null) throw error;
      context.streams.say(`netra: ${failure.message} (${failure.code})`);
      exitCode = 2;
    }
  }
  return exitCode;
};

/** `netra plan schema` */
export const printSchema = async ({ streams }: CliContext): Promise<number> => {
  await streams.print(JSON.stringify(planJsonSchema(), null, 2));
  return 0;
};
