import { z } from 'zod';
import { partFacts, type PartFacts } from './plan-field.ts';
import type { PlanPath } from './plan-problem.ts';
import { planSchema } from './plan-schema.ts';

type Schema = z.core.$ZodType;

/** Keys and values of which the language knows every key. */
export type Level = {
  readonly keys: readonly string[];
  /** Where these keys belong, as the end of the sentence "… belongs …". */
  readonly home: string;
};

function isMapping(schema: Schema): schema is z.ZodObject<Record<string, Schema>> {
  return schema instanceof z.ZodObject;
}

/** A schema and all that may stand in its place, without the marks of what may be left out. */
function formsOf(schema: Schema): readonly Schema[] {
  if (schema instanceof z.ZodExactOptional) return formsOf(schema.unwrap());
  return schema instanceof z.ZodUnion ? [schema, ...schema.options.flatMap(formsOf)] : [schema];
}

function stepInto(schema: Schema, step: string | number): Schema | undefined {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return isMapping(schema) && Object.hasOwn(schema.shape, step) ? schema.shape[step] : undefined;
}

function schemaAt(path: PlanPath): Schema | undefined {
  let schema: Schema | undefined = planSchema;
  for (const step of path) {
    if (schema === undefined) return undefined;
    schema = formsOf(schema)
      .map((form) => stepInto(form, step))
      .find((inner) => inner !== undefined);
  }
  return schema;
}

function factsAt(path: PlanPath): readonly PartFacts[] {
  const schema = schemaAt(path);
  return schema === undefined ? [] : formsOf(schema).flatMap((form) => partFacts.get(form) ?? []);
}

function levelOf(schema: Schema): Level | undefined {
  const home = partFacts.get(schema)?.home;
  return isMapping(schema) && home !== undefined ? { keys: Object.keys(schema.shape), home } : undefined;
}

function childrenOf(schema: Schema): readonly Schema[] {
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  return isMapping(schema) ? Object.values(schema.shape) : [];
}

/** All levels below a schema, from the top down. */
function levelsBelow(top: Schema): readonly Level[] {
  const levels: Level[] = [];
  const seen = new Set<Schema>();
  for (let row: readonly Schema[] = [top]; row.length > 0;) {
    const forms = row.flatMap(formsOf).filter((form) => !seen.has(form) && !(form instanceof z.ZodLazy));
    for (const form of forms) seen.add(form);
    levels.push(...forms.flatMap((form) => levelOf(form) ?? []));
    row = forms.flatMap(childrenOf);
  }
  return levels;
}

/** What must stand at a path, as the end of the sentence "… must be …"; `undefined` where nothing is known. */
export function expectedAt(path: PlanPath): string | undefined {
  return factsAt(path).find(({ expected }) => expected !== undefined)?.expected;
}

/** The keys that the mapping at a path takes; `undefined` where there is none, or the author names them. */
export function levelAt(path: PlanPath): Level | undefined {
  const schema = schemaAt(path);
  return schema === undefined ? undefined : formsOf(schema).flatMap((form) => levelOf(form) ?? [])[0];
}

/** What the names at a path are that an author gives, and what they are made of. */
export function namesAt(path: PlanPath): PartFacts['names'] {
  return factsAt(path).find(({ names }) => names !== undefined)?.names;
}

const COMMON_PATHS: readonly PlanPath[] = [[], ['defaults'], ['instances', 0], ['instances', 0, 'session']];

/** Levels whose keys stand in most plans: a key that is not known anywhere may be one of them, misspelt. */
export const COMMON_LEVELS: readonly Level[] = COMMON_PATHS.flatMap((path) => levelAt(path) ?? []);

/** Every sort of keys and values in a plan, the common ones first; each home once. */
export const LEVELS: readonly Level[] = [...COMMON_LEVELS, ...levelsBelow(planSchema)].filter(
  ({ home }, at, all) => all.findIndex((level) => level.home === home) === at,
);
