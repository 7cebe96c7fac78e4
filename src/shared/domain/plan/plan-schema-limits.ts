import { z } from 'zod';
import { ON_EXCEED } from '../budget.ts';
import { PLAN_DEFAULTS } from './plan-defaults.ts';
import { atLeastOne, duration, expecting, field, mapping, named } from './plan-field.ts';

/** Limits of work: in time, turns, money and tokens. */

const budgetKeys = {
  usd: field(z.number().min(0.000_001).max(1_000_000), {
    expected: 'an amount of dollars above 0, such as 2.50',
    description: 'So many US dollars. Exact to a millionth.',
    examples: [0.5, 10],
  }).exactOptional(),
  tokens: field(z.int().min(1).max(Number.MAX_SAFE_INTEGER), {
    expected: 'a whole number of tokens, from 1',
    description: 'So many tokens: input, output, cache write and cache read together.',
    examples: [2_000_000],
  }).exactOptional(),
  onExceed: field(z.enum(ON_EXCEED), {
    expected: `one of ${ON_EXCEED.join(', ')}`,
    description:
      'What becomes of the work when the budget is used up. warn: a warning, and it goes on. pause: it waits for more budget. stop: it ends.',
    examples: ['pause'],
    default: PLAN_DEFAULTS.onExceed,
  }).exactOptional(),
};

const budgetSchema = mapping('in a budget', budgetKeys).meta(atLeastOne('usd', 'tokens'));

const BUDGET = 'keys and values with usd, tokens or both, such as { usd: 5 }';

/** `budget` of an instance or of the plan. */
export const budgetField = (description: string): z.ZodExactOptional<typeof budgetSchema> =>
  field(budgetSchema, {
    expected: BUDGET,
    description,
    examples: [{ usd: 5 }, { tokens: 2_000_000, onExceed: 'pause' }],
  }).exactOptional();

export const commandBudgetsField = field(
  named(
    /\S/,
    { what: 'a command or prompt', expected: 'a slash command such as /review, or a whole prompt' },
    expecting(BUDGET, budgetSchema),
  ),
  {
    expected: 'slash commands with their budgets, such as { /review: { usd: 1 } }',
    description:
      'Budgets by slash command (or by a whole prompt): what all instances of the plan with that command may use together.',
    examples: [{ '/review': { usd: 1 } }],
  },
).exactOptional();

/** `timeout` of the whole orchestration. */
export const planTimeoutField = field(duration(1), {
  expected: 'a duration such as 30m or 4h, at most 24d',
  description: 'Stops the orchestration when it has run so long. Left out: no limit.',
  examples: ['4h'],
}).exactOptional();

/** Limits that an instance and `defaults` have. */
export const limitShape = {
  maxTurns: field(z.int().min(1).max(100_000), {
    expected: 'a whole number from 1 to 100000',
    description: 'Ends the instance after so many turns of the model.',
    examples: [20],
  }).exactOptional(),
  maxBudgetUsd: field(z.number().min(0.000_001).max(1_000_000), {
    expected: 'an amount of dollars above 0, such as 2.50',
    description: 'Claude Code ends the instance when it has cost so many US dollars. Exact to a millionth.',
    examples: [0.5, 2.5],
  }).exactOptional(),
  budget: budgetField('What the instance may use over all its attempts.'),
  timeout: field(duration(1), {
    expected: 'a duration such as 90s, 30m or 1h30m, at most 24d',
    description: 'Stops the instance when it has run so long. Left out: no limit.',
    examples: ['90s', '30m', '1h30m'],
  }).exactOptional(),
  idleTimeout: field(duration(1), {
    expected: 'a duration such as 90s, 5m or 1h, at most 24d',
    description:
      'Ends an attempt that printed nothing for so long while no tool was running: it hangs. Left out: no limit.',
    examples: ['5m'],
  }).exactOptional(),
};
