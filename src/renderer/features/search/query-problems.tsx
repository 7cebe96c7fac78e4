import { TriangleAlert } from 'lucide-react';
import type { QueryProblem } from '../../../shared/contract/search.ts';

type QueryProblemsProps = {
  readonly id: string;
  readonly query: string;
  readonly problems: readonly QueryProblem[];
  /** Puts the caret where a problem is. */
  readonly onShow: (problem: QueryProblem) => void;
  /** Writes what was meant in the place of what is there. */
  readonly onCorrect: (problem: QueryProblem, instead: string) => void;
};

/** A button that writes what was meant; nothing when that is not known. */
const Correction = ({
  problem,
  onCorrect,
}: Pick<QueryProblemsProps, 'onCorrect'> & { readonly problem: QueryProblem }) => {
  const { instead } = problem;
  if (instead === undefined) return null;
  return (
    <button
      type="button"
      className="rounded-xs px-1 font-medium whitespace-nowrap text-accent hover:underline"
      onClick={() => {
        onCorrect(problem, instead);
      }}
    >
      Use <code className="font-mono text-xs">{instead}</code>
    </button>
  );
};

/** What in a query was not understood: the words in question, where they are, and what is right. */
export const QueryProblems = ({ id, query, problems, onShow, onCorrect }: QueryProblemsProps) => {
  if (problems.length === 0) return null;
  return (
    <ul id={id} aria-label="Not understood" className="-mt-1 flex flex-col gap-1 text-s">
      {problems.map((problem) => (
        <li
          key={`${String(problem.from)} ${problem.message}`}
          className="flex flex-wrap items-baseline gap-x-1.5 px-1"
        >
          <TriangleAlert
            size={13}
            strokeWidth={1.75}
            className="shrink-0 translate-y-[2px] text-waiting"
            aria-hidden
          />
          <button
            type="button"
            className="max-w-[240px] shrink-0 truncate rounded-xs bg-waiting-bg px-1 font-mono text-xs text-waiting hover:underline"
            title={`At character ${String(problem.from + 1)}`}
            onClick={() => {
              onShow(problem);
            }}
          >
            {query.slice(problem.from, problem.to)}
          </button>
          <span className="text-ink-2">{problem.message}</span>
          <Correction problem={problem} onCorrect={onCorrect} />
        </li>
      ))}
    </ul>
  );
};
