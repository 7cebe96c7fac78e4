import { fieldsOf, has, type RuleBreach } from './plan-breach.ts';
import { PLAN_DEFAULTS } from './plan-defaults.ts';
import { fieldOf, shown, type PlanPath } from './plan-problem.ts';
import type { InputType } from './plan-schema-schedule.ts';

/** What a value of each type is, in words and as a test. */
export const TYPES: Readonly<
  Record<InputType, { readonly words: string; readonly is: (value: unknown) => boolean }>
> = {
  string: { words: 'text', is: (value) => typeof value === 'string' },
  number: { words: 'a number', is: (value) => typeof value === 'number' && Number.isFinite(value) },
  boolean: { words: 'true or false', is: (value) => typeof value === 'boolean' },
  list: { words: 'a list, such as ["a", "b"]', is: Array.isArray },
  object: { words: 'keys and values, such as {"a": 1}', is: (value) => fieldsOf(value) !== undefined },
};

const isInputType = (type: unknown): type is InputType =>
  typeof type === 'string' && Object.hasOwn(TYPES, type);

function defaultBreaches(input: unknown, path: PlanPath): RuleBreach[] {
  const fields = fieldsOf(input) ?? {};
  const { type = PLAN_DEFAULTS.inputType, default: value, choices } = fields;
  if (!has(fields, 'default') || !isInputType(type)) return [];
  const place = [...path, 'default'];
  const { words, is } = TYPES[type];
  if (!is(value)) {
    const message = `${fieldOf(place)} must be ${words}, as the input is of type ${type}.`;
    return [{ path: place, code: 'plan.wrong_type', message, expected: words }];
  }
  if (!Array.isArray(choices) || choices.includes(value)) return [];
  const expected = `one of ${choices.map(String).join(', ')}`;
  const message = `${fieldOf(place)} must be ${shown(expected)}, which are its choices.`;
  return [{ path: place, code: 'plan.wrong_value', message, expected }];
}

function choiceTypeBreaches(input: unknown, path: PlanPath): RuleBreach[] {
  const { type = PLAN_DEFAULTS.inputType, choices } = fieldsOf(input) ?? {};
  if (!isInputType(type) || !Array.isArray(choices)) return [];
  if (type !== 'string' && type !== 'number') {
    const message = `${fieldOf([...path, 'choices'])} is for texts and numbers, but the input is of type ${type}: remove it.`;
    const expected = 'no choices';
    return [{ path: [...path, 'choices'], code: 'plan.conflict', message, expected, part: 'key' }];
  }
  return choices.flatMap((choice: unknown, index): RuleBreach[] => {
    if (TYPES[type].is(choice)) return [];
    const place = [...path, 'choices', index];
    const { words } = TYPES[type];
    const message = `${fieldOf(place)} must be ${words}, as the input is of type ${type}.`;
    return [{ path: place, code: 'plan.wrong_type', message, expected: words }];
  });
}

/** What the inputs of anything that may be a plan break. */
export function inputBreaches(plan: unknown): readonly RuleBreach[] {
  return Object.entries(fieldsOf(fieldsOf(plan)?.['inputs']) ?? {}).flatMap(([name, input]) => [
    ...defaultBreaches(input, ['inputs', name]),
    ...choiceTypeBreaches(input, ['inputs', name]),
  ]);
}
