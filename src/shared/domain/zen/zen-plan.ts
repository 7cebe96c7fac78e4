import { fieldsOf, listed, listOf, type Fields } from '../plan/plan-breach.ts';
import type { Finding } from '../plan/plan-issues.ts';
import { fieldOf, type PlanPath } from '../plan/plan-problem.ts';
import { instanceBudgetOf, planBudgetsOf } from './zen-budget.ts';
import { ZEN_KEYS } from './zen-config.ts';
import { beforeOf, planInstanceOf, planNameOf, unknownKeys, zenNameOf, zenWarning } from './zen-instance.ts';

/** A config of zen as a plan: a value that is still to be checked as one, what is worth knowing, and where it comes from. */
export type ZenPlan = {
  readonly plan: unknown;
  /** Their paths are of zen's config. */
  readonly warnings: readonly Finding[];
  /** The place in zen's config of what stands at a path of the plan. */
  readonly zenPath: (path: PlanPath) => PlanPath;
};

/** Zen's limit for an instance that has none, in seconds. */
const ZEN_TIMEOUT = 10_000;

/** The same name twice: zen ran the last one only, here each gets a number. */
const uniqueNames = (zenNames: readonly string[]): readonly string[] => {
  const taken = new Set<string>();
  return zenNames.map((zenName) => {
    const name = planNameOf(zenName);
    let unique = name;
    for (let number = 2; taken.has(unique); number += 1) unique = `${name.slice(0, 90)} ${String(number)}`;
    taken.add(unique);
    return unique;
  });
};

const sameNames = (zenNames: readonly string[], names: readonly string[]): readonly Finding[] =>
  zenNames.flatMap((zenName, index) => {
    if (zenNames.indexOf(zenName) === index) return [];
    const path = ['instances', index];
    const message = `${fieldOf(path)} has the name of an earlier instance, which zen would not have run: here both run, this one as ${names[index] ?? ''}.`;
    return [zenWarning(path, 'plan.zen_same_name', message, 'a name of its own')];
  });

/** zen lets instances do everything unless told otherwise; that is not taken over. */
const withoutMode = (instances: readonly Fields[]): readonly Finding[] => {
  const count = instances.filter((each) => each['permission_mode'] == null).length;
  if (count === 0) return [];
  const who =
    count === instances.length
      ? 'No instance has'
      : `${String(count)} of ${String(instances.length)} instances have no`;
  const subject = count === instances.length ? `${who} a permission_mode` : `${who} permission_mode`;
  const message = `${subject}: zen would let Claude do everything unasked (bypassPermissions), here it asks as its settings say. Give permission_mode or allowed_tools to what runs with nobody there.`;
  return [zenWarning(['instances'], 'plan.zen_permissions', message, 'permission_mode for each instance')];
};

const titleOf = (names: readonly string[]): string => {
  const first = names.slice(0, 3);
  const more = names.length - first.length;
  return listed(more > 0 ? [...first, `${String(more)} more`] : first).slice(0, 200) || 'zen';
};

/** Where zen says what a key of an instance says. */
const INSTANCE_KEYS: Readonly<Record<string, string>> = {
  permissionMode: 'permission_mode',
  allowedTools: 'allowed_tools',
  outputFormat: 'output_format',
  session: 'session_id',
  budget: 'max_tokens_per_command',
  before: 'pre_commands',
};

const BUDGET_KEYS: Readonly<Record<string, string>> = {
  tokens: 'overall_budget',
  usd: 'overall_cost_budget',
  onExceed: 'enforcement_mode',
};

const COMMAND_KEYS: Readonly<Record<string, string>> = {
  tokens: 'command_budgets',
  usd: 'command_cost_budgets',
};

const instancePath = (instances: readonly Fields[], path: PlanPath): PlanPath => {
  const [, index, key, ...rest] = path;
  if (typeof index !== 'number' || key === undefined) return path;
  const zen = instances[index] ?? {};
  const place = ['instances', index];
  if (key === 'prompt' || key === 'command') return [...place, zen['command'] == null ? 'prompt' : 'command'];
  const [step] = rest;
  if (key === 'before' && typeof step === 'number') {
    const written = listOf(zen['pre_commands']).length;
    return [...place, 'pre_commands', step - (beforeOf(zen).length - written)];
  }
  const isList = key === 'allowedTools';
  return [...place, INSTANCE_KEYS[String(key)] ?? key, ...(isList ? rest : [])];
};

const zenPathIn =
  (instances: readonly Fields[]) =>
  (path: PlanPath): PlanPath => {
    const [root, key, kind] = path;
    if (root === 'instances') return instancePath(instances, path);
    if (root === 'budget') return ['budget', BUDGET_KEYS[String(key)] ?? ''];
    if (root !== 'commandBudgets') return [];
    const group = COMMAND_KEYS[String(kind)];
    if (group !== undefined && key !== undefined) return ['budget', group, key];
    return ['budget', kind === 'onExceed' ? 'enforcement_mode' : 'command_budgets'];
  };

/**
 * Takes a config of zen (`isZenConfig`) and gives the plan that does the same: all instances at once, each with its
 * commands before, under zen's budgets and time limit. What zen did by mistake or in danger is not taken over, and said.
 */
export const planOfZen = (value: unknown): ZenPlan => {
  const zen = fieldsOf(value) ?? {};
  const instances = listOf(zen['instances']).map((instance) => fieldsOf(instance) ?? {});
  const zenNames = instances.map(zenNameOf);
  const names = uniqueNames(zenNames);
  const budgets = planBudgetsOf(zen);
  const parts = instances.map((instance, index) => {
    const path = ['instances', index];
    const part = planInstanceOf(instance, path);
    const budget = instanceBudgetOf(instance, zen, path);
    return {
      fields: { name: names[index], ...part.fields, ...budget.fields },
      warnings: [...part.warnings, ...budget.warnings],
    };
  });
  return {
    plan: {
      name: titleOf(names),
      concurrency: Math.min(Math.max(instances.length, 1), 1000),
      ...budgets.fields,
      defaults: { timeout: `${String(ZEN_TIMEOUT)}s` },
      instances: parts.map(({ fields }) => fields),
    },
    warnings: [
      ...unknownKeys(zen, [], ZEN_KEYS.top),
      ...budgets.warnings,
      ...withoutMode(instances),
      ...sameNames(zenNames, names),
      ...parts.flatMap(({ warnings }) => warnings),
    ],
    zenPath: zenPathIn(instances),
  };
};
