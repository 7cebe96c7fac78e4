import { TriangleAlert } from 'lucide-react';
import type { QueryProblem } from '../../../shared/contract/search.ts';

type QueryProblemsProps = {
  readonly id: string;
  readonly query: string;
  readonly problems: readonly QueryProblem[];
  /** Puts the caret where a problem is. */
  readonly onShow: (problem: QueryProblem) => void;
};

/** What in a query was not understood: the words in question, where they are, and what is right. */
export const QueryProblems = ({ id, query, problems, onShow }: QueryProblemsProps) => {
  if (problems.length === 0) return null;
  return (
    <ul id={id} aria-label="Not understood" className="-mt-1 flex flex-col gap-1 text-s">
      {problems.map((problem) => (
        <li key={`${String(problem.from)} ${problem.message}`} className="flex items-baseline gap-1.5 px-1">
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
          <span className="whitespace-nowrap text-ink-3">at {problem.from + 1}</span>
        </li>
      ))}
    </ul>
  );
};
