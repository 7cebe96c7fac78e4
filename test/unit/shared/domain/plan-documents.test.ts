import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parsePlan } from '../../../../src/shared/domain/plan-parse.ts';
import { formatProblem } from '../../../../src/shared/domain/plan-problem.ts';
import { LEVELS, levelAt } from '../../../../src/shared/domain/plan-language.ts';
import { planJsonSchema, planSchema } from '../../../../src/shared/domain/plan-schema.ts';
import { PERMISSION_MODES } from '../../../../src/shared/domain/plan-schema-instance.ts';
import { accepts } from '../../../support/json-schema.ts';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

const page = read('docs/plan.md');
const [example = '', broken = ''] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text);
const printed = /```text\n(.*?)```/s.exec(page)?.[1];

describe('the page about plans', () => {
  it('has an example that is a plan without a warning', () => {
    expect(parsePlan(example)).toMatchObject({ ok: true, warnings: [] });
  });

  it('uses every key of an instance in the example but the one prompt or command excludes', () => {
    const used = [...example.matchAll(/^\s*(?:- )?(\w+):/gm)].map(([, key]) => key);
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
  const { properties = {}, items } = z
    .looseObject({ properties: z.record(z.string(), z.json()).optional(), items: z.json().optional() })
    .parse(schema);
  return [
    ...Object.entries(properties).flatMap(([key, inner]) => [
      ...(documented.safeParse(inner).success ? [] : [`${path}/${key}`]),
      ...bareKeys(inner, `${path}/${key}`),
    ]),
    ...(items === undefined ? [] : bareKeys(items, path)),
  ];
}

describe('the JSON Schema of plans', () => {
  const instance = { name: 'a', prompt: 'b' };
  const schema = planJsonSchema();

  it('is in resources as it is generated now (scripts/plan-schema.mjs)', () => {
    expect(JSON.parse(read('resources/plan.schema.json'))).toEqual(planJsonSchema());
  });

  it('has an explanation and an example at every key', () => {
    const bare = bareKeys(z.json().parse(schema));
    expect(bare).toEqual([]);
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
