import { parseRule } from '../permission/permission-rule.ts';
import {
  choiceBreaches,
  companionBreaches,
  fieldsOf,
  has,
  listOf,
  type Fields,
  type RuleBreach,
} from './plan-breach.ts';
import { fieldOf, type PlanPath } from './plan-problem.ts';

/** Rules of what an instance, `defaults` and a fallback have alike. */

/** A budget has a limit. */
export function budgetBreaches(value: unknown, path: PlanPath): RuleBreach[] {
  const budget = fieldsOf(value);
  if (budget === undefined || has(budget, 'usd') || has(budget, 'tokens')) return [];
  const message = `${fieldOf(path)} has no limit: give it usd, tokens or both.`;
  return [
    { path, code: 'plan.missing', message, expected: 'usd, tokens or both', missing: ['usd', 'tokens'] },
  ];
}

const WORKSPACES = ['folder', 'worktree', 'copy'];

/** `workspace`, as keys and values, is of one kind. */
export function workspaceBreaches(value: unknown, path: PlanPath): RuleBreach[] {
  const workspace = fieldsOf(value);
  if (workspace === undefined) return [];
  return [
    ...choiceBreaches(workspace, path, WORKSPACES),
    ...companionBreaches(workspace, path, 'base', { beside: ['worktree'], among: WORKSPACES }),
    ...companionBreaches(workspace, path, 'keep', { beside: ['worktree', 'copy'], among: WORKSPACES }),
  ];
}

function checkBreaches(value: unknown, path: PlanPath): RuleBreach[] {
  const check = fieldsOf(value);
  if (check === undefined) return [];
  const among = ['command', 'when'];
  return [
    ...choiceBreaches(check, path, among),
    ...companionBreaches(check, path, 'timeout', { beside: ['command'], among }),
  ];
}

/** Rules that answer permission prompts can be read: one that cannot would allow nothing, or deny nothing. */
function permissionBreaches(value: unknown, path: PlanPath): RuleBreach[] {
  const permissions = fieldsOf(value) ?? {};
  return ['allow', 'deny'].flatMap((key) =>
    listOf(permissions[key]).flatMap((text, index): RuleBreach[] => {
      // What is no text, or begins like an option, is told already.
      const reading = typeof text === 'string' && /^[^\s-]/.test(text) ? parseRule(text) : null;
      if (reading === null || reading.ok) return [];
      const place = [...path, key, index];
      const message = `${fieldOf(place)}: ${reading.failure.message}`;
      return [
        { path: place, code: 'plan.wrong_value', message, expected: 'a rule such as "Bash(git log:*)"' },
      ];
    }),
  );
}

/** What the keys of an instance, of `defaults` or of a fallback break by themselves. */
function partBreaches(fields: Fields, path: PlanPath): RuleBreach[] {
  return [
    ...workspaceBreaches(fields['workspace'], [...path, 'workspace']),
    ...budgetBreaches(fields['budget'], [...path, 'budget']),
    ...checkBreaches(fields['check'], [...path, 'check']),
    ...permissionBreaches(fields['permissions'], [...path, 'permissions']),
  ];
}

function alternativeBreaches(fields: Fields, path: PlanPath): RuleBreach[] {
  const field = fieldOf(path);
  const keys = Object.keys(fields);
  if (keys.length === 0) {
    const message = `${field} changes nothing: say what shall be another, such as { model: haiku }.`;
    return [{ path, code: 'plan.missing', message, expected: 'changes to the instance' }];
  }
  const other = keys.find((key) => key !== 'instance');
  if (has(fields, 'instance') && other !== undefined) {
    const message = `${field} has both instance and ${other}: what another instance would do cannot be changed here, so keep one of them.`;
    const expected = 'instance alone, or changes without it';
    return [{ path: [...path, other], code: 'plan.conflict', message, expected, part: 'key' }];
  }
  if (!has(fields, 'prompt') || !has(fields, 'command')) return partBreaches(fields, path);
  const message = `${field} has both a prompt and a command: keep one of them.`;
  const expected = 'either prompt or command';
  return [{ path: [...path, 'command'], code: 'plan.conflict', message, expected }];
}

/** What an instance or `defaults` breaks by itself, its fallbacks among it. */
export function sharedBreaches(fields: Fields, path: PlanPath): RuleBreach[] {
  return [
    ...partBreaches(fields, path),
    ...listOf(fields['fallback']).flatMap((item, index) => {
      const alternative = fieldsOf(item);
      return alternative === undefined ? [] : alternativeBreaches(alternative, [...path, 'fallback', index]);
    }),
  ];
}
