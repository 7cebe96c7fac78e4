import type { z } from 'zod';
import { didYouMean } from '../did-you-mean.ts';
import { COMMON_LEVELS, expectedAt, levelAt, LEVELS, namesAt, type Level } from './plan-language.ts';
import { fieldOf, shown, type PlanPath } from './plan-problem.ts';
import type { RuleBreach } from './plan-breach.ts';
import type { Found, PlanSource } from './plan-source.ts';

/** A problem whose place is still a path. */
export type Finding = RuleBreach & { readonly part: 'key' | 'value' };

type Issue = z.core.$ZodIssue;

const NO_LEVEL: Level = { keys: [], home: '' };

/** The levels around a mapping, from the inside out. */
function levelsAround(container: PlanPath): readonly Level[] {
  const around = container.map((_, length) => levelAt(container.slice(0, length))).toReversed();
  return around.filter((level) => level !== undefined);
}

/** What to do about a key that is not known at a level: where it belongs, or which one was meant. */
function adviceOn(
  key: string,
  container: PlanPath,
  { keys }: Level,
): Pick<Finding, 'code' | 'suggestion'> & { readonly advice: string } {
  const around = levelsAround(container);
  const home = [...around, ...LEVELS].find((level) => level.keys.includes(key))?.home;
  if (home !== undefined) {
    return { code: 'plan.misplaced_key', advice: `is not read here: ${key} belongs ${home}.` };
  }
  const code = 'plan.unknown_key';
  const suggestion = didYouMean(key, keys);
  if (suggestion) return { code, suggestion, advice: `is not a known key: did you mean ${suggestion}?` };
  for (const level of [...around, ...COMMON_LEVELS]) {
    const near = didYouMean(key, level.keys);
    if (near)
      return { code, advice: `is not a known key: did you mean ${near}, which belongs ${level.home}?` };
  }
  return { code, advice: `is not a known key: remove it, or use one of ${keys.join(', ')}.` };
}

function unknownKey(container: PlanPath, key: string): Finding {
  const path = [...container, key];
  const level = levelAt(container) ?? NO_LEVEL;
  const { advice, ...finding } = adviceOn(key, container, level);
  const expected = `one of ${level.keys.join(', ')}`;
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

/** What was probably meant by a number or a word where text is wanted. */
function meantText({ value, written }: Found, expected: string): string | undefined {
  if (typeof value === 'boolean') return JSON.stringify(written);
  if (typeof value !== 'number') return undefined;
  if (expected.startsWith('a duration')) return `${written}s`;
  return expected.startsWith('a time ') ? `${written}m` : JSON.stringify(written);
}

/** What was probably meant by a value of the wrong type. */
function meantByType(found: Found, wanted: string, expected: string): string | undefined {
  if (wanted === 'string') return meantText(found, expected);
  const text = typeof found.value === 'string' ? found.value : '';
  if (expected.startsWith('a list of names of') && /^[\w.-]+$/.test(text)) return `[${text}]`;
  if (wanted !== 'number' && wanted !== 'int') return undefined;
  return /^\$?(\d+(?:\.\d+)?)$/.exec(text)?.[1];
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

function wrongName(path: PlanPath): Finding {
  const { what = 'a name that can stand here', expected = 'another name' } = namesAt(path.slice(0, -1)) ?? {};
  const message = `${fieldOf(path)} is not ${what}: use ${expected}.`;
  return { code: 'plan.wrong_value', message, path, part: 'key', expected };
}

/**
 * Where a value may have several forms, the issues of the one that was meant: of its type. Undefined when none or several
 * are of its type.
 */
function meantForm(issue: Issue): readonly Issue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const near = issue.errors.filter(
    (issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  const [form] = near;
  if (form === undefined || near.length > 1) return undefined;
  return form.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function findingsOfIssue(issue: Issue, source: PlanSource): readonly Finding[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'custom' && issue.params) return []; // a rule's: those come from breachesOf itself
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
  if (issue.code === 'invalid_key') return [wrongName(path)];
  const meant = meantForm(issue);
  if (meant) return meant.flatMap((inner) => findingsOfIssue(inner, source));
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
export function findingsOf(
  source: PlanSource,
  issues: readonly Issue[],
  breaches: readonly RuleBreach[],
): readonly Finding[] {
  const ofRules = breaches.map((breach): Finding => ({ part: 'value', ...breach }));
  return withoutEchoes([...issues.flatMap((issue) => findingsOfIssue(issue, source)), ...ofRules]);
}
