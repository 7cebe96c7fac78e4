import type { QueryProblem } from '../../../shared/contract/search.ts';
import { failureError } from '../../../shared/domain/failure.ts';

/** The time zone of this terminal: what `today` is in a query. */
export const ownTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * Refuses a query of which something was not understood: what it finds is not what was asked for.
 * @throws FailureError `arguments.query`
 */
export const refuseProblems = (query: string, problems: readonly QueryProblem[]): void => {
  if (problems.length === 0) return;
  const said = problems.map(({ from, to, message }) => `${query.slice(from, to)}: ${message}`);
  throw failureError('arguments.query', said.join('\n'));
};
