import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
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
