import { Document, isMap, isSeq, parse } from 'yaml';
import { fieldsOf, listOf } from '../plan/plan-breach.ts';
import { parsePlan } from '../plan/plan-parse.ts';
import type { Plan } from '../plan/plan-schema.ts';
import { readPlanSource } from '../plan/plan-source.ts';
import { isZenSource } from './zen-source.ts';

const HEADING =
  ' What zen ran with its config, as a plan. See "netra run --help" for what zen said by flags.';

/** True for a text that is a config of zen. */
export const isZenText = (text: string): boolean => {
  const { source } = readPlanSource(text, () => 1);
  return source !== undefined && isZenSource(source, text);
};

const descriptionsIn = (text: string): readonly (string | null)[] =>
  listOf(fieldsOf(parse(text))?.['instances']).map((instance) => {
    const description = fieldsOf(instance)?.['description'];
    return typeof description === 'string' ? description : null;
  });

const yamlOf = (plan: Plan, descriptions: readonly (string | null)[]): string => {
  const document = new Document(plan);
  document.commentBefore = HEADING;
  const instances: unknown = document.get('instances');
  if (isSeq(instances)) {
    for (const [index, instance] of instances.items.entries()) {
      const description = descriptions[index] ?? null;
      if (isMap(instance) && description !== null) {
        instance.commentBefore = ` ${description.replaceAll(/\s+/g, ' ').trim()}`;
      }
    }
  }
  return document.toString({ lineWidth: 0 });
};

/**
 * The plan that a config of zen comes to, as YAML text; descriptions become comments. Null for a text that is no config of
 * zen, and for one with mistakes, which `parsePlan` tells.
 */
export const planTextOfZen = (text: string): string | null => {
  const plain = text.replace(/^\uFEFF/, '');
  if (!isZenText(plain)) return null;
  const reading = parsePlan(plain);
  return reading.ok ? yamlOf(reading.plan, descriptionsIn(plain)) : null;
};
