import { didYouMean } from '../did-you-mean.ts';
import type { Fields } from '../plan/plan-breach.ts';
import type { Finding } from '../plan/plan-issues.ts';
import { fieldOf, shown, type PlanPath } from '../plan/plan-problem.ts';
import { isComment, ZEN_KEYS } from './zen-config.ts';

/** What a part of zen's config comes to in a plan, and what is worth knowing about that. */
export type ZenPart = { readonly fields: Fields; readonly warnings: readonly Finding[] };

export const zenWarning = (
  path: PlanPath,
  code: `plan.${string}`,
  message: string,
  expected: string,
): Finding => ({
  path,
  code,
  message,
  expected,
  part: 'key',
});

/** Warnings for the keys that zen does not know. */
export const unknownKeys = (fields: Fields, path: PlanPath, keys: readonly string[]): readonly Finding[] =>
  Object.keys(fields)
    .filter((key) => !keys.includes(key) && !isComment(key))
    .map((key) => {
      const suggestion = didYouMean(key, keys);
      const meant = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
      const message = `${fieldOf([...path, key])} is no key of zen, and is left out.${meant}`;
      const warning = zenWarning(
        [...path, key],
        'plan.zen_unknown_key',
        message,
        `one of ${keys.join(', ')}`,
      );
      return { ...warning, ...(suggestion !== undefined && { suggestion }) };
    });

/** Text of zen as a template that comes to the same: zen has no templates. */
const literal = (value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('{{', '{{ "{{" }}') : value;

const isThere = (value: unknown): boolean => value !== undefined && value !== null;

const LONGEST_TITLE = 30;

/** The name that zen gives an instance without one. */
export const zenNameOf = (zen: Fields): string => {
  const { name, command, prompt } = zen;
  if (typeof name === 'string' && name.trim() !== '') return name;
  const text = typeof command === 'string' ? command : typeof prompt === 'string' ? prompt : '';
  const isLongPrompt = typeof command !== 'string' && text.length > LONGEST_TITLE;
  return isLongPrompt ? `${text.slice(0, LONGEST_TITLE)}...` : text;
};

/** A name of zen as a plan takes it: letters, digits, spaces and . _ - */
export const planNameOf = (name: string): string =>
  name
    .replaceAll(/[^\p{L}\p{M}\p{N}._ -]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .slice(0, 100)
    .trim() || 'instance';

/** The command or prompt: zen's `command` may be any text, and it wins. */
const taskOf = (zen: Fields): Fields => {
  const text = isThere(zen['command']) ? zen['command'] : zen['prompt'];
  if (!isThere(text)) return {};
  return typeof text === 'string' && /^\/\S/.test(text)
    ? { command: literal(text) }
    : { prompt: literal(text) };
};

/** What zen puts before the command, in one prompt; here each is a turn of its own. */
export const beforeOf = (zen: Fields): readonly unknown[] => [
  ...(zen['clear_history'] === true ? ['/clear'] : []),
  ...(zen['compact_history'] === true ? ['/compact'] : []),
  ...(Array.isArray(zen['pre_commands']) ? zen['pre_commands'].map(literal) : []),
];

/** Seconds as a duration of a plan; what is no number stays, to be told as a mistake. */
const durationOf = (seconds: unknown): unknown => {
  if (typeof seconds !== 'number' || seconds <= 0) return seconds;
  return Number.isInteger(seconds) ? `${String(seconds)}s` : `${String(Math.round(seconds * 1000))}ms`;
};

/** The keys of an instance that have one key each in a plan. */
const plainKeys = (zen: Fields): Fields => {
  const { allowed_tools: allowedTools, permission_mode: permissionMode, session_id: session, timeout } = zen;
  return {
    ...(isThere(allowedTools) && { allowedTools }),
    ...(isThere(permissionMode) && { permissionMode }),
    ...(isThere(session) && { session: { new: session } }),
    ...(isThere(timeout) && { timeout: durationOf(timeout) }),
  };
};

const formatOf = (zen: Fields, path: PlanPath, hasBefore: boolean): ZenPart => {
  const format = zen['output_format'];
  if (!isThere(format) || format === 'stream-json') return { fields: {}, warnings: [] };
  const place = [...path, 'output_format'];
  if (format !== 'json') {
    const message = `${fieldOf(place)}: ${shown(String(format))} gives no figures, so that stream-json is used.`;
    return {
      fields: {},
      warnings: [zenWarning(place, 'plan.zen_output_format', message, 'json or stream-json')],
    };
  }
  if (!hasBefore) return { fields: { outputFormat: 'json' }, warnings: [] };
  const message = `${fieldOf(place)}: one result at the end cannot come of several turns, so that stream-json is used.`;
  return { fields: {}, warnings: [zenWarning(place, 'plan.zen_output_format', message, 'stream-json')] };
};

const bothTasks = (zen: Fields, path: PlanPath): readonly Finding[] => {
  if (!isThere(zen['command']) || !isThere(zen['prompt'])) return [];
  const message = `${fieldOf(path)} has both a command and a prompt: the command is run, as in zen.`;
  return [zenWarning([...path, 'prompt'], 'plan.zen_prompt_unused', message, 'either command or prompt')];
};

const wrongFlags = (zen: Fields, path: PlanPath): readonly Finding[] =>
  ['clear_history', 'compact_history']
    .filter((key) => isThere(zen[key]) && typeof zen[key] !== 'boolean')
    .map((key) => {
      const message = `${fieldOf([...path, key])} must be true or false, and counts as false.`;
      return zenWarning([...path, key], 'plan.zen_wrong_type', message, 'true or false');
    });

/** An instance of zen as one of a plan, but for its name and budget, which depend on the whole. */
export const planInstanceOf = (zen: Fields, path: PlanPath): ZenPart => {
  const before = beforeOf(zen);
  const format = formatOf(zen, path, before.length > 0);
  return {
    fields: {
      ...taskOf(zen),
      ...(before.length > 0 && { before }),
      ...plainKeys(zen),
      ...format.fields,
    },
    warnings: [
      ...unknownKeys(zen, path, ZEN_KEYS.instance),
      ...bothTasks(zen, path),
      ...wrongFlags(zen, path),
      ...format.warnings,
    ],
  };
};
