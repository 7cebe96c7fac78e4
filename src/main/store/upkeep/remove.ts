import { rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { SeenEnded } from '../../engine/store-ports.ts';
import type { AttemptId, OrchestrationId } from '../../../shared/domain/ids.ts';
import { compressedSuffix, spoolFile } from '../../spool/files.ts';
import { removeLedger } from '../ledger/ledger-files.ts';
import { createSpentKeeper } from '../reads/spent-before.ts';

/** Rows that one transaction takes away: some milliseconds. */
const eventsAtOnce = 256;
const blocksAtOnce = 16;
const attemptsAtOnce = 16;

const removeFile = (path: string): void => {
  for (const suffix of ['', compressedSuffix, `${compressedSuffix}.part`])
    rmSync(path + suffix, { force: true });
};

const removeSpools = (folder: string, id: AttemptId): void => {
  for (const stream of ['stdout', 'stderr'] as const) removeFile(spoolFile(folder, id, stream));
};

/** Removes what files there are of an orchestration and its attempts. */
export const removeFilesOf = (
  spoolFolder: string,
  id: OrchestrationId,
  attempts: readonly AttemptId[],
): void => {
  for (const attempt of attempts) removeSpools(spoolFolder, attempt);
  removeLedger(spoolFolder, id);
};

/**
 * Gives what begins to take orchestrations away for good: from then on they are in no list and found by no id, and what is left
 * of them goes in slices, with the next engine if need be. It gives the ids of those that it took: what is not as it was seen
 * any more stays, and so does what is at work, pinned or unknown. Keys that were looked up before are to be forgotten.
 */
export const createRemovalBegin = (
  db: Database,
  spoolFolder: string,
): ((seen: readonly SeenEnded[]) => readonly OrchestrationId[]) => {
  const asSeen = db
    .prepare<[SeenEnded], number>(
      `SELECT o.key FROM orchestrations o JOIN facets f ON f.orchestration_key = o.key
       WHERE o.id = @id AND f.state IN ('succeeded', 'failed', 'stopped') AND f.pinned = 0
         AND f.ended_at = @endedAtMs AND f.deleted_at IS @deletedAtMs`,
    )
    .pluck();
  const note = db.prepare('INSERT INTO removals (orchestration_key, id, begun_at) VALUES (?, ?, ?)');
  // Its id may come again, from an archive: it must not be found under it.
  const rename = db.prepare("UPDATE orchestrations SET id = 'removed ' || key WHERE key = ?");
  const keepSpent = createSpentKeeper(db);
  const unlist = [
    // With what they come to kept, they must not count a second time until they are gone.
    `DELETE FROM usage WHERE attempt_key IN (
       SELECT a.key FROM instances i JOIN attempts a ON a.instance_key = i.key WHERE i.orchestration_key = ?)`,
    'DELETE FROM facets WHERE orchestration_key = ?',
    'DELETE FROM labels WHERE orchestration_key = ?',
    'UPDATE history_files SET orchestration_key = NULL WHERE orchestration_key = ?',
  ].map((sql) => db.prepare<[number]>(sql));
  const begin = db.transaction((seen: readonly SeenEnded[]) =>
    seen.flatMap(({ id, endedAtMs, deletedAtMs }) => {
      const key = asSeen.get({ id, endedAtMs, deletedAtMs });
      if (key === undefined) return [];
      // First, so that nothing is made anew from it. Should this not be committed, it is written again.
      removeLedger(spoolFolder, id);
      note.run(key, id, Date.now());
      keepSpent(key);
      rename.run(key);
      for (const statement of unlist) statement.run(key);
      return [id];
    }),
  );
  return (seen) => begin.immediate(seen);
};

type Removal = { readonly key: number; readonly id: OrchestrationId };

/** Gives what takes away some attempts of an instance with their spools, or the instance when it has none; false without it. */
const createInstanceStep = (db: Database, spoolFolder: string): ((orchestration: number) => boolean) => {
  type Attempt = { readonly key: number; readonly id: AttemptId };
  const instanceOf = db
    .prepare<[number], number>('SELECT key FROM instances WHERE orchestration_key = ? LIMIT 1')
    .pluck();
  const attemptsOf = db.prepare<[number, number], Attempt>(
    'SELECT key, id FROM attempts WHERE instance_key = ? LIMIT ?',
  );
  const prepare = (sql: string) => db.prepare<[number]>(sql);
  const ofAttempt = [
    'DELETE FROM usage WHERE attempt_key = ?',
    'DELETE FROM attempt_specs WHERE attempt_key = ?',
    'DELETE FROM attempts WHERE key = ?',
  ].map(prepare);
  const ofInstance = [
    'DELETE FROM tool_usage WHERE instance_key = ?',
    'DELETE FROM claude_sessions WHERE instance_key = ?',
    'DELETE FROM instance_specs WHERE instance_key = ?',
    'DELETE FROM instances WHERE key = ?',
  ].map(prepare);
  return (orchestration) => {
    const instance = instanceOf.get(orchestration);
    if (instance === undefined) return false;
    const attempts = attemptsOf.all(instance, attemptsAtOnce);
    for (const { key, id } of attempts) {
      // The files before the row: without it nobody would know of them.
      removeSpools(spoolFolder, id);
      for (const statement of ofAttempt) statement.run(key);
    }
    if (attempts.length === 0) for (const statement of ofInstance) statement.run(instance);
    return true;
  };
};

/**
 * Gives what goes on with removals that were begun, in transactions of some milliseconds: true when there is more. `isComing`:
 * it is an import under way (import-orchestration.ts), and not to go yet.
 */
export const createRemoval = (
  db: Database,
  spoolFolder: string,
  isComing: (key: number) => boolean = () => false,
): ((ms: number) => boolean) => {
  const open = db.prepare<[], Removal>(
    'SELECT orchestration_key AS key, id FROM removals WHERE ended_at IS NULL ORDER BY orchestration_key',
  );
  const blocks = db.prepare(
    'DELETE FROM event_blocks WHERE key IN (SELECT key FROM event_blocks WHERE orchestration_key = ? LIMIT ?)',
  );
  const events = db.prepare('DELETE FROM events WHERE key >= ? AND key < ? LIMIT ?');
  const instanceStep = createInstanceStep(db, spoolFolder);
  const rest = [
    'DELETE FROM orchestration_sources WHERE orchestration_key = ?',
    'DELETE FROM orchestrations WHERE key = ?',
  ].map((sql) => db.prepare<[number]>(sql));
  const end = db.prepare('UPDATE removals SET ended_at = ? WHERE orchestration_key = ?');
  const step = db.transaction(({ key, id }: Removal): void => {
    const start = key * 2 ** 32;
    if (blocks.run(key, blocksAtOnce).changes > 0) return;
    if (events.run(start, start + 2 ** 32, eventsAtOnce).changes > 0) return;
    if (instanceStep(key)) return;
    for (const statement of rest) statement.run(key);
    // Once more: it may have been written while this began.
    removeLedger(spoolFolder, id);
    end.run(Date.now(), key);
  });
  const next = (): Removal | undefined => {
    for (const removal of open.iterate()) if (!isComing(removal.key)) return removal;
    return undefined;
  };
  return (ms) => {
    const until = performance.now() + ms;
    do {
      const removal = next();
      if (removal === undefined) return false;
      step.immediate(removal);
    } while (performance.now() < until);
    return true;
  };
};
