import { readdir } from 'node:fs/promises';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { attemptOfSpool, compressedSuffix, spoolFolderOf } from '../../spool/files.ts';
import { databaseFile, isMissing, sizeOfDatabase } from '../data-dir.ts';
import { ledgerIds } from '../ledger/ledger-files.ts';
import { refuseNewer, versionOf } from '../migrate.ts';
import { migrations } from '../migrations/index.ts';
import { sqliteCodeOf } from '../sqlite-failure.ts';
import { checkEvents } from './check-events.ts';
import { checkIndex } from './check-index.ts';
import { checkLedgers } from './check-ledgers.ts';
import { checkLists } from './check-lists.ts';
import { note, problem, type Finding } from './finding.ts';

/** A step of the check, with what it found. */
export type CheckStep = { readonly name: string; readonly findings: readonly Finding[] };

type Found = Iterable<Finding> | AsyncIterable<Finding>;

const soundness = function* (db: Database): Generator<Finding> {
  for (const row of db.pragma('integrity_check(20)') as readonly { readonly integrity_check: string }[]) {
    if (row.integrity_check !== 'ok') yield problem(row.integrity_check);
  }
};

const references = function* (db: Database): Generator<Finding> {
  type Broken = { readonly table: string; readonly rowid: number; readonly parent: string };
  for (const { table, rowid, parent } of (db.pragma('foreign_key_check') as readonly Broken[]).slice(0, 20)) {
    yield problem(`Row ${String(rowid)} of ${table} belongs to a row of ${parent} that is not there.`);
  }
};

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

const spools = async function* (db: Database, dataDir: string): AsyncGenerator<Finding> {
  const find = db.prepare<[string], number>('SELECT key FROM attempts WHERE id = ?').pluck();
  const names = await namesIn(spoolFolderOf(dataDir));
  const attempts = names.flatMap((name) => {
    const plain = name.endsWith(compressedSuffix) ? name.slice(0, -compressedSuffix.length) : name;
    return attemptOfSpool(plain) ?? [];
  });
  for (const id of [...new Set(attempts)].toSorted()) {
    if (find.get(id) !== undefined) continue;
    yield note(
      `${id}: nothing is known of the attempt that wrote these files in ${spoolFolderOf(dataDir)}. They are kept.`,
    );
  }
};

const collect = async (found: Found): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  try {
    for await (const finding of found) findings.push(finding);
  } catch (error) {
    const code = sqliteCodeOf(error);
    if (code === null || !(error instanceof Error)) throw error;
    findings.push(problem(`It could not be finished: ${error.message} (${code}).`));
  }
  return findings;
};

/** Where there is no database: whether one was lost. */
const missing = async (dataDir: string): Promise<Finding> => {
  const count = (await ledgerIds(spoolFolderOf(dataDir))).length;
  const there = `There is no database in ${dataDir}`;
  return count === 0
    ? note(`${there} yet: the first command that needs one makes it.`)
    : problem(`${there}; what it had is in the ledgers of ${String(count)} orchestrations.`);
};

/**
 * Checks a database and what belongs to it, step by step; changes nothing. Whoever calls it holds the directory's lock.
 * @throws FailureError `store.newer`; SqliteError when the database cannot be opened
 */
export const checkDatabase = async function* (dataDir: string): AsyncGenerator<CheckStep> {
  if ((await sizeOfDatabase(dataDir)) === 0) {
    yield { name: 'database', findings: [await missing(dataDir)] };
    return;
  }
  const db = new SqliteDatabase(databaseFile(dataDir), { readonly: true, fileMustExist: true });
  try {
    const version = versionOf(db);
    refuseNewer(version);
    if (version < migrations.length) {
      const text = `The database is of version ${String(version)}; the next engine brings it to ${String(migrations.length)}.`;
      yield { name: 'version', findings: [note(text)] };
      yield { name: 'pages and indexes', findings: await collect(soundness(db)) };
      return;
    }
    yield { name: 'pages and indexes', findings: await collect(soundness(db)) };
    yield { name: 'references', findings: await collect(references(db)) };
    yield { name: 'lists', findings: await collect(checkLists(db)) };
    yield { name: 'events', findings: await collect(checkEvents(db)) };
    yield { name: 'ledgers', findings: await collect(checkLedgers(db, dataDir)) };
    yield { name: 'spools', findings: await collect(spools(db, dataDir)) };
    yield { name: 'search', findings: await collect(checkIndex(db)) };
  } finally {
    db.close();
  }
};
