import SqliteDatabase, { type Database } from 'better-sqlite3';
import { isMissing } from '../data-dir.ts';
import { isCurrentIndex, searchFile } from '../search/search-file.ts';
import { sqliteCodeOf } from '../sqlite-failure.ts';
import { type Finding, note, problem } from './finding.ts';

const isSound = (index: Database): boolean => index.pragma('quick_check(1)', { simple: true }) === 'ok';

const perOrchestration = 2 ** 32;

/** Whether the index has the events that it says it has, each in one piece. */
const pieces = function* (db: Database, index: Database): Generator<Finding> {
  type Indexed = { readonly key: number; readonly seq: number };
  const counted = index
    .prepare<[number, number], number>(
      'SELECT coalesce(sum(count), 0) FROM pieces WHERE key >= ? AND key < ?',
    )
    .pluck();
  const stored = db.prepare<[{ key: number; seq: number }], { readonly events: number; readonly id: string }>(
    `SELECT o.id, (SELECT count(*) FROM events WHERE key > @key << 32 AND key <= (@key << 32) + @seq)
       + (SELECT coalesce(sum(count), 0) FROM event_blocks WHERE orchestration_key = @key) AS events
     FROM orchestrations o JOIN facets f ON f.orchestration_key = o.key WHERE o.key = @key AND f.last_seq = @seq`,
  );
  const strange = index
    .prepare<[], number>(
      'SELECT count(*) FROM pieces WHERE key >> 32 NOT IN (SELECT orchestration_key FROM indexed)',
    )
    .pluck()
    .get();
  if (strange !== 0) yield problem(`The index of words has ${String(strange)} pieces of what is not there.`);
  // Those of which all is indexed: of others blocks may hold more than that.
  for (const { key, seq } of index
    .prepare<[], Indexed>('SELECT orchestration_key AS key, seq FROM indexed')
    .all()) {
    const found = stored.get({ key, seq });
    if (found === undefined) continue;
    const count = counted.get(key * perOrchestration, (key + 1) * perOrchestration);
    if (count === found.events) continue;
    yield problem(
      `The index of words has ${String(count)} of the ${String(found.events)} events of the orchestration ${found.id}.`,
    );
  }
};

const behind = (db: Database, index: Database): number => {
  const indexed = new Map(
    index.prepare<[], [number, number]>('SELECT orchestration_key, seq FROM indexed').raw().all(),
  );
  const stored = db.prepare<[], [number, number]>('SELECT orchestration_key, last_seq FROM facets').raw();
  return stored.all().reduce((sum, [key, last]) => sum + Math.max(0, last - (indexed.get(key) ?? 0)), 0);
};

const lookInto = function* (db: Database, index: Database): Generator<Finding> {
  if (!isCurrentIndex(index, db)) {
    yield note('The index of words is of another database or version; the next engine makes it anew.');
    return;
  }
  if (!isSound(index)) {
    yield problem('The index of words is damaged.');
    return;
  }
  yield* pieces(db, index);
  const missing = behind(db, index);
  if (missing > 0) {
    yield note(
      `${String(missing)} events are not in the index of words yet; the next engine that runs for a while adds them.`,
    );
  }
};

/** Whether what is stored can be found. The index is made anew where it is missing, and by `repair`. */
export const checkIndex = function* (db: Database): Generator<Finding> {
  let index: Database;
  try {
    index = new SqliteDatabase(searchFile(db.name), { readonly: true, fileMustExist: true });
  } catch (error) {
    if (isMissing(error) || sqliteCodeOf(error) === 'SQLITE_CANTOPEN') {
      yield note('There is no index of words; the next engine that runs for a while makes it.');
      return;
    }
    throw error;
  }
  try {
    yield* lookInto(db, index);
  } finally {
    index.close();
  }
};
