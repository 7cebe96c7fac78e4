import { choiceBreaches, fieldsOf, has, type Fields, type RuleBreach } from './plan-breach.ts';
import { fieldOf, type PlanPath } from './plan-problem.ts';

/** Rules of one instance, some of them together with `defaults`. */

function taskBreaches(instance: Fields, path: PlanPath): RuleBreach[] {
  const field = fieldOf(path);
  const expected = 'either prompt or command';
  if (has(instance, 'prompt') && has(instance, 'command')) {
    const message = `${field} has both a prompt and a command: keep one of them.`;
    return [{ path: [...path, 'command'], code: 'plan.conflict', message, expected }];
  }
  if (has(instance, 'prompt') || has(instance, 'command')) return [];
  const message = `${field} has nothing to do: give it a prompt, or a command such as /review.`;
  return [{ path, code: 'plan.missing', message, expected, missing: ['prompt', 'command'] }];
}

function sessionBreaches(instance: Fields, path: PlanPath): RuleBreach[] {
  const session = fieldsOf(instance['session']);
  if (session === undefined) return [];
  const place = [...path, 'session'];
  const isMany = has(instance, 'forEach') || has(instance, 'matrix');
  if (isMany && has(session, 'new')) {
    const message = `${fieldOf(place)}.new is one session, but ${fieldOf(path)} runs many times: remove it.`;
    return [{ path: [...place, 'new'], code: 'plan.conflict', message, expected: 'no session of its own' }];
  }
  return choiceBreaches(session, place, ['new', 'resume']).map(({ part: _, ...breach }) => ({
    ...breach,
    path: place,
  }));
}

/** Where a rule about a key is told that an instance may have from `defaults`: there once, for the first instance. */
function placeOf(keys: readonly string[], instance: Fields, path: PlanPath): PlanPath | undefined {
  const own = keys.find((key) => has(instance, key));
  if (own !== undefined) return [...path, own];
  return path[1] === 0 ? ['defaults', keys[0] ?? ''] : undefined;
}

function formatBreaches(instance: Fields, path: PlanPath, defaults: Fields): RuleBreach[] {
  const { mode, outputFormat } = { ...defaults, ...instance };
  const place = placeOf(['mode', 'outputFormat'], instance, path);
  if (outputFormat !== 'json' || mode !== 'live' || place === undefined) return [];
  const message =
    `${fieldOf(path)} cannot be live with outputFormat json, which gives one result at the end: ` +
    'write mode: oneshot, or outputFormat: stream-json.';
  return [{ path: place, code: 'plan.conflict', message, expected: 'mode oneshot with outputFormat json' }];
}

function loopBreaches(instance: Fields, path: PlanPath, defaults: Fields): RuleBreach[] {
  const all = { ...defaults, ...instance };
  const place = placeOf(['loop'], instance, path);
  if (!has(all, 'loop') || has(all, 'check') || place === undefined) return [];
  const message = `${fieldOf(place)} goes on until a check passes, but there is none: add check, such as check: npm test.`;
  return [
    { path: place, code: 'plan.missing', message, expected: 'a check beside loop', missing: ['check'] },
  ];
}

function manyBreaches(instance: Fields, path: PlanPath): RuleBreach[] {
  if (!has(instance, 'forEach') || !has(instance, 'matrix')) return [];
  return choiceBreaches(instance, path, ['forEach', 'matrix']);
}

/** Of an instance on standby these are never read: the one that it steps in for has its own. */
const UNREAD_ON_STANDBY = ['dependsOn', 'when', 'forEach', 'matrix', 'fallback'];

function standbyBreaches(instance: Fields, path: PlanPath): RuleBreach[] {
  if (instance['standby'] !== true) return [];
  return UNREAD_ON_STANDBY.filter((key) => has(instance, key)).map((key) => ({
    path: [...path, key],
    code: 'plan.conflict',
    message: `${fieldOf([...path, key])} is never read, as the instance is on standby: what it steps in for has its own. Remove it.`,
    expected: `no ${key} on standby`,
    part: 'key',
  }));
}

/** What an instance breaks, given what `defaults` says. */
export function instanceBreaches(instance: Fields, path: PlanPath, defaults: Fields): RuleBreach[] {
  return [
    ...taskBreaches(instance, path),
    ...sessionBreaches(instance, path),
    ...formatBreaches(instance, path, defaults),
    ...loopBreaches(instance, path, defaults),
    ...manyBreaches(instance, path),
    ...standbyBreaches(instance, path),
  ];
}
