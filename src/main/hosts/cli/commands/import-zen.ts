import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failureError } from '../../../../shared/domain/failure.ts';
import { parsePlan } from '../../../../shared/domain/plan/plan-parse.ts';
import { formatProblem, type PlanProblem } from '../../../../shared/domain/plan/plan-problem.ts';
import { isZenText, planTextOfZen } from '../../../../shared/domain/zen/zen-text.ts';
import type { CliContext } from '../context.ts';
import { planFrom } from '../run-input.ts';

type ImportOptions = { readonly output?: string | undefined; readonly force: boolean };

const write = async (file: string, text: string, force: boolean): Promise<string> => {
  const path = resolve(file);
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' });
    return path;
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const reason = isThere ? 'it is there already. Use --force, or another name' : String(error);
    throw failureError('plan.not_written', `Cannot write ${path}: ${reason}.`, error);
  }
};

/** `netra import-zen FILE`: 0 when it was written; 2, with what is wrong, when it cannot be a plan. */
export const importZen = async (
  { streams }: CliContext,
  file: string,
  { output, force }: ImportOptions,
): Promise<number> => {
  const { text } = await planFrom(file, streams.stdin);
  if (!isZenText(text)) {
    throw failureError('plan.not_zen', `${file} is no config of zen: it has no instances with keys of zen.`);
  }
  const say = (problem: PlanProblem, end: string): void =>
    streams.say(`${formatProblem(problem, file)}${end}`);
  const reading = parsePlan(text);
  if (reading.ok) for (const warning of reading.warnings) say(warning, ' (warning)');
  else for (const problem of reading.problems) say(problem, '');
  const plan = planTextOfZen(text);
  if (plan === null) return 2;
  await streams.print(output === undefined ? plan.trimEnd() : await write(output, plan, force));
  return 0;
};
