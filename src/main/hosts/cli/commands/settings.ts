import { z } from 'zod';
import { didYouMean } from '../../../../shared/domain/did-you-mean.ts';
import { formatDuration } from '../../../../shared/domain/duration.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { jsonSchema } from '../../../../shared/domain/json.ts';
import type { JsonValue } from '../../../../shared/domain/plan/plan-spec.ts';
import { changeSetting } from '../../settings-change.ts';
import { parseSettings, readSettings, readSettingsText, settingsFile, settingsKeys } from '../../settings.ts';
import type { CliContext } from '../context.ts';
import { printable } from '../terminal-text.ts';

/** `retention.maxAge` as its parts. @throws FailureError `arguments.settings` when there is no such setting */
const pathNamed = (text: string): readonly [key: string, ...inside: string[]] => {
  const [key = '', ...inside] = text.split('.');
  if (settingsKeys.includes(key)) return [key, ...inside];
  const meant = didYouMean(key, settingsKeys);
  const guess = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw failureError(
    'arguments.settings',
    `There is no setting "${printable(text)}".${guess} These there are: ${settingsKeys.join(', ')}.`,
  );
};

const settingsSchema = z.record(z.string(), jsonSchema);
type JsonObject = { readonly [key: string]: JsonValue };

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const objectIn = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {});

/** The settings as they are written. @throws FailureError `settings.unreadable`, `settings.invalid` */
const readWritten = async (dataDir: string): Promise<JsonObject> => {
  // Read as a whole first, so that what is not valid is said and not shown.
  await readSettings(dataDir);
  return settingsSchema.parse(JSON.parse((await readSettingsText(dataDir)) ?? '{}'));
};

/** What holds where nothing is set, as it would be written. */
const defaultsWritten = (): JsonObject => {
  const { retention, ...rest } = parseSettings('', '{}');
  const durations = Object.entries(retention).map(([key, ms]) => [key, formatDuration(ms)] as const);
  return settingsSchema.parse({ ...rest, retention: Object.fromEntries(durations) });
};

/** What holds: what is written, and beside it what holds without being written. */
const holding = (written: JsonObject): JsonObject => {
  const defaults = defaultsWritten();
  const entries = Object.entries(written).map(
    ([key, value]) => [key, isObject(value) ? { ...objectIn(defaults[key]), ...value } : value] as const,
  );
  return { ...defaults, ...Object.fromEntries(entries) };
};

const valueAt = (value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((at, key) => {
    const inside = objectIn(at);
    return Object.hasOwn(inside, key) ? inside[key] : undefined;
  }, value);

/** `netra settings get`: what holds, also where nothing is set; values stand as they are written. */
export const getSettings = async (
  { streams, dataDir }: CliContext,
  key: string | null,
  format: 'text' | 'json',
): Promise<number> => {
  const path = key === null ? null : pathNamed(key);
  const shown = holding(await readWritten(dataDir));
  if (path !== null) {
    const value = valueAt(shown, path) ?? null;
    await streams.print(format === 'json' || typeof value !== 'string' ? JSON.stringify(value) : value);
    return 0;
  }
  if (format === 'json') await streams.print(JSON.stringify(shown, null, 2));
  else {
    streams.say(`netra: the settings in ${settingsFile(dataDir)}, and what holds without them:`);
    for (const [name, value] of Object.entries(shown)) {
      await streams.print(`${name}  ${JSON.stringify(value)}`);
    }
  }
  return 0;
};

/** A value with another one inside it, or without it (undefined); undefined when nothing is left. */
const withInside = (
  value: JsonValue | undefined,
  [key, ...path]: readonly string[],
  put: JsonValue | undefined,
): JsonValue | undefined => {
  if (key === undefined) return put;
  const { [key]: before, ...others } = objectIn(value);
  const inside = withInside(before, path, put);
  if (inside !== undefined) return { ...objectIn(value), [key]: inside };
  return Object.keys(others).length === 0 ? undefined : others;
};

/** A value as it is typed: JSON where it is some, else a word. */
const valueOf = (text: string): JsonValue => {
  try {
    return jsonSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
};

/** The other settings are read when an engine starts. */
const sayWhen = ({ streams }: CliContext, key: string): void => {
  if (key !== 'quit') streams.say('netra: it holds for the next engine that starts.');
};

const change = async (context: CliContext, named: string, value: JsonValue | undefined): Promise<number> => {
  const [key, ...inside] = pathNamed(named);
  const written = inside.length === 0 ? {} : await readWritten(context.dataDir);
  await changeSetting(context.dataDir, key, withInside(written[key], inside, value));
  sayWhen(context, key);
  return 0;
};

/** `netra settings set KEY VALUE`; a key inside another one stands after a dot. */
export const setSetting = (context: CliContext, key: string, text: string): Promise<number> =>
  change(context, key, valueOf(text));

/** `netra settings unset KEY` */
export const unsetSetting = (context: CliContext, key: string): Promise<number> =>
  change(context, key, undefined);
