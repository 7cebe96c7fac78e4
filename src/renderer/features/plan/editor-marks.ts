import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { PlanCheck } from '../../../shared/contract/plan-check.ts';
import type { PlanProblem } from '../../../shared/domain/plan/plan-problem.ts';

/** Where a problem is in a text, which may be shorter than the one that was checked. */
export const offsetOf = (doc: Text, { line, column }: Pick<PlanProblem, 'line' | 'column'>): number => {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(at.to, at.from + Math.max(0, column - 1));
};

/** The length of the word, quoted text or key that a problem is about. */
const lengthAt = (doc: Text, from: number): number => {
  const rest = doc.sliceString(from, doc.lineAt(from).to);
  return /^(?:"[^"]*"|'[^']*'|[^\s:,\]}]+)/.exec(rest)?.[0].length ?? rest.trimEnd().length;
};

const markOf = (doc: Text, problem: PlanProblem, severity: 'error' | 'warning'): Diagnostic => {
  const from = offsetOf(doc, problem);
  const { suggestion } = problem;
  return {
    from,
    to: from + lengthAt(doc, from),
    severity,
    message: problem.message,
    ...(suggestion === null
      ? {}
      : {
          actions: [
            {
              name: `Change to ${suggestion}`,
              apply: (view, start, end) => {
                view.dispatch({ changes: { from: start, to: end, insert: suggestion } });
              },
            },
          ],
        }),
  };
};

/** The problems and warnings of a check as marks in the editor. */
export const marksOf = (doc: Text, check: PlanCheck | null): readonly Diagnostic[] =>
  check === null
    ? []
    : [
        ...check.problems.map((problem) => markOf(doc, problem, 'error')),
        ...check.warnings.map((problem) => markOf(doc, problem, 'warning')),
      ].sort((a, b) => a.from - b.from);
