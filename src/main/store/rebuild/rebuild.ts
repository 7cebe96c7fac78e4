import { mkdir, rm, writeFile } from 'node:fs/promises';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { spoolFolderOf } from '../../spool/files.ts';
import { databaseFile } from '../data-dir.ts';
import { openForWriting } from '../database.ts';
import { ledgerIds, removeLedger } from '../ledger/ledger-files.ts';
import { readLedger } from '../ledger/ledger-reading.ts';
import { refuseNewer, versionOf } from '../migrate.ts';
import { sqliteCodeOf } from '../sqlite-failure.ts';
import { endRemovals, putRemovals, readRemovals } from './kept-removals.ts';
import { loadOne, type Source } from './load-one.ts';
import { putHistory } from './put-history.ts';
import { readRecordsLedger, type Kept } from './read-records-ledger.ts';
import { withSalvage, type Salvage } from './salvage.ts';
import { buildingFile, completeBuilding, swapIn } from './swap.ts';

/** How far it is, told now and then. */
export type RebuildProgress = { readonly done: number; readonly of: number; readonly events: number };

export type RebuildReport = {
  readonly orchestrations: number;
  readonly events: number;
  /** Events that nothing had any more; something says so in their place. */
  readonly lostEvents: number;
  /** Orchestrations of which too little was left. */
  readonly lostOrchestrations: readonly string[];
  /** Lines of ledgers that could not be read. */
  readonly damagedLines: number;
  readonly records: number;
  /** Where the database is that was there before; null when there was none. */
  readonly movedTo: string | null;
};

export type RebuildOptions = {
  readonly dataDir: string;
  /** Also takes what can be read of the database that is there; without it, of the ledgers alone. */
  readonly salvage: boolean;
  readonly onProgress?: (progress: RebuildProgress) => void;
};

const headKey = async (spoolFolder: string, id: string): Promise<number> => {
  for await (const { lines } of readLedger(spoolFolder, id)) {
    for (const line of lines) if (line.k === 'head') return line.key;
    break;
  }
  return Number.MAX_SAFE_INTEGER;
};

/** All orchestrations that anything is known of, in the order that they had. */
const sourcesOf = async (spoolFolder: string, salvage: Salvage): Promise<readonly Source[]> => {
  const saved = new Map(salvage.orchestrations.map((one) => [one.id, one]));
  const sources: Source[] = [...saved.values()].map((one) => ({ id: one.id, key: one.key, saved: one }));
  for (const id of await ledgerIds(spoolFolder)) {
    if (!saved.has(id)) sources.push({ id, key: await headKey(spoolFolder, id), saved: undefined });
  }
  return sources.toSorted((a, b) => a.key - b.key || (a.id < b.id ? -1 : 1));
};

const putRecords = (db: Database, kept: Kept, salvage: Salvage): number => {
  const put = db.prepare(
    'INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value',
  );
  const isJson = db.prepare<[string], number>('SELECT json_valid(?)').pluck();
  // The database is the newer of the two.
  for (const { kind, id, value } of [...kept.records, ...salvage.records]) {
    if (isJson.get(value) === 1) put.run(kind, id, value);
  }
  putHistory(db, kept);
  return Number(db.prepare('SELECT count(*) FROM records').pluck().get());
};

type Built = {
  readonly report: Omit<RebuildReport, 'movedTo'>;
  /** The orchestrations whose ledgers had less than the old database: the next engine writes them anew. */
  readonly damagedLedgers: readonly string[];
};

const build = async (
  db: Database,
  { dataDir, onProgress = () => undefined }: RebuildOptions,
  salvage: Salvage,
): Promise<Built> => {
  const spoolFolder = spoolFolderOf(dataDir);
  const removals = readRemovals(databaseFile(dataDir));
  endRemovals(removals, spoolFolder);
  const sources = await sourcesOf(spoolFolder, salvage);
  const lostOrchestrations: string[] = [];
  const damagedLedgers: string[] = [];
  let [events, lostEvents, damagedLines, lastKey] = [0, 0, 0, 0];
  for (const [done, source] of sources.entries()) {
    onProgress({ done, of: sources.length, events });
    const key = source.key > lastKey && source.key < 2 ** 31 ? source.key : lastKey + 1;
    db.exec('BEGIN');
    const loaded = await loadOne(db, spoolFolder, { ...source, key }, () => void (damagedLines += 1));
    db.exec('COMMIT');
    if (loaded === null) {
      lostOrchestrations.push(source.id);
      continue;
    }
    lastKey = key;
    if (loaded.isMended) damagedLedgers.push(source.id);
    events += loaded.events;
    lostEvents += loaded.lost;
  }
  putRemovals(db, removals);
  const records = putRecords(db, await readRecordsLedger(spoolFolder), salvage);
  onProgress({ done: sources.length, of: sources.length, events });
  const orchestrations = sources.length - lostOrchestrations.length;
  return {
    damagedLedgers,
    report: { orchestrations, events, lostEvents, lostOrchestrations, damagedLines, records },
  };
};

/** One that a newer program wrote is none to repair. @throws FailureError `store.newer` */
const refuseNewerIn = (file: string): void => {
  let version = 0;
  try {
    const db = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
    try {
      version = versionOf(db);
    } finally {
      db.close();
    }
  } catch (error) {
    // Missing, or so damaged that it says no version.
    if (sqliteCodeOf(error) === null) throw error;
  }
  // Damage makes high numbers, too.
  if (version < 1000) refuseNewer(version);
};

/** Nothing of it matters until it is whole: no log, no waiting for the disk. */
const openFast = (file: string): Database => {
  const db = openForWriting(file);
  db.pragma('journal_mode = MEMORY');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -64000');
  return db;
};

/**
 * Makes the database of a data directory anew, from the ledgers and, where it is asked for, from what can be read of the one that is
 * there, which is then kept under another name. Spools are read on from where the events end by the next engine. Whoever calls
 * it holds the directory's lock. Killed at any moment it leaves the old database in place, or the new one.
 * @throws FailureError, SqliteError, Error of the file system
 */
export const rebuildDatabase = async (options: RebuildOptions): Promise<RebuildReport> => {
  const { dataDir } = options;
  await swapIn(dataDir);
  refuseNewerIn(databaseFile(dataDir));
  const file = buildingFile(dataDir);
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(file + suffix, { force: true });
  await mkdir(spoolFolderOf(dataDir), { recursive: true, mode: 0o700 });
  await writeFile(file, '', { mode: 0o600 });
  const db = openFast(file);
  let built: Built;
  try {
    built = await (options.salvage
      ? withSalvage(databaseFile(dataDir), (salvage) => build(db, options, salvage))
      : build(db, options, { orchestrations: [], records: [] }));
  } finally {
    db.close();
  }
  await completeBuilding(dataDir, options.salvage ? 'corrupt' : 'replaced');
  const movedTo = await swapIn(dataDir);
  for (const id of built.damagedLedgers) removeLedger(spoolFolderOf(dataDir), id);
  return { ...built.report, movedTo };
};
