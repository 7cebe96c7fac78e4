import SqliteDatabase, { type Database } from 'better-sqlite3';
import { backUp } from './backup.ts';
import { migrations } from './migrations/index.ts';
import { migrate, refuseNewer, versionOf } from './migrate.ts';
import { FailureError } from '../../shared/domain/failure.ts';
import { isDamage } from './sqlite-failure.ts';

/** How long to wait for a lock that another program (a backup, a person's `sqlite3`) holds for a moment. */
const busyTimeoutMs = 5_000;

/**
 * Room for the log, in pages of 4 KiB, before a commit has to put its content into the database, which holds that commit up
 * by some 3 ms for each MiB. 128 MiB are more than nearly every burst brings, and after it comes a quiet moment (store.ts).
 * With 8 MiB, storing 200,000 events while they came took 0.3 s longer, and 1 % of commits a tenth of a second. Reads are
 * as fast with either.
 */
const checkpointPages = 32_000;

const tune = (db: Database): void => {
  // Holds for a database that is new; it must be said before anything is written.
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('journal_mode = WAL');
  // In WAL mode a killed process loses nothing with NORMAL: what was committed is with the operating system. Only a
  // loss of power may take the last commits (never the soundness of the file), and the spool has their bytes.
  db.pragma('synchronous = NORMAL');
  db.pragma('foreign_keys = ON');
  db.pragma('cache_size = -8000');
  db.pragma(`wal_autocheckpoint = ${String(checkpointPages)}`);
  db.pragma('journal_size_limit = 67108864');
};

/** Runs `use` on a connection that cannot write, nor move the log of a crashed process into the database. */
const inspect = <T>(file: string, use: (db: Database) => T): T => {
  const db = new SqliteDatabase(file, { readonly: true, timeout: busyTimeoutMs });
  try {
    return use(db);
  } finally {
    db.close();
  }
};

const openSound = (file: string): Database => {
  refuseNewer(inspect(file, versionOf));
  const db = new SqliteDatabase(file, { timeout: busyTimeoutMs });
  try {
    tune(db);
    migrate(db, migrations, (version) => {
      backUp(db, file, version);
    });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

const isDamaged = (file: string): boolean => {
  try {
    return inspect(file, (db) => db.pragma('quick_check(1)', { simple: true })) !== 'ok';
  } catch (error) {
    if (isDamage(error)) return true;
    throw error;
  }
};

/**
 * Opens the database for writing and brings it to the newest schema; an empty file is one without a schema. The whole
 * file is checked only after an error that says that it is damaged: checking takes long.
 * @throws FailureError `store.newer`, `store.schema_changed`, `store.failed`; SqliteError, of damage only if it is so
 */
export const openForWriting = (file: string): Database => {
  try {
    return openSound(file);
  } catch (error) {
    if (!isDamage(error) || isDamaged(file)) throw error;
    const message = `The database ${file} seemed damaged, but a check found it sound. Start again.`;
    throw new FailureError({ code: 'store.failed', message });
  }
};

/** Puts what the log holds into the database; what a reader still needs of it stays. @throws SqliteError */
export const checkpoint = (db: Database): void => {
  db.pragma('wal_checkpoint(PASSIVE)');
};

/** As `checkpoint`, beside whoever writes and without holding that up: 100 MiB of a log take a third of a second. @throws SqliteError */
export const checkpointBeside = (file: string): void => {
  const db = new SqliteDatabase(file, { fileMustExist: true, timeout: 0 });
  try {
    checkpoint(db);
  } finally {
    db.close();
  }
};

/** Opens a database that is open for writing elsewhere, for reading. @throws SqliteError */
export const openForReading = (file: string): Database => {
  const db = new SqliteDatabase(file, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  db.pragma('cache_size = -8000');
  return db;
};
