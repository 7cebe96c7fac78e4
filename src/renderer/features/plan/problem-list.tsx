import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { PlanProblem } from '../../../shared/domain/plan/plan-problem.ts';
import { moveInList } from '../../ui/list-keys.ts';

type ProblemListProps = {
  readonly problems: readonly PlanProblem[];
  readonly warnings: readonly PlanProblem[];
  readonly onPick: (problem: PlanProblem) => void;
};

const Line = ({
  problem,
  isWarning,
  onPick,
}: {
  readonly problem: PlanProblem;
  readonly isWarning: boolean;
  readonly onPick: (problem: PlanProblem) => void;
}) => {
  const Icon = isWarning ? TriangleAlert : CircleAlert;
  return (
    <li>
      <button
        type="button"
        data-row
        className="flex w-full items-start gap-2 px-3 py-1.5 text-left text-s hover:bg-hover focus-visible:-outline-offset-2"
        onClick={() => {
          onPick(problem);
        }}
      >
        <Icon
          size={14}
          strokeWidth={1.75}
          className={`mt-px shrink-0 ${isWarning ? 'text-waiting' : 'text-bad'}`}
          aria-label={isWarning ? 'Warning' : 'Problem'}
        />
        <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
          {problem.message}
          <span className="text-ink-3">
            {problem.field === '' ? '' : ` · ${problem.field}`}
            {problem.suggestion === null ? '' : ` · did you mean ${problem.suggestion}?`}
          </span>
        </span>
        <span className="shrink-0 font-mono text-xs text-ink-3 tabular-nums">
          {problem.line}:{problem.column}
        </span>
      </button>
    </li>
  );
};

/** What is wrong with a plan; each leads to its place. */
export const ProblemList = ({ problems, warnings, onPick }: ProblemListProps) => (
  // Arrow keys, J and K move among its buttons.
  // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
  <ul
    aria-label="Problems"
    className="max-h-[26vh] shrink-0 divide-y divide-line-soft overflow-y-auto border-t border-line"
    onKeyDown={(event) => {
      moveInList(event);
    }}
  >
    {problems.map((problem, index) => (
      <Line key={`problem ${String(index)}`} problem={problem} isWarning={false} onPick={onPick} />
    ))}
    {warnings.map((problem, index) => (
      <Line key={`warning ${String(index)}`} problem={problem} isWarning onPick={onPick} />
    ))}
  </ul>
);
