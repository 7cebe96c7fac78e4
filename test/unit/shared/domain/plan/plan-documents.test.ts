import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parsePlan } from '../../../../../src/shared/domain/plan/plan-parse.ts';
import { formatProblem } from '../../../../../src/shared/domain/plan/plan-problem.ts';
import { LEVELS, levelAt } from '../../../../../src/shared/domain/plan/plan-language.ts';
import { planJsonSchema, planSchema } from '../../../../../src/shared/domain/plan/plan-schema.ts';
import { PERMISSION_MODES } from '../../../../../src/shared/domain/plan/plan-words.ts';
import { accepts } from '../../../../support/json-schema.ts';

const read = (path: string) => readFileSync(new URL(`../../../../../${path}`, import.meta.url), 'utf8');

const page = read('docs/plan.md');
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
const [example = ''] = blocks;
const broken = blocks.find((text) => text.startsWith('name: Broken')) ?? '';
const printed = /```text\n(.*?)```/s.exec(page)?.[1];

/** What an example that shows only some keys is part of. */
const wholePlan = (part: string): string => {
  const named = part.startsWith('name:') || part.startsWith('#') ? part : `name: Demo\n${part}`;
  return named.includes('\ninstances:') ? named : `${named}instances: [{ name: one, prompt: Do it. }]\n`;
};

const problemsIn = (plan: string): readonly string[] => {
  const reading = parsePlan(plan);
  return (reading.ok ? reading.warnings : reading.problems).map((problem) => formatProblem(problem));
};

const domain = new URL('../../../../../src/shared/domain/plan/', import.meta.url);
const sources = readdirSync(domain).filter((name) => name.startsWith('plan-'));
const code = sources.map((name) => readFileSync(new URL(name, domain), 'utf8')).join('\n');

