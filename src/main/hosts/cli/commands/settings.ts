import { didYouMean } from '../../../../shared/domain/did-you-mean.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { jsonSchema } from '../../../../shared/domain/json.ts';
import type { JsonValue } from '../../../../shared/domain/plan/plan-spec.ts';
import { changeSetting } from '../../settings-change.ts';
import { readSettings, readSettingsText, settingsFile, settingsKeys } from '../../settings.ts';
import type { CliContext } from '../context.ts';

const keyNamed = (text: string): string => {
  if (settingsKeys.includes(text)) return text;
  const meant = didYouMean(text, settingsKeys);
  const guess = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw failureError(
    'arguments.settings',
    `There is no setting "${text}".${guess} These there are: ${settingsKeys.join(', ')}.`,
  );
};

/** `netra settings get`: what holds, also where nothing is set; values stand as they are written. */
export const getSettings = async (
  { streams, dataDir }: CliContext,
  key: string | null,
  format: 'text' | 'json',
): Promise<number> => {
  // Read as a whole first, so that what is not valid is said and not shown.
  const settings = await readSettings(dataDir);
  const written: unknown = JSON.parse((await readSettingsText(dataDir)) ?? '{}');
  const shown = new Map(Object.entries({ ...settings, ...(written as object) }));
  if (key !== null) {
    const value: unknown = shown.get(keyNamed(key)) ?? null;
    await streams.print(format === 'json' || typeof value !== 'string' ? JSON.stringify(value) : value);
    return 0;
  }
  if (format === 'json') await streams.print(JSON.stringify(Object.fromEntries(shown), null, 2));
  else {
    streams.say(`netra: the settings in ${settingsFile(dataDir)}, and what holds without them:`);
    for (const [name, value] of shown) await streams.print(`${name}  ${JSON.stringify(value)}`);
  }
  return 0;
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

/** `netra settings set KEY VALUE` */
export const setSetting = async (context: CliContext, key: string, text: string): Promise<number> => {
  await changeSetting(context.dataDir, keyNamed(key), valueOf(text));
  sayWhen(context, key);
  return 0;
};

/** `netra settings unset KEY` */
export const unsetSetting = async (context: CliContext, key: string): Promise<number> => {
  await changeSetting(context.dataDir, keyNamed(key), undefined);
  sayWhen(context, key);
  return 0;
};
