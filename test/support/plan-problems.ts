import { expect, it } from 'vitest';
import { parsePlan } from '../../src/shared/domain/plan/plan-parse.ts';
import type { PlanProblem } from '../../src/shared/domain/plan/plan-problem.ts';

/** The moment from which the plans of `problemsOf` are seen. */
export const PLAN_NOW = Date.parse('2026-11-23T10:00:00Z');

export const problemsOf = (text: string): readonly PlanProblem[] => {
  const reading = parsePlan(text, { now: PLAN_NOW });
  return reading.ok ? [] : reading.problems;
};

/** A plan of these instances, one to a line from line 3. */
export const planOf = (...instances: readonly string[]): string =>
  `name: Demo\ninstances:\n${instances.map((each) => `  - { ${each} }\n`).join('')}`;

/** A plan with these lines first, and one instance. */
export const planWithTop = (...lines: readonly string[]): string =>
  `${lines.map((line) => `${line}\n`).join('')}name: Demo\ninstances: [{ name: a, prompt: b }]\n`;

/** The text from a place on to the end of its line. */
export const restAt = (text: string, { line, column }: PlanProblem): string =>
  (text.split('\n')[line - 1] ?? '').slice(column - 1);

/** `at` is how the text goes on from the place that is told. */
type Case = readonly [what: string, text: string, code: string, at: string, message: string];

/** Each of these plans has one problem, of this code and at this place, and its message says this. */
export const itTellsEach = (cases: readonly Case[]): void => {
  it.each(cases.map(([what, ...rest]) => [what, rest] as const))('is told with its place: %s', (_, told) => {
    const [text, code, at, message] = told;
    const problems = problemsOf(text);
    expect(problems.map((problem) => [problem.code, restAt(text, problem).slice(0, at.length)])).toEqual([
      [code, at],
    ]);
    expect(problems[0]?.message).toContain(message);
  });
};
