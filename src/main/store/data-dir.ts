import { constants } from 'node:fs';
import { access, mkdir, open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../../shared/domain/failure.ts';
import { openingFailure } from './sqlite-failure.ts';

/** The database's file in a data directory. */
export const databaseFile = (dataDir: string): string => join(dataDir, 'netra.db');

/**
 * Makes the data directory if it is missing, for its owner only, and makes sure that it can be written to.
 * @throws FailureError `data_dir.not_writable`, `store.disk_full`
 */
export const prepareDataDir = async (dataDir: string): Promise<void> => {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new FailureError(openingFailure(error, dataDir, databaseFile(dataDir)), { cause: error });
  }
};

/** True when a call of the file system failed because there is no such file. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** The bytes of the database's file; 0 where there is none. */
export const sizeOfDatabase = async (dataDir: string): Promise<number> => {
  try {
    return (await stat(databaseFile(dataDir))).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw new FailureError(openingFailure(error, dataDir, databaseFile(dataDir)), { cause: error });
  }
};

/**
 * Makes the database's file if it is missing, empty and for its owner only: SQLite gives its logs the same mode.
 * @throws FailureError `data_dir.not_writable`, `store.disk_full`, `store.failed`
 */
export const prepareDatabaseFile = async (dataDir: string): Promise<void> => {
  const file = databaseFile(dataDir);
  try {
    const handle = await open(file, 'a', 0o600);
    await handle.close();
  } catch (error) {
    throw new FailureError(openingFailure(error, dataDir, file), { cause: error });
  }
};

/**
 * Renames the database and its logs to a name with a word and a time in it, and gives that name; null when there is no
 * database.
 */
export const moveAside = async (
  dataDir: string,
  why: 'corrupt' | 'replaced',
  at = new Date(),
): Promise<string | null> => {
  const file = databaseFile(dataDir);
  const target = `${file}.${why}-${at.toISOString().replaceAll(/[-:.]/g, '')}`;
  let isMoved = false;
  // The logs first: should one be missed, it must not be taken for the log of the next database.
  for (const suffix of ['-wal', '-shm', '']) {
    try {
      await rename(file + suffix, target + suffix);
      isMoved ||= suffix === '';
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return isMoved ? target : null;
};
