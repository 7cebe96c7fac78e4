import { randomUUID } from 'node:crypto';
import { access, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { z } from 'zod';
import { failureError, FailureError } from '../../shared/domain/failure.ts';
import { instantSchema } from '../../shared/domain/ids.ts';
import { isMissing, prepareDataDir } from './data-dir.ts';
import { openingFailure, sqliteCodeOf } from './sqlite-failure.ts';

const holderSchema = z.object({
  pid: z.int().positive(),
  /** What kind of program it is: `desktop`, `cli`, … */
  host: z.string(),
  startedAt: instantSchema,
  /** How to reach it; null while it cannot be reached. */
  endpoint: z.object({ url: z.string(), token: z.string() }).readonly().nullable(),
});

/** Who works in a data directory. */
export type DataDirHolder = Readonly<z.infer<typeof holderSchema>>;

/** A data directory that this process holds alone. */
export type HeldDataDir = {
  /** Says anew who holds it, once it can be reached. */
  publish(holder: DataDirHolder): Promise<void>;
  /** Lets others have it. Call once, when all else is closed. */
  release(): Promise<void>;
};

const lockFile = (dataDir: string): string => join(dataDir, 'engine.lock');
const holderFile = (dataDir: string): string => join(dataDir, 'engine.json');

/** Two that try in the same instant may both fail with nobody holding it: each tries so often, a random time apart. */
const tries = 8;
const longestPauseMs = 12;

// Nothing is ever written, so nothing needs a journal file.
const exclusive = 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE';

const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(sqliteCodeOf(error) ?? '');

/** Runs `take` on a connection that never waits; keeps it open if that worked. Null when another one has the lock. */
const tryLock = (dataDir: string, options: { readonly readonly: boolean }, take: string): Database | null => {
  const db = new SqliteDatabase(lockFile(dataDir), { ...options, timeout: 0 });
  try {
    db.exec(take);
    return db;
  } catch (error) {
    db.close();
    if (isBusy(error)) return null;
    throw error;
  }
};

/** Tries until it has it, or has failed often enough to be sure. */
const persist = async (attempt: () => Database | null): Promise<Database | null> => {
  for (let left = tries; ; left--) {
    const db = attempt();
    if (db !== null || left === 1) return db;
    await delay(1 + Math.random() * longestPauseMs);
  }
};

const exists = async (file: string): Promise<boolean> => {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

const writtenHolder = async (dataDir: string): Promise<DataDirHolder | null> => {
  try {
    return holderSchema.parse(JSON.parse(await readFile(holderFile(dataDir), 'utf8')));
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
};

const writeHolder = async (dataDir: string, holder: DataDirHolder): Promise<void> => {
  const draft = `${holderFile(dataDir)}.${randomUUID()}`;
  try {
    await writeFile(draft, JSON.stringify(holderSchema.parse(holder)), { mode: 0o600, flag: 'wx' });
    await rename(draft, holderFile(dataDir));
  } catch (error) {
    await rm(draft, { force: true });
    throw new FailureError(openingFailure(error, dataDir, holderFile(dataDir)), { cause: error });
  }
};

const heldBy = (dataDir: string, holder: DataDirHolder | null): FailureError => {
  const who =
    holder === null
      ? 'another engine, which has not said yet who it is'
      : `${holder.host} (process ${String(holder.pid)}, since ${holder.startedAt})`;
  return failureError(
    'data_dir.held',
    `The data directory ${dataDir} is in use by ${who}. Use that one, stop it, or choose another data directory.`,
  );
};

/**
 * Says who works in a data directory now; null when nobody does, whatever a crashed one has left there, and while a new
 * one has not yet said who it is. @throws SqliteError, Error of the file system
 */
export const readHolder = async (dataDir: string): Promise<DataDirHolder | null> => {
  if (!(await exists(lockFile(dataDir)))) return null;
  const free = tryLock(dataDir, { readonly: true }, 'BEGIN; SELECT count(*) FROM sqlite_schema; COMMIT');
  free?.close();
  return free === null ? writtenHolder(dataDir) : null;
};

/**
 * Takes the data directory, made if missing, for this process alone. The lock is a transaction on a file of its own, so
 * the operating system lets go of it when the process dies, however it dies; child processes do not inherit it. Nothing
 * else may open that file: closing it would end the lock (POSIX).
 * @throws FailureError `data_dir.held` (says by whom), `data_dir.not_writable`, `store.disk_full`, `store.failed`
 */
export const acquireDataDir = async (dataDir: string, holder: DataDirHolder): Promise<HeldDataDir> => {
  await prepareDataDir(dataDir);
  let lock: Database | null;
  try {
    lock = await persist(() => tryLock(dataDir, { readonly: false }, exclusive));
  } catch (error) {
    throw new FailureError(openingFailure(error, dataDir, lockFile(dataDir)), { cause: error });
  }
  if (lock === null) throw heldBy(dataDir, await writtenHolder(dataDir));
  const held = lock;
  try {
    await writeHolder(dataDir, holder);
  } catch (error) {
    held.close();
    throw error;
  }
  return {
    publish: (next) => writeHolder(dataDir, next),
    release: async () => {
      try {
        await rm(holderFile(dataDir), { force: true });
      } finally {
        held.close();
      }
    },
  };
};
