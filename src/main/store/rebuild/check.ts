import { access, readdir } from 'node:fs/promises';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { attemptOfSpool, compressedSuffix, spoolFolderOf } from '../../spool/files.ts';
import { databaseFile, isMissing } from '../data-dir.ts';
import { ledgerIds } from '../ledger/ledger-files.ts';
import { readLedger } from '../ledger/ledger-reading.ts';
import { createEventReading } from '../ledger/stored-events.ts';
import { refuseNewer, versionOf } from '../migrate.ts';
import { migrations } from '../migrations/index.ts';
import { sqliteCodeOf } from '../sqlite-failure.ts';
import { packOrchestrationText } from './pack-line.ts';

/** What a check found: a `problem` that `repair` is for, or a `note` about something that is only worth knowing. */
export type Finding = { readonly kind: 'problem' | 'note'; readonly text: string };

/** A step of the check, with what it found. */
export type CheckStep = { readonly name: string; readonly findings: readonly Finding[] };

type Found = Iterable<Finding> | AsyncIterable<Finding>;

const problem = (text: string): Finding => ({ kind: 'problem', text });
const note = (text: string): Finding => ({ kind: 'note', text });

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

/** The column of a field. */
const columnOf = (field: string): string =>
  field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const facets = function* (db: Database): Generator<Finding> {
  const all = db.prepare<[], { readonly key: number; readonly id: string; readonly view: string }>(
    // Those that are being removed are in no list.
    'SELECT key, id, view FROM orchestrations WHERE key NOT IN (SELECT orchestration_key FROM removals)',
  );
  const find = db.prepare<[number], object>('SELECT * FROM facets WHERE orchestration_key = ?');
  for (const { key, id, view } of all.iterate()) {
    let expected: object;
    try {
      expected = packOrchestrationText(view).facets;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      yield problem(`What is kept of the orchestration ${id} cannot be read: ${error.message}.`);
      continue;
    }
    const found = { ...find.get(key) };
    const isSame = Object.entries(expected).every(
      ([name, value]) => Reflect.get(found, columnOf(name)) === value,
    );
    if (!isSame) yield problem(`The orchestration ${id} is listed with other figures than it has.`);
  }
};

const counts = function* (db: Database): Generator<Finding> {
  type Count = { readonly id: string; readonly said: number; readonly found: number };
  const instances = db.prepare<[], Count>(
    `SELECT i.id, i.view ->> 'eventCount' AS said,
       (SELECT count(*) FROM events e WHERE e.instance_key = i.key)
         + (SELECT coalesce(sum(b.count), 0) FROM event_blocks b WHERE b.instance_key = i.key) AS found
     FROM instances i WHERE i.orchestration_key NOT IN (SELECT orchestration_key FROM removals)`,
  );
  for (const { id, said, found } of instances.iterate()) {
    if (said === found) continue;
    yield problem(
      `The instance ${id} says that it has ${String(said)} events, and ${String(found)} are there.`,
    );
  }
  const reading = createEventReading(db);
  const orchestrations = db.prepare<[], Count & { readonly key: number }>(
    `SELECT key, id, view ->> 'lastSeq' AS said, f.last_seq AS found
     FROM orchestrations JOIN facets f ON f.orchestration_key = key
     WHERE key NOT IN (SELECT orchestration_key FROM removals)`,
  );
  for (const { key, id, said, found } of orchestrations.all()) {
    const last = reading.last(key);
    if (said !== last) {
      yield problem(
        `The orchestration ${id} says that its last event is ${String(said)}; it is ${String(last)}.`,
      );
    }
    // The index of words goes by it.
    if (found !== last) {
      yield problem(`The orchestration ${id} is searched up to event ${String(found)} of ${String(last)}.`);
    }
  }
};

const ledgers = async function* (db: Database, dataDir: string): AsyncGenerator<Finding> {
  const folder = spoolFolderOf(dataDir);
  const reading = createEventReading(db);
  const find = db.prepare<[string], number>('SELECT key FROM orchestrations WHERE id = ?').pluck();
  const ids = await ledgerIds(folder);
  let behind = Number(db.prepare('SELECT count(*) FROM facets').pluck().get());
  for (const id of ids) {
    let damaged = 0;
    let seq = 0;
    for await (const { end } of readLedger(folder, id, () => void (damaged += 1)))
      seq = Math.max(seq, end.seq);
    if (damaged > 0) yield problem(`${String(damaged)} lines of the ledger of ${id} are damaged.`);
    const key = find.get(id);
    if (key === undefined) {
      yield note(`There is a ledger of the orchestration ${id}, which the database does not know.`);
      continue;
    }
    const last = reading.last(key);
    if (seq >= last) behind -= 1;
    if (seq > last) {
      yield problem(
        `The ledger of ${id} has events up to ${String(seq)}, the database up to ${String(last)}.`,
      );
    }
  }
  if (behind > 0) {
    yield note(
      `The ledgers of ${String(behind)} orchestrations are behind; the next engine that runs for a while writes them.`,
    );
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

const isThere = async (file: string): Promise<boolean> => {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
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
  if (!(await isThere(databaseFile(dataDir)))) {
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
    yield { name: 'lists', findings: await collect(facets(db)) };
    yield { name: 'events', findings: await collect(counts(db)) };
    yield { name: 'ledgers', findings: await collect(ledgers(db, dataDir)) };
    yield { name: 'spools', findings: await collect(spools(db, dataDir)) };
  } finally {
    db.close();
  }
};
