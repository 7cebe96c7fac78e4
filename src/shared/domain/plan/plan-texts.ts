import { fieldsOf, has, listOf, type Fields } from './plan-breach.ts';
import type { PlanPath } from './plan-problem.ts';

/** A text of a plan that is filled in or evaluated, and where it stands. */
export type PlanText = {
  readonly path: PlanPath;
  readonly text: string;
  /** `template`: text with `{{ … }}`; `shell`: a command with some. `condition`: an expression. `items`: one `{{ … }}` that gives a list. */
  readonly kind: 'template' | 'shell' | 'condition' | 'items';
  /** When it is read: as the instance starts, for its fan-out before that, or once it has a result. */
  readonly at: 'start' | 'fan-out' | 'check' | 'loop';
};

type Place = { readonly value: unknown; readonly path: PlanPath };

/** The texts among values, which may be of any type. */
function textsAmong(places: readonly Place[], rest: Pick<PlanText, 'kind' | 'at'>): readonly PlanText[] {
  return places.flatMap(({ value, path }) =>
    typeof value === 'string' ? [{ path, text: value, ...rest }] : [],
  );
}

const keysOf = (fields: Fields, path: PlanPath, keys: readonly string[]): readonly Place[] =>
  keys.map((key) => ({ value: fields[key], path: [...path, key] }));

const itemsOf = (value: unknown, path: PlanPath): readonly Place[] =>
  listOf(value).map((item, index) => ({ value: item, path: [...path, index] }));

function workspaceTexts(value: unknown, path: PlanPath): readonly Place[] {
  const fields = fieldsOf(value);
  if (fields === undefined) return [{ value, path }];
  return keysOf(fields, path, ['folder', 'worktree', 'copy', 'base']);
}

const setupTexts = (value: unknown, path: PlanPath): readonly Place[] =>
  itemsOf(fieldsOf(value)?.['setup'], [...path, 'setup']);

function checkTexts(value: unknown, path: PlanPath): readonly PlanText[] {
  const fields = fieldsOf(value);
  const commands = fields ? keysOf(fields, path, ['command']) : [{ value, path }];
  return [
    ...textsAmong(commands, { kind: 'shell', at: 'check' }),
    ...textsAmong(fields ? keysOf(fields, path, ['when']) : [], { kind: 'condition', at: 'check' }),
  ];
}

const WORDS = ['prompt', 'command', 'appendSystemPrompt', 'model', 'fallbackModel'];

/** The texts in what an instance, `defaults` or a fallback says; not those of fallbacks in it. */
export function textsOf(fields: Fields, path: PlanPath): readonly PlanText[] {
  const env = fieldsOf(fields['env']) ?? {};
  const atStart = [
    ...keysOf(fields, path, WORDS),
    ...workspaceTexts(fields['workspace'], [...path, 'workspace']),
    ...itemsOf(fields['addDirs'], [...path, 'addDirs']),
    ...itemsOf(fields['before'], [...path, 'before']),
    ...keysOf(env, [...path, 'env'], Object.keys(env)),
  ];
  const loop = keysOf(fieldsOf(fields['loop']) ?? {}, [...path, 'loop'], ['prompt']);
  return [
    ...textsAmong(atStart, { kind: 'template', at: 'start' }),
    ...textsAmong(setupTexts(fields['workspace'], [...path, 'workspace']), { kind: 'shell', at: 'start' }),
    ...checkTexts(fields['check'], [...path, 'check']),
    ...textsAmong(loop, { kind: 'template', at: 'loop' }),
  ];
}

/** The texts that say whether an instance runs and how often. */
export function orderTextsOf(fields: Fields, path: PlanPath): readonly PlanText[] {
  const forEach = fieldsOf(fields['forEach']);
  const items = forEach ? keysOf(forEach, [...path, 'forEach'], ['in']) : keysOf(fields, path, ['forEach']);
  return [
    ...textsAmong(keysOf(fields, path, ['when']), { kind: 'condition', at: 'start' }),
    ...textsAmong(items, { kind: 'items', at: 'fan-out' }),
  ];
}

/** What `defaults` says that an instance does not say itself: whole keys, and variables one by one. */
export function inheritedBy(instance: Fields, defaults: Fields): Fields {
  const own = fieldsOf(instance['env']) ?? {};
  const env = Object.entries(fieldsOf(defaults['env']) ?? {}).filter(([name]) => !has(own, name));
  const rest = Object.entries(defaults).filter(([key]) => !has(instance, key));
  return { ...Object.fromEntries(rest), env: Object.fromEntries(env) };
}
