import { access, open, rename } from 'node:fs/promises';
import type { AttemptId } from '../../shared/domain/ids.ts';
import { compressedSuffix, spoolFile } from './files.ts';
import { isMissing, openCompressed } from './read-spool.ts';
import { frameBytes } from './seekable-writer.ts';

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

/** Writes a file as it was before it was compressed, which stays. */
const expandFile = async (path: string): Promise<void> => {
  const compressed = await openCompressed(path + compressedSuffix);
  try {
    const unfinished = `${path}.part`;
    const file = await open(unfinished, 'w', 0o600);
    try {
      for (let at = 0; at < compressed.size; at += frameBytes)
        await file.appendFile(await compressed.read(at, frameBytes));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } finally {
    await compressed.close();
  }
};

/** Makes the files of an attempt what they were before they were compressed; those that were not stay as they are. */
export const expandSpool = async (folder: string, attemptId: AttemptId): Promise<void> => {
  for (const stream of ['stdout', 'stderr'] as const) {
    const path = spoolFile(folder, attemptId, stream);
    if ((await exists(path)) || !(await exists(path + compressedSuffix))) continue;
    await expandFile(path);
  }
};
