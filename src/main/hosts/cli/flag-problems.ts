import { failureError } from '../../../shared/domain/failure.ts';
import { parsePlan } from '../../../shared/domain/plan/plan-parse.ts';
import type { PlanProblem } from '../../../shared/domain/plan/plan-problem.ts';

/** How the command line calls a key of the plan: `instances[0].idleTimeout` is `--idle-timeout`. */
const flagOf = (field: string): string | null => {
  if (field === 'schedule') return null;
  if (field === 'budget.usd') return '--budget';
  if (field.endsWith('prompt') || field.endsWith('command')) return '--prompt';
  if (/^instances\[0\]\.session/.test(field)) return '--session';
  if (/^instances\[0\]\.result/.test(field)) return '--result-schema';
  if (/^(workspace|instances\[0\]\.workspace)\.base$/.test(field)) return '--worktree';
  const key = field.replace(/^(schedule\.|instances\[0\]\.)/, '').replace('budget.', 'budget-');
  if (!/^[\w-]+$/.test(key)) return null;
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
};

const inWordsOfFlags = ({ field, message }: PlanProblem): string => {
  const flag = flagOf(field);
  return flag === null ? message : message.replace(field, flag);
};

/**
 * Tells what is wrong with flags that were written into a plan (`before` is its text without them), by the names of the
 * flags: their lines and columns are in no file that anybody sees. Mistakes of the plan itself are told elsewhere.
 * @throws FailureError `arguments.run`
 */
export const refuseWrongFlags = (before: string | null, text: string): void => {
  if (text === before) return;
  const reading = parsePlan(text);
  if (reading.ok) return;
  throw failureError('arguments.run', reading.problems.map(inWordsOfFlags).join('\n'));
};
