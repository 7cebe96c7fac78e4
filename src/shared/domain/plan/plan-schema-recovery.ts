import { z } from 'zod';
import { FAILURE_CLASSES } from '../failure-class.ts';
import { PLAN_DEFAULTS } from './plan-defaults.ts';
import { duration, exactlyOne, expecting, field, inlineValue, mapping, text } from './plan-field.ts';

/** What counts as a good end, and what is done when there is none. */

const { retry } = PLAN_DEFAULTS;

const attempts = () => z.int().min(1).max(100);

const retryKeys = {
  attempts: field(attempts(), {
    expected: 'a whole number from 1 to 100',
    description: 'How many tries there are in all, the first among them.',
    examples: [3],
    default: retry.attempts,
  }).exactOptional(),
  backoff: field(duration(0), {
    expected: 'a duration such as 500ms, 10s or 2m, at most 24d',
    description: 'How long to wait before the second try.',
    examples: ['10s'],
    default: retry.backoff,
  }).exactOptional(),
  factor: field(z.number().min(1).max(100), {
    expected: 'a number from 1 to 100',
    description: 'How many times longer each wait is than the one before it.',
    examples: [2],
    default: retry.factor,
  }).exactOptional(),
  maxBackoff: field(duration(0), {
    expected: 'a duration such as 1m, 5m or 1h, at most 24d',
    description: 'No wait is longer than this.',
    examples: ['5m'],
    default: retry.maxBackoff,
  }).exactOptional(),
  jitter: field(z.number().min(0).max(1), {
    expected: 'a number from 0 to 1',
    description: 'The share of a wait that chance may take away, so that many do not come back at once.',
    examples: [0.2],
    default: retry.jitter,
  }).exactOptional(),
  on: field(z.array(expecting(`one of ${FAILURE_CLASSES.join(', ')}`, z.enum(FAILURE_CLASSES))).min(1), {
    expected: `a list of ${FAILURE_CLASSES.join(', ')}`,
    description: 'The sorts of failure after which it is tried again. any stands for all of them.',
    examples: [['overloaded', 'timeout']],
    default: retry.on,
  }).exactOptional(),
};

const checkKeys = {
  command: field(text(), {
    expected: 'a shell command such as "npm test"',
    description: 'A shell command, run in the workspace: the result counts when it exits with 0.',
    examples: ['npm test'],
  }).exactOptional(),
  timeout: field(duration(1), {
    expected: 'a duration such as 90s, 10m or 1h, at most 24d',
    description: 'Ends the command, as failed, when it has run so long.',
    examples: ['10m'],
    default: PLAN_DEFAULTS.checkTimeout,
  }).exactOptional(),
  when: field(text(), {
    expected: "a condition such as 'instance.json.ok == true'",
    description: 'A condition in CEL: the result counts when it is true.',
    examples: ['instance.json.ok == true'],
  }).exactOptional(),
};

const rounds = () => z.int().min(1).max(100);

const loopKeys = {
  rounds: field(rounds(), {
    expected: 'a whole number from 1 to 100',
    description: 'How many rounds there are at most, the first among them.',
    examples: [5],
    default: PLAN_DEFAULTS.rounds,
  }).exactOptional(),
  prompt: field(text(), {
    expected: 'text',
    description: 'What Claude is told when the check did not pass.',
    examples: ['The check said:\n{{ check.output }}\nGo on.'],
    default: PLAN_DEFAULTS.loopPrompt,
  }).exactOptional(),
};

const resultKeys = {
  schema: field(z.record(z.string(), inlineValue), {
    expected: 'a JSON Schema as keys and values',
    description: 'The JSON Schema that the result must follow.',
    examples: [{ type: 'object', properties: { files: { type: 'array', items: { type: 'string' } } } }],
  }),
};

/** Keys of an instance and of `defaults`. */
export const recoveryShape = {
  retry: field(z.union([attempts(), mapping('in retry of an instance', retryKeys)]), {
    expected: 'a whole number from 1 to 100, or keys and values such as { attempts: 3, backoff: 10s }',
    description: 'How often an instance that failed is tried again, and when. Left out: never.',
    examples: [3, { attempts: 5, on: ['any'] }],
  }).exactOptional(),
  check: field(
    z.union([text(), mapping('in check of an instance', checkKeys).meta(exactlyOne('command', 'when'))]),
    {
      expected: 'a shell command, or keys and values with command or when',
      description: 'Decides whether a result counts: a shell command, or a condition.',
      examples: ['npm test', { command: 'npm test', timeout: '10m' }, { when: 'instance.json.ok == true' }],
    },
  ).exactOptional(),
  loop: field(z.union([rounds(), mapping('in loop of an instance', loopKeys)]), {
    expected: 'a whole number from 1 to 100, or keys and values such as { rounds: 5 }',
    description: 'Goes on with the same session, told what the check said, until the check passes.',
    examples: [5, { rounds: 5, prompt: 'The check said:\n{{ check.output }}\nGo on.' }],
  }).exactOptional(),
  result: field(mapping('in result of an instance', resultKeys), {
    expected: 'keys and values with schema, such as { schema: { type: object } }',
    description: 'Has Claude give a structured result; it is {{ instances.NAME.json }} for the others.',
    examples: [{ schema: { type: 'object', properties: { ok: { type: 'boolean' } } } }],
  }).exactOptional(),
};
