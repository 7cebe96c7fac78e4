import { fieldOf, type PlanPath } from './plan-problem.ts';

/** A rule of plans that something in one breaks. */
export type RuleBreach = {
  readonly path: PlanPath;
  readonly code: `plan.${string}`;
  /** What is wrong and what to do. */
  readonly message: string;
  readonly expected: string;
  /** Whether the place is that of the key or that of the value, which it is unless said. */
  readonly part?: 'key' | 'value';
  /** The text that stands at the path is wrong from this offset on. */
  readonly within?: number;
  /** What was probably meant. */
  readonly suggestion?: string;
  /** The place that this one is at odds with. */
  readonly earlier?: PlanPath;
  /** The keys of which one is missing at the path. */
  readonly missing?: readonly string[];
};

/** Keys and values of which nothing is known yet: rules are told also of a plan that has other mistakes. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** True for what counts as written: a key that is there, even with a value of the wrong type. */
export const has = (fields: Fields, key: string): boolean => Object.hasOwn(fields, key);

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], and = 'and'): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} ${and} ${String(words.at(-1))}`;
}

const EITHER: Readonly<Record<number, string>> = { 2: 'either ' };

/** Of these keys of the mapping at a path, one must be there, and only one. */
export function choiceBreaches(fields: Fields, path: PlanPath, keys: readonly string[]): RuleBreach[] {
  const there = Object.keys(fields).filter((key) => keys.includes(key));
  const expected = `${EITHER[keys.length] ?? 'one of '}${listed(keys, 'or')}`;
  if (there.length > 1) {
    const all = there.length === 2 ? `both ${listed(there)}` : listed(there);
    const message = `${fieldOf(path)} has ${all}: keep one of them.`;
    return [{ path: [...path, there.at(-1) ?? ''], code: 'plan.conflict', message, expected, part: 'key' }];
  }
  if (there.length === 1) return [];
  const none = keys.length === 2 ? `neither ${listed(keys, 'nor')}` : `none of ${listed(keys)}`;
  const message = `${fieldOf(path)} says ${none}: give it one of them.`;
  return [{ path, code: 'plan.missing', message, expected, missing: keys }];
}

/** A key that has a meaning only beside one of some others, of which at least one thing must be there to tell. */
export function companionBreaches(
  fields: Fields,
  path: PlanPath,
  key: string,
  { beside, among }: { readonly beside: readonly string[]; readonly among: readonly string[] },
): RuleBreach[] {
  const isAlone = has(fields, key) && !beside.some((other) => has(fields, other));
  if (!isAlone || !among.some((other) => has(fields, other))) return [];
  const others = listed(beside, 'or');
  const message = `${fieldOf([...path, key])} means something beside ${others} only: remove it.`;
  return [
    {
      path: [...path, key],
      code: 'plan.conflict',
      message,
      expected: `${key} beside ${others}`,
      part: 'key',
    },
  ];
}
