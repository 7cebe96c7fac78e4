import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parsePlan } from '../../../../src/shared/domain/plan-parse.ts';
import { planArbitrary } from '../../../support/plan-arbitrary.ts';

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
      { numRuns: 300 },
    );
  });
});
