import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { FailureError } from '../../shared/domain/failure.ts';

/** What must stay free beside a copy of the database: for its log, and for what is rewritten. */
const spareBytes = 16 * 1024 * 1024;

const unfinished = '.part';

const inMegabytes = (bytes: number): string => `${String(Math.ceil(bytes / 1_000_000))} MB`;

/** @throws FailureError `store.disk_full` */
const refuseWithoutRoom = (db: Database, file: string): void => {
  const number = (pragma: string): number => Number(db.pragma(pragma, { simple: true }));
  const used = (number('page_count') - number('freelist_count')) * number('page_size');
  const needed = used * 1.1 + spareBytes;
  const { bavail, bsize } = statfsSync(dirname(file));
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new FailureError({
    code: 'store.disk_full',
    message:
      `The database ${file} is of an earlier version, and is copied before it is changed. That needs ` +
      `${inMegabytes(needed)}, and ${inMegabytes(free)} are free. Free some space and start again; nothing was changed.`,
  });
};

/** Removes the copies of a database but for one, finished or not. */
const removeOthers = (file: string, kept: string): void => {
  const folder = dirname(file);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(file)}.before-v`) || name === basename(kept)) continue;
    rmSync(join(folder, name), { force: true });
  }
};

/** What a killed process left of a copy: SQLite would take its journal for that of the next one. */
const removePart = (part: string): void => {
  for (const suffix of ['-journal', '']) rmSync(part + suffix, { force: true });
};

const write = (db: Database, path: string): void => {
  // SQLite takes an empty file for none, and keeps its mode.
  closeSync(openSync(path, 'wx', 0o600));
  db.prepare('VACUUM INTO ?').run(path);
  const copy = openSync(path, 'r+');
  try {
    fsyncSync(copy);
  } finally {
    closeSync(copy);
  }
};

/**
 * Copies the database to a file beside it, for its owner only: whole, or not there. It is named after the version that the
 * database is brought to next. Of earlier copies none stays.
 * @throws FailureError `store.disk_full` before anything is written; SqliteError, system errors
 */
export const backUp = (db: Database, file: string, version: number): void => {
  const target = `${file}.before-v${String(version)}`;
  const part = target + unfinished;
  removePart(part);
  refuseWithoutRoom(db, file);
  try {
    write(db, part);
    renameSync(part, target);
  } catch (error) {
    removePart(part);
    throw error;
  }
  removeOthers(file, target);
};
