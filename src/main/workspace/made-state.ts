import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { errorCode, isMissing } from './file-error.ts';

const madeSchema = z.object({
  kind: z.enum(['folder', 'worktree', 'copy']),
  origin: z.string(),
  /** The folder to work in. */
  path: z.string(),
  /** Of a worktree: what git knows it by. */
  worktree: z
    .object({ repository: z.string(), top: z.string(), branch: z.string(), base: z.string() })
    .nullable(),
  /** Written since there are several workspaces of one instance to tidy up. */
  keep: z.enum(['always', 'on_failure', 'never']).default('on_failure'),
  /** False while it is being made, its setup commands among that: after a sudden end it is made again. */
  ready: z.boolean(),
});

/** What is written down of a workspace beside it. */
export type Made = Readonly<z.infer<typeof madeSchema>>;

/** Null when nothing was written down. @throws Error when the file is broken or cannot be read */
export async function readMade(file: string): Promise<Made | null> {
  try {
    return madeSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Makes a folder if it is missing, but none above it: a data directory that was taken away stays away. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** Writes a file whole or not at all, for its owner only; the folder that it is in is made. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await makeFolder(dirname(file));
  const half = `${file}.half`;
  await writeFile(half, text, { mode: 0o600, flush: true });
  await rename(half, file);
}

export const writeMade = (file: string, made: Made): Promise<void> => writeWhole(file, JSON.stringify(made));
