import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parsePlan } from '../../../../../src/shared/domain/plan/plan-parse.ts';
import { resolvePlan } from '../../../../../src/shared/domain/plan/plan-resolve.ts';
import { planArbitrary } from '../../../../support/plan-arbitrary.ts';

const SPEC_KEYS = new Set(
  (
    'name prompt command workspace workspaceSpec model fallbackModel permissionMode permissions allowedTools ' +
    'disallowedTools appendSystemPrompt addDirs mcpConfig settings maxTurns maxBudgetMicroUsd budget timeoutMs ' +
    'idleTimeoutMs env session mode outputFormat resultSchema dependsOn when fanOut retry alternatives check loop ' +
    'standby before'
  ).split(' '),
);

const UNIT_KEYS = new Set(
  (
    'timeoutMs idleTimeoutMs backoffMs maxBackoffMs afterWaitMs everyMs startupDelayMs costMicroUsd ' +
    'maxBudgetMicroUsd'
  ).split(' '),
);

/** The keys of times and money that are no whole numbers, of which there must be none. */
const fractionsIn = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) =>
        UNIT_KEYS.has(key) && !Number.isInteger(inner) ? [key] : fractionsIn(inner),
      );

const CHARACTERS = [
  '',
  ' ',
  '\n',
  '\t',
  ':',
  '- ',
  '*a',
  '&a ',
  '[',
  '}',
  '"',
  "'",
  '!',
  '<<: ',
  '#',
  '\0',
  'é',
  '---\n',
  '1',
  '%',
];

type Mutation = readonly [at: number, length: number, put: string];

const mutations = fc.array(fc.tuple(fc.nat(), fc.nat(8), fc.constantFrom(...CHARACTERS)), {
  minLength: 1,
  maxLength: 5,
});

function mutate(text: string, changes: readonly Mutation[]): string {
  return changes.reduce((result, [where, length, put]) => {
    const at = where % (result.length + 1);
    return result.slice(0, at) + put + result.slice(at + length);
  }, text);
}

describe('any plan', () => {
  it('is the same after it was written as YAML or JSON and read again', () => {
    fc.assert(
      fc.property(planArbitrary, fc.boolean(), (plan, json) => {
        const text = json ? JSON.stringify(plan, null, 2) : stringify(plan);
        const reading = parsePlan(text);
        expect(reading).toMatchObject({ ok: true });
        expect(reading.ok && reading.plan).toEqual(plan);
      }),
    );
  });

  it('resolves to specs that have every default, whole units, and no other key than the engine knows', () => {
    fc.assert(
      fc.property(planArbitrary, (plan) => {
        const resolved = resolvePlan(plan, { baseDir: '/plans', inputs: null, now: 0 });
        expect(resolved.instances.map(({ name }) => name)).toEqual(plan.instances.map(({ name }) => name));
        for (const spec of resolved.instances) {
          const written = plan.instances.find(({ name }) => name === spec.name);
          const fallback = written?.fallback ?? plan.defaults?.fallback ?? [];
          expect(spec.alternatives?.length ?? 0).toBe(spec.standby === true ? 0 : fallback.length);
          for (const each of [spec, ...(spec.alternatives ?? [])]) {
            expect(each.name).toBe(spec.name);
            expect(each.dependsOn).toEqual(spec.dependsOn);
            expect(each.fanOut).toEqual(spec.fanOut);
            expect((each.prompt === undefined) !== (each.command === undefined)).toBe(true);
            expect(Object.keys(each).filter((key) => !SPEC_KEYS.has(key))).toEqual([]);
          }
        }
        expect(fractionsIn(resolved)).toEqual([]);
      }),
    );
  });

  it('however damaged, is read or refused with places inside the text', () => {
    fc.assert(
      fc.property(planArbitrary, mutations, (plan, changes) => {
        const text = mutate(stringify(plan), changes);
        const lines = text.replace(/^\uFEFF/, '').split('\n');
        const reading = parsePlan(text);
        const problems = reading.ok ? reading.warnings : reading.problems;
        expect(reading.ok || problems.length > 0).toBe(true);
        for (const { line, column, message } of problems) {
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? -1) + 1);
          expect(message).toMatch(/[.?]$/);
        }
      }),
      { numRuns: 200 },
    );
  });
});
