import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { failureError } from '../../shared/domain/failure.ts';

const settingsSchema = z.strictObject({
  /** Where Claude Code is, when it is to be another one than the one that is found. */
  claude: z.string().min(1).optional(),
  /** The longest line of Claude Code's output that is read whole, in bytes. */
  maxLineBytes: z.int().min(4096).max(268_435_456).optional(),
});

/** What a person has set for a data directory, in `settings.json` there. */
export type Settings = Readonly<z.infer<typeof settingsSchema>>;

const settingsFile = (dataDir: string): string => join(dataDir, 'settings.json');

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

const readText = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw failureError(
      'settings.unreadable',
      `Cannot read the settings in ${file}: ${String(error)}.`,
      error,
    );
  }
};

const parseJson = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failureError(
      'settings.invalid',
      `${file} is not JSON: ${String(error)}. Correct it, or remove it.`,
      error,
    );
  }
};

/**
 * Reads the settings of a data directory; there are none where there is no file.
 * @throws FailureError `settings.unreadable`, `settings.invalid`
 */
export const readSettings = async (dataDir: string): Promise<Settings> => {
  const file = settingsFile(dataDir);
  const text = await readText(file);
  if (text === null) return {};
  const parsed = settingsSchema.safeParse(parseJson(file, text));
  if (parsed.success) return parsed.data;
  throw failureError('settings.invalid', `${file} is not valid. ${z.prettifyError(parsed.error)}`);
};
