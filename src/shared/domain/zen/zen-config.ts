import { fieldsOf, listOf, type Fields } from '../plan/plan-breach.ts';
import { OWN_KEYS as PLAN_INSTANCE_KEYS, sharedShape } from '../plan/plan-schema-instance.ts';

/** The keys of zen's JSON config, as its last release (1.4.2) reads them. */
export const ZEN_KEYS = {
  top: ['instances', 'budget'],
  budget: [
    'overall_budget',
    'overall_cost_budget',
    'budget_type',
    'enforcement_mode',
    'disable_visuals',
    'command_budgets',
    'command_cost_budgets',
  ],
  instance: [
    'command',
    'prompt',
    'name',
    'description',
    'allowed_tools',
    'permission_mode',
    'output_format',
    'session_id',
    'clear_history',
    'compact_history',
    'pre_commands',
    'max_tokens_per_command',
    'timeout',
  ],
} as const;

/** Keys of a plan that a config of zen cannot have. */
const OWN_KEYS = ['name', '$schema', 'inputs', 'schedule', 'defaults', 'concurrency', 'commandBudgets'];

/** Keys of zen that no plan has. */
const isMark = (key: string): boolean => key.includes('_') || key.startsWith('//');

const planKeys: ReadonlySet<string> = new Set(
  [...PLAN_INSTANCE_KEYS, ...Object.keys(sharedShape)].filter(
    (key) => !ZEN_KEYS.instance.some((zen) => zen === key),
  ),
);

/** True for an instance that may be one of zen: it has something to do, and no key that only plans have. */
const isZenInstance = (instance: Fields): boolean =>
  (Object.hasOwn(instance, 'command') || Object.hasOwn(instance, 'prompt')) &&
  !Object.keys(instance).some((key) => planKeys.has(key));

/** Keys that zen's people write as comments. */
export const isComment = (key: string): boolean => key.startsWith('//');

const isMarked = (fields: Fields): boolean => Object.keys(fields).some(isMark);

/**
 * True for a value that is a config of zen and no plan: it has no name of its own, and it has keys that only zen knows; or
 * it is JSON (`isJson`) and its instances have nothing that only plans have.
 */
export const isZenConfig = (value: unknown, isJson: boolean): boolean => {
  const config = fieldsOf(value);
  if (config === undefined || !Array.isArray(config['instances'])) return false;
  if (OWN_KEYS.some((key) => Object.hasOwn(config, key))) return false;
  const instances = listOf(config['instances']).map((instance) => fieldsOf(instance) ?? {});
  const parts = [config, fieldsOf(config['budget']) ?? {}, ...instances];
  if (parts.some(isMarked)) return true;
  return isJson && instances.length > 0 && instances.every(isZenInstance);
};
