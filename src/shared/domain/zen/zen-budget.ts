import { fieldsOf, has, type Fields } from '../plan/plan-breach.ts';
import type { Finding } from '../plan/plan-issues.ts';
import { fieldOf, type PlanPath } from '../plan/plan-problem.ts';
import { ZEN_KEYS } from './zen-config.ts';
import { unknownKeys, zenWarning, type ZenPart } from './zen-instance.ts';

/** What becomes of the work, in zen's words and in ours. */
const MODES: Readonly<Record<string, string>> = { warn: 'warn', block: 'stop' };

const isThere = (fields: Fields, key: string): boolean => fields[key] !== undefined && fields[key] !== null;

/** `enforcement_mode`, which is `warn` unless said; a word that it does not have stays, to be told as a mistake. */
const onExceedOf = (budget: Fields): unknown => {
  const mode = budget['enforcement_mode'] ?? 'warn';
  return typeof mode === 'string' ? (MODES[mode] ?? mode) : mode;
};

const overallOf = (budget: Fields, onExceed: unknown): Fields => {
  const limits = {
    ...(isThere(budget, 'overall_cost_budget') && { usd: budget['overall_cost_budget'] }),
    ...(isThere(budget, 'overall_budget') && { tokens: budget['overall_budget'] }),
  };
  return Object.keys(limits).length === 0 ? {} : { budget: { ...limits, onExceed } };
};

/** Budgets by command, of both kinds: the token limit stays one, and the dollar limit too, whatever else is set. */
const commandsOf = (budget: Fields, onExceed: unknown): Fields => {
  const tokens = fieldsOf(budget['command_budgets']) ?? {};
  const dollars = fieldsOf(budget['command_cost_budgets']) ?? {};
  const names = [...new Set([...Object.keys(tokens), ...Object.keys(dollars)])];
  if (names.length === 0) return {};
  const limits = names.map((name) => [
    name,
    {
      ...(has(dollars, name) && { usd: dollars[name] }),
      ...(has(tokens, name) && { tokens: tokens[name] }),
      onExceed,
    },
  ]);
  return { commandBudgets: Object.fromEntries(limits) as Fields };
};

const bothOverall = (budget: Fields): readonly Finding[] => {
  if (!isThere(budget, 'overall_budget') || !isThere(budget, 'overall_cost_budget')) return [];
  const path = ['budget', 'overall_budget'];
  const message =
    'budget has a limit in tokens and one in dollars: zen dropped the one in tokens, here both hold.';
  return [zenWarning(path, 'plan.zen_both_limits', message, 'one of the two, if only one is meant')];
};

/** zen's `budget` as the plan's budgets. */
export const planBudgetsOf = (zen: Fields): ZenPart => {
  const budget = fieldsOf(zen['budget']) ?? {};
  const onExceed = onExceedOf(budget);
  return {
    fields: { ...overallOf(budget, onExceed), ...commandsOf(budget, onExceed) },
    warnings: [...unknownKeys(budget, ['budget'], ZEN_KEYS.budget), ...bothOverall(budget)],
  };
};

/** The budget by command that an instance counts against: of its slash command, else of its whole text. */
const hasCommandBudget = (instance: Fields, budgets: Fields): boolean => {
  const text = [instance['command'], instance['prompt']].find((each) => typeof each === 'string') ?? '';
  const commands = fieldsOf(budgets['commandBudgets']) ?? {};
  return has(commands, text.split(/\s/)[0] ?? '') || has(commands, text.replace(/;+$/, ''));
};

/** `max_tokens_per_command` as the budget of the instance, unless its command has one already, which stands as in zen. */
export const instanceBudgetOf = (instance: Fields, zen: Fields, path: PlanPath): ZenPart => {
  const tokens = instance['max_tokens_per_command'];
  if (tokens === undefined || tokens === null) return { fields: {}, warnings: [] };
  const budgets = planBudgetsOf(zen).fields;
  const place = [...path, 'max_tokens_per_command'];
  if (hasCommandBudget(instance, budgets)) {
    const message = `${fieldOf(place)} is left out, as in zen: the command has a budget in command_budgets.`;
    return { fields: {}, warnings: [zenWarning(place, 'plan.zen_limit_unused', message, 'one of the two')] };
  }
  const message = `${fieldOf(place)} holds here; zen passed over it where no other budget was set.`;
  const isNew = Object.keys(budgets).length === 0;
  const fields = { budget: { tokens, onExceed: onExceedOf(fieldsOf(zen['budget']) ?? {}) } };
  const warnings = isNew ? [zenWarning(place, 'plan.zen_limit_holds', message, 'a limit that is meant')] : [];
  return { fields, warnings };
};
