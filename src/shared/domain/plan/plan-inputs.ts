import { didYouMean } from '../did-you-mean.ts';
import { listed } from './plan-breach.ts';
import { PLAN_DEFAULTS } from './plan-defaults.ts';
import { shown } from './plan-problem.ts';
import { TYPES } from './plan-rules-inputs.ts';
import type { Plan } from './plan-schema.ts';
import type { InputType } from './plan-schema-schedule.ts';
import type { JsonValue } from './plan-spec.ts';

type Declared = NonNullable<Plan['inputs']>[string];

/** Values for the inputs of a plan, by name. Texts are read as the type that the plan says. */
export type GivenInputs = Readonly<Record<string, JsonValue>>;

/** Something about the values that were given; `name` is that of the input. */
export type InputProblem = {
  readonly code: 'plan.input_missing' | 'plan.input_type' | 'plan.input_unknown' | 'plan.input_choice';
  readonly message: string;
  readonly name: string;
  readonly expected: string;
};

export type InputReading = {
  readonly values: GivenInputs;
  readonly problems: readonly InputProblem[];
};

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A text from a command line as a value of a type; the value itself where it is none, or cannot be one. */
function converted(value: JsonValue, type: InputType): JsonValue {
  if (type === 'string' || typeof value !== 'string') return value;
  const parsed = parsedJson(value.trim());
  // What JSON gives is a value of JSON; one of another type stays the text that it was, and is told as that.
  return TYPES[type].is(parsed) ? (parsed as JsonValue) : value;
}

function problemOf(name: string, { type = PLAN_DEFAULTS.inputType, choices }: Declared, value: JsonValue) {
  const { words, is } = TYPES[type];
  const written = shown(typeof value === 'string' ? `"${value}"` : JSON.stringify(value));
  if (!is(value)) {
    const message = `The input ${name} must be ${words}, but is ${written}.`;
    return { code: 'plan.input_type', message, name, expected: words } as const;
  }
  if (choices === undefined || choices.some((choice) => choice === value)) return undefined;
  const meant = typeof value === 'string' ? didYouMean(value, choices.map(String)) : undefined;
  const end = meant === undefined ? '.' : `: did you mean ${shown(meant)}?`;
  const all = shown(listed(choices.map(String), 'or'));
  const message = `The input ${name} must be ${all}, but is ${written}${end}`;
  return { code: 'plan.input_choice', message, name, expected: all } as const;
}

function missingInput(name: string, { type = PLAN_DEFAULTS.inputType, description }: Declared): InputProblem {
  const what = description === undefined ? '' : ` (${shown(description).replace(/\.$/, '')})`;
  const message = `The input ${name}${what} is missing: give it with --input ${name}=…; it must be ${TYPES[type].words}.`;
  return { code: 'plan.input_missing', message, name, expected: TYPES[type].words };
}

function unknownInput(name: string, declared: readonly string[]): InputProblem {
  const meant = didYouMean(name, declared);
  const known =
    declared.length === 0 ? 'the plan has no inputs.' : `use one of ${shown(declared.join(', '))}.`;
  const advice = meant === undefined ? known : `did you mean ${meant}?`;
  const message = `The plan has no input ${shown(name)}: ${advice}`;
  return { code: 'plan.input_unknown', message, name, expected: 'an input of the plan' };
}

/**
 * The values of a plan's inputs: those that were given, else the defaults. Texts (from a command line) become what the
 * input's type says: `42`, `true`, and JSON for lists and objects. What is wrong is in `problems`, and has no value.
 */
export function readInputs(plan: Plan, given: GivenInputs): InputReading {
  const declared = Object.entries(plan.inputs ?? {});
  const names = declared.map(([name]) => name);
  const problems: InputProblem[] = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => unknownInput(name, names));
  const values: [string, JsonValue][] = [];
  for (const [name, input] of declared) {
    const said = Object.hasOwn(given, name) ? given[name] : undefined;
    const value = said === undefined ? input.default : converted(said, input.type ?? PLAN_DEFAULTS.inputType);
    const problem = value === undefined ? missingInput(name, input) : problemOf(name, input, value);
    if (problem !== undefined) problems.push(problem);
    else if (value !== undefined) values.push([name, value]);
  }
  return { values: Object.fromEntries(values), problems };
}
