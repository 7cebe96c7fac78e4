import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { isMissing } from '../data-dir.ts';
import { isDamage } from '../sqlite-failure.ts';

/** Of the tables below and of how texts are taken apart: an index of another version is made anew. */
const version = 2;

/**
 * An index of words, which can always be made anew from the database beside it.
 *
 * - A piece is some events in a row of one instance (or of the orchestration itself): `key` is the key of its first event,
 *   `last_seq` the number of its last one, `first_n` is null for those of the orchestration. `words` has a row for each
 *   piece with any words, under the same key: which words there are in it, each once.
 * - `indexed` says up to which event the pieces of an orchestration go. Its keys are those of the database, which may give
 *   them again when an orchestration was removed; `started_at` tells the two apart.
 * - `tidied` is how many pieces there were when the index was merged last, and how many were removed since (search-tidy.ts).
 */
const schema = `
  CREATE VIRTUAL TABLE words USING fts5(
    text, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
  );
  CREATE TABLE pieces (
    key INTEGER PRIMARY KEY,
    instance_key INTEGER,
    first_n INTEGER,
    count INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE indexed (
    orchestration_key INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    seq INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE tidied (pieces INTEGER NOT NULL, removed INTEGER NOT NULL) STRICT;
  INSERT INTO tidied VALUES (0, 0);
  PRAGMA user_version = ${String(version)};
`;

/** The index beside a database's file. */
export const searchFile = (databaseFile: string): string => join(dirname(databaseFile), 'search.db');

/** Which file a name stands for; null when there is none. */
const identityOf = (file: string): string | null => {
  try {
    const { dev, ino } = statSync(file);
    return `${String(dev)}:${String(ino)}`;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

const removeFiles = (file: string): void => {
  // The logs last: without their database they are nothing.
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
};

/** Which database an index is of: one that was made anew has other keys, though it be at the same place. */
const originOf = (database: Database): number =>
  Number(database.prepare('SELECT applied_at FROM migrations WHERE version = 1').pluck().get()) % 2 ** 31;

const numberOf = (db: Database, pragma: string): number => Number(db.pragma(pragma, { simple: true }));

/** Whether an index is of this database, and of this version. */
export const isCurrentIndex = (index: Database, database: Database): boolean =>
  isCurrent(index, originOf(database));

const isCurrent = (db: Database, origin: number): boolean =>
  numberOf(db, 'user_version') === version && numberOf(db, 'application_id') === origin;

const openForIndexing = (file: string, origin: number): Database => {
  // For its owner only, as the database: it has the words of all that was said.
  closeSync(openSync(file, 'a', 0o600));
  const db = new SqliteDatabase(file, { timeout: 5_000 });
  try {
    // Holds for one that is new; it must be said before anything is written.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('journal_size_limit = 8388608');
    db.pragma('synchronous = NORMAL');
    db.pragma('cache_size = -16000');
    if (isCurrent(db, origin)) return db;
    if (Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()) === 0) {
      db.transaction(() => db.exec(`${schema}; PRAGMA application_id = ${String(origin)}`)).immediate();
      return db;
    }
  } catch (error) {
    db.close();
    throw error;
  }
  db.close();
  removeFiles(file);
  return openForIndexing(file, origin);
};

const openForSearching = (file: string, origin: number): Database | null => {
  if (identityOf(file) === null) return null;
  const db = new SqliteDatabase(file, { readonly: true, timeout: 5_000 });
  if (isCurrent(db, origin)) {
    db.pragma('cache_size = -16000');
    return db;
  }
  db.close();
  return null;
};

/** An open index, and what was made for it (statements and the like). */
export type SearchFile<T> = {
  /** Uses the index; what is damaged is thrown away, and `use` is called once more. Null where there is none. */
  use<R>(work: (made: T) => R): R | null;
};

/**
 * The index beside a database, opened when it is first used, and again when the file is another one meanwhile. Only who is
 * `indexing` makes it.
 */
export const createSearchFile = <T>(
  database: Database,
  purpose: 'indexing' | 'searching',
  make: (db: Database) => T,
): SearchFile<T> => {
  const file = searchFile(database.name);
  const origin = originOf(database);
  let open: { readonly db: Database; readonly made: T; readonly identity: string | null } | undefined;
  const close = (): void => {
    open?.db.close();
    open = undefined;
  };
  const isSame = (identity: string | null): boolean => identity === identityOf(file);
  const current = (): T | null => {
    if (open !== undefined && isSame(open.identity)) return open.made;
    close();
    const db = purpose === 'indexing' ? openForIndexing(file, origin) : openForSearching(file, origin);
    if (db === null) return null;
    open = { db, made: make(db), identity: identityOf(file) };
    return open.made;
  };
  const attempt = <R>(work: (made: T) => R): R | null => {
    const made = current();
    return made === null ? null : work(made);
  };
  return {
    use: (work) => {
      try {
        return attempt(work);
      } catch (error) {
        if (!isDamage(error)) throw error;
        close();
        removeFiles(file);
        return attempt(work);
      }
    },
  };
};
