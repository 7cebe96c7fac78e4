import { fieldOf, linesOf, type Fault, type PlanProblem } from './plan-problem.ts';
import { readInputs, type GivenInputs, type InputProblem } from './plan-inputs.ts';
import { concernsOf } from './plan-concerns.ts';
import { findingsOf, type Finding } from './plan-issues.ts';
import { breachesOf } from './plan-rules.ts';
import { textRuleBreaches } from './plan-rules-texts.ts';
import { timeBreaches } from './plan-rules-time.ts';
import { planSchema, type Plan } from './plan-schema.ts';
import type { RuleBreach } from './plan-breach.ts';
import { readPlanSource, type Found, type PlanSource } from './plan-source.ts';
import { withoutZen } from '../zen/zen-source.ts';

/** Problems told at once; a file that has more is not a plan. */
const MAX_PROBLEMS = 100;

/** What came of reading a plan: the plan and what is worth knowing about it, or everything that is wrong. */
export type PlanReading =
  | { readonly ok: true; readonly plan: Plan; readonly warnings: readonly PlanProblem[] }
  | { readonly ok: false; readonly problems: readonly PlanProblem[] };

type LineOf = ReturnType<typeof linesOf>;

function problemOf({ offset, ...fault }: Fault, lineOf: LineOf): PlanProblem {
  return { expected: null, suggestion: null, ...fault, ...lineOf(offset), field: fieldOf(fault.path) };
}

/**
 * Where an offset into a text is in the text as it was written, with its quotes, escapes and indentation: at the same
 * occurrence of what follows it on its line; at the start when it cannot be told.
 */
function offsetWithin({ value, written }: Found, within: number | undefined): number {
  if (typeof value !== 'string' || within === undefined) return 0;
  const next = /^[^\n]{1,24}/.exec(value.slice(within))?.[0];
  if (next === undefined) return 0;
  const before = value.slice(0, within + next.length - 1).split(next).length - 1;
  const parts = written.split(next);
  return parts.length > before + 1 ? parts.slice(0, before + 1).join(next).length : 0;
}

function faultOf(finding: Finding, source: PlanSource, lineOf: LineOf): Fault {
  const { code, path, part, expected, suggestion, earlier, within } = finding;
  const found = source.at(path);
  const first = earlier && ` The first is on line ${String(lineOf(source.at(earlier).start).line)}.`;
  return {
    code,
    message: finding.message + (first ?? ''),
    path,
    offset: part === 'key' ? found.key : found.start + offsetWithin(found, within),
    expected,
    ...(suggestion !== undefined && { suggestion }),
  };
}

function inOrder(faults: readonly Fault[], lineOf: LineOf): readonly PlanProblem[] {
  const sorted = faults.toSorted((one, other) => one.offset - other.offset);
  const told = sorted.slice(0, MAX_PROBLEMS).map((fault) => problemOf(fault, lineOf));
  const next = sorted[MAX_PROBLEMS];
  if (next === undefined) return told;
  const message = `There are ${String(sorted.length - MAX_PROBLEMS)} more problems from here on: correct the ones above first.`;
  return [...told, problemOf({ code: 'plan.more', message, path: [], offset: next.offset }, lineOf)];
}

function inputFinding({ code, message, name, expected }: InputProblem): Finding {
  return { code, message, path: ['inputs', name], part: 'key', expected };
}

export type ParseOptions = { readonly now?: number; readonly inputs?: GivenInputs };

/** All rules that a plan breaks, each at its place. */
function rulesOf(plan: unknown, now: number): readonly RuleBreach[] {
  return [...breachesOf(plan), ...timeBreaches(plan, now), ...textRuleBreaches(plan)];
}

/**
 * Reads the text of a plan, YAML or JSON, or a config of zen as the plan that it comes to, and tells all problems at
 * once, in the order of the text. Never throws. Hosts decode the file as UTF-8 (what does not decode arrives as U+FFFD and is refused here). `now` (epoch
 * milliseconds) is the moment from which a start time lies in the past; the present unless said. With `inputs`, what is
 * wrong with those is told at the inputs of the plan.
 */
export function parsePlan(text: string, { now = Date.now(), inputs }: ParseOptions = {}): PlanReading {
  const plain = text.replace(/^\uFEFF/, '');
  const lineOf = linesOf(plain);
  const { faults, source: written } = readPlanSource(plain, (offset) => lineOf(offset).line);
  if (!written) return { ok: false, problems: inOrder(faults, lineOf) };
  const { source, warnings } = withoutZen(written, plain);
  const parsed = planSchema.safeParse(source.value);
  const findings = findingsOf(source, parsed.error?.issues ?? [], rulesOf(source.value, now));
  const problems = [...faults, ...findings.map((finding) => faultOf(finding, source, lineOf))];
  if (!parsed.success || problems.length > 0) return { ok: false, problems: inOrder(problems, lineOf) };
  const wrongInputs = inputs === undefined ? [] : readInputs(parsed.data, inputs).problems;
  if (wrongInputs.length > 0) {
    const told = wrongInputs.map((problem) => faultOf(inputFinding(problem), source, lineOf));
    return { ok: false, problems: inOrder(told, lineOf) };
  }
  const concerns = [
    ...concernsOf(parsed.data).map((finding) => faultOf(finding, source, lineOf)),
    ...warnings.map((finding) => faultOf(finding, written, lineOf)),
  ];
  return { ok: true, plan: parsed.data, warnings: inOrder(concerns, lineOf) };
}