describe('the page about plans', () => {
  it('has an example that is a plan without a warning', () => {
    expect(parsePlan(example)).toMatchObject({ ok: true, warnings: [] });
  });

  it('has only examples that can be run', () => {
    const good = blocks.filter((text) => text !== broken);
    expect(good.length).toBeGreaterThan(12);
    expect(good.flatMap((text) => problemsIn(wholePlan(text)))).toEqual([]);
  });

  it('uses every key of an instance in the example', () => {
    const used = [...example.matchAll(/(?:^\s*(?:- )?|[{,] )(\w+):/gm)].map(([, key]) => key);
    const keys = levelAt(['instances', 0])?.keys ?? [];
    expect(keys).toContain('name');
    expect(keys.filter((key) => !used.includes(key))).toEqual([]);
  });

  it('has a row for every key, and names every permission mode', () => {
    const keys = LEVELS.filter(({ home }) => !home.includes('session')).flatMap((level) => level.keys);
    expect(keys.length).toBeGreaterThan(80);
    expect(keys.filter((key) => !page.includes(`| \`${key}\``))).toEqual([]);
    expect(['new', 'resume', ...PERMISSION_MODES].filter((word) => !page.includes(word))).toEqual([]);
  });

  it('names every code that a problem may have, and no other', () => {
    const table = page.slice(page.indexOf('| Codes'), page.indexOf('A plan that cannot be run fails'));
    const told = [...table.matchAll(/`plan\.(\w+)`/g)].map(([, reason = '']) => reason);
    const used = [...code.matchAll(/'plan\.(\w+)'|(?:fault|report)\(\s*(?:reader,[^']*)?'(\w+)'/g)];
    const reasons = new Set(used.map(([, whole, part]) => whole ?? part ?? ''));
    expect([...reasons].filter((reason) => !told.includes(reason))).toEqual([]);
    expect(told.filter((reason) => !reasons.has(reason))).toEqual([]);
  });

  it('shows errors as they look', () => {
    const reading = parsePlan(broken);
    expect(reading.ok).toBe(false);
    const problems = reading.ok ? [] : reading.problems;
    expect(`${problems.map((problem) => formatProblem(problem, 'broken.yaml')).join('\n')}\n`).toBe(printed);
  });
});

const documented = z.looseObject({ description: z.string(), examples: z.array(z.json()).min(1) });

/** The keys in a JSON Schema that have no description or no example. */
function bareKeys(schema: z.core.util.JSONType, path = ''): readonly string[] {
  const {
    properties = {},
    items,
    anyOf = [],
    additionalProperties,
  } = z
    .looseObject({
      properties: z.record(z.string(), z.json()).optional(),
      items: z.json().optional(),
      anyOf: z.array(z.json()).optional(),
      additionalProperties: z.json().optional(),
    })
    .parse(schema);
  const others = [items, additionalProperties, ...anyOf].filter((each) => typeof each === 'object');
  return [
    ...Object.entries(properties).flatMap(([key, inner]) => [
      ...(documented.safeParse(inner).success ? [] : [`${path}/${key}`]),
      ...bareKeys(inner, `${path}/${key}`),
    ]),
    ...others.flatMap((each) => bareKeys(each, path)),
  ];
}

describe('the JSON Schema of plans', () => {
  const instance = { name: 'a', prompt: 'b' };
  const schema = planJsonSchema();

  it('is in resources as it is generated now (scripts/plan-schema.mjs)', () => {
    expect(JSON.parse(read('resources/plan.schema.json'))).toEqual(planJsonSchema());
  });

  it('has an explanation and an example at every key', () => {
    const { definitions, ...plan } = z
      .looseObject({ definitions: z.record(z.string(), z.json()) })
      .parse(schema);
    expect(Object.keys(definitions)).toContain('fallback');
    const parts = [z.json().parse(plan), ...Object.values(definitions)];
    expect(parts.flatMap((part) => bareKeys(part))).toEqual([]);
  });

  it.each([
    ['the least plan', { name: 'a', instances: [instance] }, true],
    ['a command', { name: 'a', instances: [{ name: 'a', command: '/b' }] }, true],
    [
      'settings as keys and values',
      { name: 'a', instances: [{ ...instance, settings: { a: [1, null] } }] },
      true,
    ],
    ['defaults', { name: 'a', defaults: { model: 'opus', env: { A: '1' } }, instances: [instance] }, true],
    ['no instances', { name: 'a', instances: [] }, false],
    ['no name', { instances: [instance] }, false],
    ['an unknown key', { name: 'a', instances: [instance], foo: 1 }, false],
    ['an unknown key of an instance', { name: 'a', instances: [{ ...instance, foo: 1 }] }, false],
    ['a prompt for all', { name: 'a', defaults: { prompt: 'x' }, instances: [instance] }, false],
    ['a number for a name', { name: 1, instances: [instance] }, false],
    ['a bad name', { name: 'a', instances: [{ ...instance, name: 'a/b' }] }, false],
    ['too many at once', { name: 'a', concurrency: 1001, instances: [instance] }, false],
    ['half an instance at once', { name: 'a', concurrency: 1.5, instances: [instance] }, false],
    ['a bad duration', { name: 'a', startupDelay: '1 s', instances: [instance] }, false],
    ['no money', { name: 'a', instances: [{ ...instance, maxBudgetUsd: 0 }] }, false],
    ['a mode of nowhere', { name: 'a', instances: [{ ...instance, permissionMode: 'yolo' }] }, false],
    ['a variable that is a number', { name: 'a', instances: [{ ...instance, env: { A: 1 } }] }, false],
    ['a session id that is none', { name: 'a', instances: [{ ...instance, session: { new: 'x' } }] }, false],
  ])('takes and refuses the same as the check: %s', (_, plan, good) => {
    expect([planSchema.safeParse(plan).success, accepts(schema, plan)]).toEqual([good, good]);
  });

  it('asks for exactly one of prompt and command, and of new and resume', () => {
    const withSession = (session: object) => ({ name: 'a', instances: [{ ...instance, session }] });
    const id = '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11';
    const plans = [
      { name: 'a', instances: [{ name: 'a' }] },
      { name: 'a', instances: [{ ...instance, command: '/b' }] },
      withSession({}),
      withSession({ new: id, resume: id }),
    ];
    expect(plans.map((plan) => [planSchema.safeParse(plan).success, accepts(schema, plan)])).toEqual(
      plans.map(() => [false, false]),
    );
    expect(accepts(schema, withSession({ new: id }))).toBe(true);
  });
});
