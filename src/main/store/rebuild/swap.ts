import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { databaseFile, isMissing, moveAside } from '../data-dir.ts';

/** Where a database is built; worth nothing until it is complete. */
export const buildingFile = (dataDir: string): string => `${databaseFile(dataDir)}.building`;
/** The names of one that is complete say why, for the name of the old one. */
const completeFiles = { corrupt: '.repaired', replaced: '.rebuilt' } as const;
export type Why = keyof typeof completeFiles;

const completeFile = (dataDir: string, why: Why): string => databaseFile(dataDir) + completeFiles[why];

/** Once this is done the new database counts, and whoever opens the data directory next puts it in place. */
export const completeBuilding = async (dataDir: string, why: Why): Promise<void> => {
  const file = buildingFile(dataDir);
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(file, completeFile(dataDir, why));
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

const swapOne = async (dataDir: string, why: Why): Promise<string | null> => {
  const complete = completeFile(dataDir, why);
  let completedAt: Date;
  try {
    completedAt = (await stat(complete)).mtime;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  // The time of the new one: a second call gives the old one's log the same name as the first did.
  const movedTo = await moveAside(dataDir, why, completedAt);
  // It goes by keys that the new one may have given to others; it is made anew.
  for (const suffix of ['', '-wal', '-shm'])
    await rm(`${dirname(complete)}/search.db${suffix}`, { force: true });
  await rename(complete, databaseFile(dataDir));
  return movedTo;
};

/**
 * Puts a complete new database in the place of the old one, which keeps a name with the time in it; gives that name, or null when
 * there was no old one or nothing to do. Killed in the middle, it is done by the next call.
 */
export const swapIn = async (dataDir: string): Promise<string | null> =>
  (await swapOne(dataDir, 'corrupt')) ?? (await swapOne(dataDir, 'replaced'));
