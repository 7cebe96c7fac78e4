import { z } from 'zod';
import { PLAN_DEFAULTS } from './plan-defaults.ts';
import {
  duration,
  exactlyOne,
  expecting,
  field,
  IDENTIFIER,
  IDENTIFIER_WORDS,
  inlineValue,
  mapping,
  named,
  text,
} from './plan-field.ts';

/** When a plan runs, and what it is given then. */

export const INPUT_TYPES = ['string', 'number', 'boolean', 'list', 'object'] as const;
export type InputType = (typeof INPUT_TYPES)[number];

const MISSED = ['run', 'skip'] as const;

const scheduleKeys = {
  startAt: field(text(), {
    expected: 'a time such as 2am, 14:30, 30m (from now) or 2027-01-31T02:00:00Z',
    description:
      'Once: the next time that it is so late (2am, 14:30), so long from now (30m, 1h30m), or at a moment (ISO 8601).',
    examples: ['2am', '14:30', '1h30m', '2027-01-31T02:00:00Z'],
  }).exactOptional(),
  every: field(duration(1000), {
    expected: 'a duration such as 30m, 1h or 1d, from 1s to 24d',
    description: 'Again and again, so long from one start to the next.',
    examples: ['1h', '1d'],
  }).exactOptional(),
  cron: field(text(), {
    expected: 'a cron expression such as "0 2 * * *"',
    description: 'Again and again, as cron has it: minute, hour, day of the month, month, day of the week.',
    examples: ['0 2 * * *', '*/30 8-18 * * 1-5'],
  }).exactOptional(),
  timeZone: field(text(), {
    expected: 'a time zone such as Europe/Berlin or UTC',
    description: "The time zone of startAt and cron, by its IANA name. Left out: the machine's own.",
    examples: ['Europe/Berlin', 'UTC'],
  }).exactOptional(),
  missed: field(z.enum(MISSED), {
    expected: `one of ${MISSED.join(', ')}`,
    description:
      'What becomes of a start whose time went by while nothing ran (the machine slept). run: one start for all that were missed. skip: none.',
    examples: ['skip'],
    default: PLAN_DEFAULTS.missed,
  }).exactOptional(),
};

export const scheduleField = field(mapping('in the schedule', scheduleKeys), {
  expected: 'keys and values with startAt, every or cron, such as { startAt: 2am }',
  description: 'When to run. Left out: at once.',
  examples: [{ startAt: '2am' }, { cron: '0 2 * * *', timeZone: 'Europe/Berlin' }],
})
  .meta(exactlyOne('startAt', 'every', 'cron'))
  .exactOptional();

/** A value of any of the types. */
const anyValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(inlineValue),
  z.record(z.string(), inlineValue),
]);

const inputKeys = {
  type: field(z.enum(INPUT_TYPES), {
    expected: `one of ${INPUT_TYPES.join(', ')}`,
    description: 'What sort of value it is.',
    examples: ['number'],
    default: PLAN_DEFAULTS.inputType,
  }).exactOptional(),
  description: field(text(), {
    expected: 'text',
    description: 'What it is for, for whoever has to give it.',
    examples: ['The number of the ticket.'],
  }).exactOptional(),
  default: field(anyValue, {
    expected: 'a value of its type',
    description: 'The value when none is given. Left out: one must be given.',
    examples: ['1', 20, ['a', 'b']],
  }).exactOptional(),
  choices: field(z.array(expecting('a text or a number', z.union([z.string(), z.number()]))).min(1), {
    expected: 'a list of texts or numbers, at least one',
    description: 'The values that it may have.',
    examples: [['test', 'prod']],
  }).exactOptional(),
};

export const inputsField = field(
  named(
    IDENTIFIER,
    { what: 'a name for an input', expected: IDENTIFIER_WORDS },
    expecting(
      'keys and values such as { type: string, default: "1" }',
      mapping('in an input of the plan', inputKeys),
    ),
  ),
  {
    expected: 'names of inputs with what they are, such as { ticket: { type: string } }',
    description:
      'Values that are given when the plan is run (netra run plan.yaml --input ticket=42) and stand in texts as {{ inputs.ticket }}.',
    examples: [{ ticket: { type: 'string', description: 'The number of the ticket.' } }],
  },
).exactOptional();
