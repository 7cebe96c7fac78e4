import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../../../src/shared/domain/plan/plan-parse.ts';
import { itTellsEach, PLAN_NOW, planWithTop, problemsOf } from '../../../../support/plan-problems.ts';

describe('a mistake in inputs', () => {
  itTellsEach([
    [
      'a bare value',
      planWithTop('inputs: { ticket: "1" }'),
      'plan.wrong_type',
      '"1" }',
      'keys and values such as { type: string, default: "1" }',
    ],
    [
      'a name with a dash',
      planWithTop('inputs: { my-ticket: {} }'),
      'plan.wrong_value',
      'my-ticket: {}',
      'is not a name for an input',
    ],
    [
      'a misspelt type',
      planWithTop('inputs: { x: { type: nubmer } }'),
      'plan.wrong_value',
      'nubmer } }',
      'did you mean number?',
    ],
    [
      'a default of another type',
      planWithTop('inputs: { x: { type: list, default: y } }'),
      'plan.wrong_type',
      'y } }',
      'must be a list',
    ],
    [
      'a default that is no choice',
      planWithTop('inputs: { x: { default: z, choices: [a, b] } }'),
      'plan.wrong_value',
      'z, choices: [a',
      'one of a, b',
    ],
    [
      'choices of another type',
      planWithTop('inputs: { x: { type: number, choices: [1, b] } }'),
      'plan.wrong_type',
      'b] } }',
      'must be a number',
    ],
    [
      'choices of a list',
      planWithTop('inputs: { x: { type: list, choices: [a] } }'),
      'plan.conflict',
      'choices: [a] }',
      'is for texts and numbers',
    ],
  ]);
});

describe('a mistake in the schedule', () => {
  itTellsEach([
    [
      'nothing',
      planWithTop('schedule: { missed: skip }'),
      'plan.missing',
      '{ missed: skip',
      'none of startAt, every and cron',
    ],
    [
      'two of them',
      planWithTop('schedule: { every: 1h, cron: "0 2 * * *" }'),
      'plan.conflict',
      'cron: "0 2 * *',
      'both every and cron',
    ],
    [
      'a time that is none',
      planWithTop('schedule: { startAt: noon }'),
      'plan.start_at',
      'noon }',
      'but is "noon"',
    ],
    [
      'a number for a time',
      planWithTop('schedule: { startAt: 30 }'),
      'plan.wrong_type',
      '30 }',
      'did you mean 30m?',
    ],
    [
      'a moment in the past',
      planWithTop('schedule: { startAt: 2026-11-23T09:59:59Z }'),
      'plan.start_in_past',
      '2026-11-23T09:',
      'it was 2026-11-23T09:59:59.000Z',
    ],
    [
      'an unknown time zone',
      planWithTop('schedule: { startAt: 2am, timeZone: Europe/Berlni }'),
      'plan.time_zone',
      'Europe/Berlni',
      'did you mean Europe/Berlin?',
    ],
    [
      'cron that is none',
      planWithTop('schedule: { cron: "0 25 * * *" }'),
      'plan.cron',
      '"0 25 * * *" }',
      'cannot be read',
    ],
    [
      'cron that never comes',
      planWithTop('schedule: { cron: "0 0 30 2 *" }'),
      'plan.cron',
      '"0 0 30 2 *" }',
      'fits no time that ever comes',
    ],
    [
      'a pause of nothing',
      planWithTop('schedule: { every: 0s }'),
      'plan.wrong_value',
      '0s }',
      'from 1s to 24d',
    ],
  ]);

  it('is none for a moment that is still to come, seen from the time that is given', () => {
    expect(problemsOf(planWithTop('schedule: { startAt: 2026-11-23T10:00:01Z }'))).toEqual([]);
    const later = parsePlan(planWithTop('schedule: { startAt: 2026-11-23T10:00:01Z }'), {
      now: PLAN_NOW + 2000,
    });
    expect(later.ok).toBe(false);
  });
});
