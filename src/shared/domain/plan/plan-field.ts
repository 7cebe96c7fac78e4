import { z } from 'zod';
import { DURATION_PATTERN, parseDuration } from '../duration.ts';

/** What is known of a part of the written language beside its shape; `plan-issues.ts` makes sentences of it. */
export type PartFacts = {
  /** What it must be, as the end of the sentence "… must be …". */
  readonly expected?: string;
  /** Of keys and values: where these keys belong, as the end of the sentence "… belongs …". */
  readonly home?: string;
  /** Of keys that the author names: what such a name is, and what it is made of. */
  readonly names?: { readonly what: string; readonly expected: string };
};

/** The facts of each part. A schema that is made from another one has its facts too. */
export const partFacts = z.registry<PartFacts>();

type FieldFacts = {
  readonly expected: string;
  readonly description: string;
  readonly examples: readonly unknown[];
  readonly default?: unknown;
};

/** Says what a part must be. */
export function expecting<Schema extends z.ZodType>(expected: string, schema: Schema): Schema {
  partFacts.add(schema, { ...partFacts.get(schema), expected });
  return schema;
}

/** A key's value with its facts: those of the sentence, and those that go into the JSON Schema. */
export function field<Schema extends z.ZodType>(
  schema: Schema,
  { expected, examples, ...facts }: FieldFacts,
): Schema {
  return expecting(expected, schema.meta({ ...facts, examples: [...examples] }));
}

/** Keys and values of which the language knows every key. */
export function mapping<Shape extends z.core.$ZodLooseShape>(
  home: string,
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const schema = z.strictObject(shape);
  partFacts.add(schema, { home });
  return schema;
}

/** Keys and values whose keys the author names. */
export function named<Value extends z.ZodType>(
  pattern: RegExp,
  names: { readonly what: string; readonly expected: string },
  value: Value,
): z.ZodRecord<z.ZodString, Value> {
  const schema = z.record(z.string().regex(pattern), value);
  partFacts.add(schema, { names });
  return schema;
}

type RequiredKeys = readonly { readonly required: readonly string[] }[];

/** For the JSON Schema: exactly one of these keys is there. The check has rules of its own, which say more. */
export const exactlyOne = (...keys: readonly string[]): { readonly oneOf: RequiredKeys } => ({
  oneOf: keys.map((key) => ({ required: [key] })),
});

/** For the JSON Schema: at least one of these keys is there. */
export const atLeastOne = (...keys: readonly string[]): { readonly anyOf: RequiredKeys } => ({
  anyOf: keys.map((key) => ({ required: [key] })),
});

export const text = (): z.ZodString => z.string().regex(/\S/);

/** Timers of JavaScript end at 24.8 days. */
const LONGEST_MS = 24 * 86_400_000;

/** A duration as text, from so many milliseconds to 24 days. */
export function duration(least: number): z.ZodString {
  return z
    .string()
    .regex(DURATION_PATTERN, { abort: true })
    .refine((value) => {
      const ms = parseDuration(value) ?? Number.NaN;
      return ms >= least && ms <= LONGEST_MS;
    });
}

/** Any value that JSON has. */
export const inlineValue = z.json().meta({ id: 'value' });

/** A list of tools, as Claude Code takes them for its permissions. */
export const toolRules = (): z.ZodArray<z.ZodString> =>
  z.array(expecting('a tool name or rule such as Read or "Bash(git log:*)"', z.string().regex(/^[^\s-]/)));

/** A list of texts, each a shell command. */
export const shellCommands = (): z.ZodArray<z.ZodString> => z.array(expecting('a shell command', text()));

/** A word that an expression can name: letters, digits and `_`, not a digit first. */
export const IDENTIFIER = /^[A-Za-z_]\w{0,99}$/;

export const IDENTIFIER_WORDS = 'letters, digits and _, not starting with a digit';

/** A text that is one template, as far as that can be seen without reading it. */
export const ITEMS = /^\s*\{\{[\s\S]*\}\}\s*$/;
