import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMap, isScalar, parseDocument, type Pair } from 'yaml';
import type { JsonValue } from '../../shared/domain/plan/plan-spec.ts';
import { failureError } from '../../shared/domain/failure.ts';
import { parseSettings, problemsOf, readSettingsText, settingsFile } from './settings.ts';

type Place = { readonly from: number; readonly to: number };

type Entry = { readonly key: string; readonly start: number; readonly value: Place };

const entryOf = ({ key, value }: Pair): readonly Entry[] => {
  if (!isScalar(key) || !key.range) return [];
  const range = value !== null && typeof value === 'object' && 'range' in value ? value.range : null;
  if (!Array.isArray(range)) return [];
  const [from, to] = range as readonly number[];
  if (from === undefined || to === undefined) return [];
  return [{ key: String(key.value), start: key.range[0], value: { from, to } }];
};

/** Where the top-level keys of a JSON text stand: JSON is YAML, whose parser tells. */
const entriesIn = (text: string): readonly Entry[] => {
  const { contents } = parseDocument(text);
  return isMap(contents) ? contents.items.flatMap(entryOf) : [];
};

const splice = (text: string, { from, to }: Place, put: string): string =>
  text.slice(0, from) + put + text.slice(to);

const added = (text: string, entries: readonly Entry[], entry: string): string => {
  const last = entries.at(-1);
  if (last === undefined) return `{\n  ${entry}\n}\n`;
  const lineStart = text.lastIndexOf('\n', last.start) + 1;
  const indent = text.slice(lineStart, last.start);
  // Where the keys stand on one line there is no indent to follow.
  const between = lineStart > 0 && /^\s*$/.test(indent) ? `\n${indent}` : ' ';
  return splice(text, { from: last.value.to, to: last.value.to }, `,${between}${entry}`);
};

const removed = (text: string, entries: readonly Entry[], at: number): string => {
  const [before, entry, after] = [entries[at - 1], entries[at], entries[at + 1]];
  if (entry === undefined) return text;
  if (after !== undefined) return splice(text, { from: entry.start, to: after.start }, '');
  if (before !== undefined) return splice(text, { from: before.value.to, to: entry.value.to }, '');
  return '{}\n';
};

/** A text of settings with another value of one key, or without it; everything else stays as it was written. */
export const withSetting = (text: string | null, key: string, value: JsonValue | undefined): string => {
  const before = text ?? '{}';
  const entries = entriesIn(before);
  const at = entries.findIndex((entry) => entry.key === key);
  const place = entries[at]?.value;
  if (value === undefined) return at < 0 ? before : removed(before, entries, at);
  if (place !== undefined) return splice(before, place, JSON.stringify(value));
  return added(before, entries, `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
};

/** The file itself, where what stands in the data directory is a link to it. */
const realFile = async (file: string): Promise<string> => {
  try {
    return await realpath(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return file;
    throw error;
  }
};

/** Puts the text in the place of the file in one step: whoever reads it meanwhile reads the old or the new one. */
const writeInOneStep = async (file: string, text: string): Promise<void> => {
  const target = await realFile(file);
  const temporary = join(dirname(target), `.settings-${randomUUID()}.tmp`);
  await mkdir(dirname(target), { recursive: true });
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

/** @throws FailureError `arguments.settings` when it would not be valid any more */
const refuseValue = (key: string, next: string): void => {
  const problems = problemsOf(JSON.parse(next));
  if (problems === null) return;
  throw failureError('arguments.settings', `That is no value for ${key}. ${problems}`);
};

/**
 * Gives a setting another value, or takes it away (undefined). What would not be valid is not written.
 * @throws FailureError `arguments.settings`, `settings.unreadable`, `settings.invalid` (when the file was not valid before),
 *   `settings.unwritable`
 */
export const changeSetting = async (
  dataDir: string,
  key: string,
  value: JsonValue | undefined,
): Promise<void> => {
  const file = settingsFile(dataDir);
  const text = await readSettingsText(dataDir);
  if (text !== null) parseSettings(file, text);
  const next = withSetting(text, key, value);
  refuseValue(key, next);
  if (next === text) return;
  try {
    await writeInOneStep(file, next);
  } catch (error) {
    throw failureError(
      'settings.unwritable',
      `Cannot write the settings to ${file}: ${String(error)}.`,
      error,
    );
  }
};
