import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { fieldOf, shown, type PlanPath } from './plan-problem.ts';
import { breachesOf, type RuleBreach } from './plan-rules.ts';
import { expectedAt, PLAN_KEYS } from './plan-schema.ts';
import type { Found, PlanSource } from './plan-source.ts';

/** A problem whose place is still a path. */
export type Finding = RuleBreach & { readonly part: 'key' | 'value'; readonly suggestion?: string };

type Issue = z.core.$ZodIssue;
type Level = keyof typeof PLAN_KEYS;

/** Where a key of each level belongs, as the end of the sentence "… belongs …". */
const HOMES: Readonly<Record<Level, string>> = {
  plan: 'at the top of the plan',
  defaults: 'in defaults or in an instance',
  instance: 'in an instance',
  session: 'in the session of an instance',
};

const LEVELS: readonly Level[] = ['plan', 'defaults', 'instance', 'session'];

function levelOf(path: PlanPath): Level {
  if (path.length === 0) return 'plan';
  if (path[0] === 'defaults') return 'defaults';
  return path.length === 2 ? 'instance' : 'session';
}

/** What to do about a key that is not known at a level: where it belongs, or which one was meant. */
function adviceOn(
  key: string,
  level: Level,
): Pick<Finding, 'code' | 'suggestion'> & { readonly advice: string } {
  const home = LEVELS.find((other) => PLAN_KEYS[other].includes(key));
  if (home) {
    return { code: 'plan.misplaced_key', advice: `is not read here: ${key} belongs ${HOMES[home]}.` };
  }
  const code = 'plan.unknown_key';
  const suggestion = didYouMean(key, PLAN_KEYS[level]);
  if (suggestion) return { code, suggestion, advice: `is not a known key: did you mean ${suggestion}?` };
  for (const other of LEVELS) {
    const near = didYouMean(key, PLAN_KEYS[other]);
    if (near)
      return { code, advice: `is not a known key: did you mean ${near}, which belongs ${HOMES[other]}?` };
  }
  return { code, advice: `is not a known key: remove it, or use one of ${PLAN_KEYS[level].join(', ')}.` };
}

function unknownKey(container: PlanPath, key: string): Finding {
  const path = [...container, key];
  const level = levelOf(container);
  const { advice, ...finding } = adviceOn(key, level);
  const expected = `one of ${PLAN_KEYS[level].join(', ')}`;
  return { ...finding, message: `${fieldOf(path)} ${advice}`, path, part: 'key', expected };
}

function missingKey(path: PlanPath, expected: string): Finding {
  const holder = path.slice(0, -1);
  const key = String(path.at(-1));
  const who = holder.length === 0 ? 'The plan' : fieldOf(holder);
  return {
    code: 'plan.missing',
    message: `${who} has no ${key}: add ${key}, which must be ${expected}.`,
    path: holder,
    part: 'value',
    expected,
    missing: [key],
  };
}

/** What was probably meant by a value of the wrong type. */
function meantByType({ value, written }: Found, wanted: string, expected: string): string | undefined {
  if (wanted === 'string' && typeof value === 'number') {
    return expected.startsWith('a duration') ? `${written}s` : JSON.stringify(written);
  }
  if (wanted === 'string' && typeof value === 'boolean') return JSON.stringify(written);
  if (typeof value !== 'string' || (wanted !== 'number' && wanted !== 'int')) return undefined;
  return /^\$?(\d+(?:\.\d+)?)$/.exec(value)?.[1];
}

function meantBy(issue: Issue, found: Found, expected: string): string | undefined {
  const text = typeof found.value === 'string' ? found.value : '';
  if (issue.code === 'invalid_value') return didYouMean(text, issue.values.map(String));
  if (issue.code === 'invalid_type') return meantByType(found, issue.expected, expected);
  return expected.startsWith('a slash command') && /^\w/.test(text) ? `/${text}` : undefined;
}

function described({ value, written }: Found): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'keys and values';
  return typeof value === 'string' ? `"${shown(value)}"` : shown(written);
}

function wrongValue(issue: Issue, path: PlanPath, found: Found): Finding {
  const expected = expectedAt(path) ?? 'something else';
  const suggestion = meantBy(issue, found, expected);
  const subject = path.length === 0 ? 'A plan' : fieldOf(path);
  const end = suggestion === undefined ? '.' : `: did you mean ${shown(suggestion)}?`;
  return {
    code:
      issue.code === 'invalid_type' || issue.code === 'invalid_union'
        ? 'plan.wrong_type'
        : 'plan.wrong_value',
    message: `${subject} must be ${expected}, but is ${described(found)}${end}`,
    path,
    part: 'value',
    expected,
    ...(suggestion !== undefined && { suggestion }),
  };
}

function wrongVariable(path: PlanPath): Finding {
  const expected = 'letters, digits and _, not starting with a digit';
  const message = `${fieldOf(path)} is not a name for an environment variable: use ${expected}.`;
  return { code: 'plan.wrong_value', message, path, part: 'key', expected };
}

function findingsOfIssue(issue: Issue, source: PlanSource): readonly Finding[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'custom' && issue.params) return []; // a rule's: those come from breachesOf itself
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
  if (issue.code === 'invalid_key') return [wrongVariable(path)];
  const found = source.at(path);
  return [
    found.value === undefined
      ? missingKey(path, expectedAt(path) ?? 'there')
      : wrongValue(issue, path, found),
  ];
}

function withoutEchoes(findings: readonly Finding[]): readonly Finding[] {
  const meant = new Set(
    findings.flatMap(({ path, suggestion, part }) =>
      part === 'key' && suggestion ? [fieldOf([...path.slice(0, -1), suggestion])] : [],
    ),
  );
  return findings.filter(({ path, missing }) => !missing?.some((key) => meant.has(fieldOf([...path, key]))));
}

/**
 * Everything that keeps a plan from being run, as far as its keys and values go, in no order. A key that is
 * missing only because it is misspelt is told once, as misspelt.
 */
export function findingsOf(source: PlanSource, issues: readonly Issue[]): readonly Finding[] {
  const ofRules = breachesOf(source.value).map((breach): Finding => ({ ...breach, part: 'value' }));
  return withoutEchoes([...issues.flatMap((issue) => findingsOfIssue(issue, source)), ...ofRules]);
}
