import type { Finding } from './plan-issues.ts';
import { fieldOf, shown, type PlanPath } from './plan-problem.ts';
import type { Plan, PlanShared } from './plan-schema.ts';

/** What stops nothing, but should be known before a plan is run. */

const SECRET = /(?:API_?KEY|TOKEN|SECRET|PASSWORD)$/i;

function bypassConcern(path: PlanPath): Finding {
  const message = `${fieldOf(path)}: Claude will do everything without asking. Use it only where nothing can be harmed.`;
  const expected = 'acceptEdits, or another mode that asks';
  return { code: 'plan.bypass_permissions', message, path, part: 'value', expected };
}

function allowConcern(path: PlanPath): Finding {
  const message = `${fieldOf(path)}: what nobody answered is allowed after a while. Use it only where nothing can be harmed.`;
  return { code: 'plan.allow_unanswered', message, path, part: 'value', expected: 'deny or stop' };
}

function secretConcern(path: PlanPath): Finding {
  const name = shown(String(path.at(-1)));
  const message = `${fieldOf(path)}: ${name} looks like a secret, and a plan is kept as plain text. Keep secrets out of plans.`;
  return { code: 'plan.secret_in_env', message, path, part: 'key', expected: 'no secrets' };
}

function concernsAt(
  { permissionMode, permissions, env = {}, fallback = [] }: PlanShared,
  path: PlanPath,
): readonly Finding[] {
  return [
    ...(permissionMode === 'bypassPermissions' ? [bypassConcern([...path, 'permissionMode'])] : []),
    ...(permissions?.then === 'allow' ? [allowConcern([...path, 'permissions', 'then'])] : []),
    ...Object.keys(env)
      .filter((name) => SECRET.test(name))
      .map((name) => secretConcern([...path, 'env', name])),
    ...fallback.flatMap((alternative, index) => concernsAt(alternative, [...path, 'fallback', index])),
  ];
}

/** The warnings about a plan that can be run, in no order. */
export function concernsOf({ defaults = {}, instances }: Plan): readonly Finding[] {
  return [
    ...concernsAt(defaults, ['defaults']),
    ...instances.flatMap((instance, index) => concernsAt(instance, ['instances', index])),
  ];
}
