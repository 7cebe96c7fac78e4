import { fieldOf, linesOf, shown, type Fault, type PlanProblem } from './plan-problem.ts';
import { findingsOf, type Finding } from './plan-issues.ts';
import { planSchema, type Plan } from './plan-schema.ts';
import { readPlanSource, type PlanSource } from './plan-source.ts';

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

function faultOf(finding: Finding, source: PlanSource, lineOf: LineOf): Fault {
  const { code, path, part, expected, suggestion, earlier } = finding;
  const found = source.at(path);
  const first = earlier && ` The first is on line ${String(lineOf(source.at(earlier).start).line)}.`;
  return {
    code,
    message: finding.message + (first ?? ''),
    path,
    offset: part === 'key' ? found.key : found.start,
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

const SECRET = /(?:API_?KEY|TOKEN|SECRET|PASSWORD)$/i;

function concernsOf(plan: Plan): readonly Finding[] {
  const holders = [
    ...(plan.defaults ? [{ path: ['defaults'], fields: plan.defaults }] : []),
    ...plan.instances.map((fields, index) => ({ path: ['instances', index], fields })),
  ];
  return holders.flatMap(({ path, fields }) => [
    ...(fields.permissionMode === 'bypassPermissions' ? [bypassConcern([...path, 'permissionMode'])] : []),
    ...Object.keys(fields.env ?? {})
      .filter((name) => SECRET.test(name))
      .map((name) => secretConcern([...path, 'env', name])),
  ]);
}

function bypassConcern(path: Finding['path']): Finding {
  const message = `${fieldOf(path)}: Claude will do everything without asking. Use it only where nothing can be harmed.`;
  const expected = 'acceptEdits, or another mode that asks';
  return { code: 'plan.bypass_permissions', message, path, part: 'value', expected };
}

function secretConcern(path: Finding['path']): Finding {
  const name = shown(String(path.at(-1)));
  const message = `${fieldOf(path)}: ${name} looks like a secret, and a plan is kept as plain text. Keep secrets out of plans.`;
  return { code: 'plan.secret_in_env', message, path, part: 'key', expected: 'no secrets' };
}

/**
 * Reads the text of a plan, YAML or JSON, and tells all problems at once, in the order of the text. Never
 * throws. Hosts decode the file as UTF-8 (what does not decode arrives as U+FFFD and is refused here).
 */
export function parsePlan(text: string): PlanReading {
  const plain = text.replace(/^\uFEFF/, '');
  const lineOf = linesOf(plain);
  const { faults, source } = readPlanSource(plain, (offset) => lineOf(offset).line);
  if (!source) return { ok: false, problems: inOrder(faults, lineOf) };
  const parsed = planSchema.safeParse(source.value);
  const findings = parsed.success ? [] : findingsOf(source, parsed.error.issues);
  const problems = [...faults, ...findings.map((finding) => faultOf(finding, source, lineOf))];
  if (!parsed.success || problems.length > 0) return { ok: false, problems: inOrder(problems, lineOf) };
  const concerns = concernsOf(parsed.data).map((finding) => faultOf(finding, source, lineOf));
  return { ok: true, plan: parsed.data, warnings: inOrder(concerns, lineOf) };
}
