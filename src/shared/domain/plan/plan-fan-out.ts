import { isItemName } from '../expression/expression-names.ts';
import { choiceBreaches, fieldsOf, has, listOf, type Fields, type RuleBreach } from './plan-breach.ts';
import { MATRIX_MAX, PLAN_DEFAULTS } from './plan-defaults.ts';
import { IDENTIFIER } from './plan-field.ts';
import { fieldOf, type PlanPath } from './plan-problem.ts';

export const isFanOut = (instance: Fields): boolean => has(instance, 'forEach') || has(instance, 'matrix');

/** The items of a fan-out that are written in the plan. */
function writtenItems(forEach: unknown): readonly unknown[] | undefined {
  const items = Array.isArray(forEach) ? forEach : fieldsOf(forEach)?.['in'];
  return Array.isArray(items) ? items : undefined;
}

/** How many instances a fan-out comes to; undefined when that is known only as it starts. */
export function countOf(instance: Fields): number | undefined {
  if (!has(instance, 'matrix')) return writtenItems(instance['forEach'])?.length;
  const axes = Object.values(fieldsOf(instance['matrix']) ?? {}).map(listOf);
  return axes.reduce((product, axis) => product * axis.length, 1);
}

function countBreaches(instance: Fields, path: PlanPath): RuleBreach[] {
  const count = countOf(instance) ?? 0;
  const isMatrix = has(instance, 'matrix');
  const max = isMatrix ? MATRIX_MAX : (fieldsOf(instance['forEach'])?.['max'] ?? PLAN_DEFAULTS.max);
  if (typeof max !== 'number' || count <= max) return [];
  const place = [...path, isMatrix ? 'matrix' : 'forEach'];
  const advice = isMatrix ? 'make it smaller.' : `write max: ${String(count)}, or fewer items.`;
  const message = `${fieldOf(place)} comes to ${String(count)} instances, but at most ${String(max)} are allowed: ${advice}`;
  return [{ path: place, code: 'plan.too_many_items', message, expected: `at most ${String(max)} items` }];
}

/** The paths of all texts in a value that have a template. */
function templatesIn(value: unknown, path: PlanPath): readonly PlanPath[] {
  if (typeof value === 'string') return value.includes('{{') ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => templatesIn(item, [...path, index]));
  return Object.entries(fieldsOf(value) ?? {}).flatMap(([key, item]) => templatesIn(item, [...path, key]));
}

function unfilledBreaches(instance: Fields, path: PlanPath): RuleBreach[] {
  const forEach = fieldsOf(instance['forEach']);
  const items = forEach ? [...path, 'forEach', 'in'] : [...path, 'forEach'];
  const places = [
    ...templatesIn(writtenItems(instance['forEach']), items),
    ...templatesIn(forEach?.['glob'], [...path, 'forEach', 'glob']),
    ...templatesIn(instance['matrix'], [...path, 'matrix']),
  ];
  return places.map((place) => ({
    path: place,
    code: 'plan.template',
    message: `${fieldOf(place)} is not filled in: write the whole list as one template, such as '{{ ["a", inputs.b] }}', or put the template into the prompt.`,
    expected: 'text without a template',
  }));
}

function nameBreaches(instance: Fields, path: PlanPath): RuleBreach[] {
  const name = fieldsOf(instance['forEach'])?.['as'];
  if (typeof name !== 'string' || (isItemName(name) && name !== 'matrix')) return [];
  if (!IDENTIFIER.test(name)) return []; // said by the schema
  const place = [...path, 'forEach', 'as'];
  const message = `${fieldOf(place)} cannot be ${name}, which means something already: choose another name.`;
  return [{ path: place, code: 'plan.wrong_value', message, expected: 'a name that is free' }];
}

/** What the fan-out of an instance breaks, if it has one. */
export function fanOutBreaches(instance: Fields, path: PlanPath): RuleBreach[] {
  if (!isFanOut(instance)) return [];
  const forEach = fieldsOf(instance['forEach']);
  return [
    ...(forEach ? choiceBreaches(forEach, [...path, 'forEach'], ['in', 'glob']) : []),
    ...countBreaches(instance, path),
    ...unfilledBreaches(instance, path),
    ...nameBreaches(instance, path),
  ];
}
