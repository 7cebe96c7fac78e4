import { stat } from 'node:fs/promises';
import SqliteDatabase from 'better-sqlite3';
import { spoolFolderOf } from '../../spool/files.ts';
import { databaseFile, isMissing } from '../data-dir.ts';
import { createLedgers } from '../ledger/ledgers.ts';
import { refuseNewer, versionOf } from '../migrate.ts';
import { migrations } from '../migrations/index.ts';
import { sqliteCodeOf } from '../sqlite-failure.ts';
import { openForWriting } from '../database.ts';
import { swapIn } from './swap.ts';

const sliceMs = 200;

/** Brings a database that somebody left at an older version to this one's. */
const upgrade = (file: string): void => {
  const db = new SqliteDatabase(file, { readonly: true });
  const version = versionOf(db);
  db.close();
  refuseNewer(version);
  if (version < migrations.length) openForWriting(file).close();
};

/**
 * Brings the ledgers of a data directory up to date with its database, if there is one; false when it cannot be read whole.
 * @throws FailureError `store.newer`; Error of the file system
 */
export const catchUpLedgers = async (dataDir: string): Promise<boolean> => {
  await swapIn(dataDir);
  const file = databaseFile(dataDir);
  try {
    await stat(file);
    upgrade(file);
    const db = new SqliteDatabase(file, { readonly: true });
    const ledgers = createLedgers(db, spoolFolderOf(dataDir));
    try {
      while (ledgers.run({ changed: [], ms: sliceMs, isFlush: false }));
      ledgers.run({ changed: [], ms: Number.POSITIVE_INFINITY, isFlush: true });
      return true;
    } finally {
      ledgers.close();
      db.close();
    }
  } catch (error) {
    if (isMissing(error)) return true;
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCodeOf(error) ?? '')) return false;
    throw error;
  }
};
