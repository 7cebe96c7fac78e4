import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { createHistoryCommit } from './commits/commit-history.ts';
import { createCommit } from './commits/commit.ts';
import { openForReading, openForWriting } from './database.ts';
import { createImports } from './commits/import-orchestration.ts';
import type { HistoryBatch } from './commits/history-rows.ts';
import { createKeys } from './commits/keys.ts';
import { createPresence } from './presence.ts';
import type { ImportStep, Reply, SliceName, StoreRequest, WorkerStart } from './protocol.ts';
import { createLedgers } from './ledger/ledgers.ts';
import type { SeenEnded } from '../engine/store-ports.ts';
import { spoolFolderOf } from '../spool/files.ts';
import { createReads } from './reads/read.ts';
import { createRemovalBegin } from './upkeep/remove.ts';
import { createSlices } from './upkeep/slices.ts';
import { vacuumWhole } from './upkeep/vacuum.ts';
import { openingFailure, sqliteFailure } from './sqlite-failure.ts';

/**
 * The store's threads: SQLite blocks, so it does it here. One entry for all roles; each handles one request after
 * the other, in the order they came.
 */

const start = workerData as WorkerStart;
const { role, file } = start;

/** What the thread can do once the database is open; statements are made when they are first needed. */
const createHandlers = (db: Database) => {
  let commit: ReturnType<typeof createCommit> | undefined;
  let read: ReturnType<typeof createReads> | undefined;
  let ledgers: ReturnType<typeof createLedgers> | undefined;
  let history: ReturnType<typeof createHistoryCommit> | undefined;
  let imports: ReturnType<typeof createImports> | undefined;
  const keys = createKeys(db);
  const spoolFolder = spoolFolderOf(dirname(file));
  const committing = () => (commit ??= createCommit(db, keys));
  const slices = createSlices(db, start, (key) => imports?.isUnderWay(key) ?? false);
  return {
    remove: (seen: readonly SeenEnded[]) => {
      const removed = createRemovalBegin(db, spoolFolder)(seen);
      keys.forget();
      return removed;
    },
    isThere: createPresence(file),
    commit: committing,
    import: (step: ImportStep): string => (imports ??= createImports(db, committing(), keys)).take(step),
    takeHistory: (batch: HistoryBatch): boolean =>
      (history ??= createHistoryCommit(db, { commit: committing(), keys, spoolFolder }))(batch),
    read: () => (read ??= createReads(db)),
    vacuum: () => {
      // What is to go goes first.
      for (const name of ['remove', 'compact'] as const) while (slices(name, 1_000));
      return JSON.stringify(vacuumWhole(db));
    },
    slice: (name: SliceName, ms: number) => slices(name, ms),
    ledgers: () => (ledgers ??= createLedgers(db, spoolFolder)),
    close: () => {
      ledgers?.close();
      db.close();
    },
  };
};
let handlers: ReturnType<typeof createHandlers> | undefined;

const opened = (): ReturnType<typeof createHandlers> =>
  (handlers ??= createHandlers(role === 'writer' ? openForWriting(file) : openForReading(file)));

/** Does what is asked and gives the answer as JSON. */
const handle = (request: Exclude<StoreRequest, { readonly kind: 'repair' }>): string => {
  switch (request.kind) {
    case 'open':
      opened();
      return 'null';
    case 'commit':
      opened().isThere();
      opened().commit()(request.batch);
      return 'null';
    case 'import':
      opened().isThere();
      return opened().import(request.step);
    case 'ledgers':
      return String(opened().ledgers().run(request));
    case 'remove':
      opened().isThere();
      return JSON.stringify(opened().remove(request.seen));
    case 'history':
      opened().isThere();
      return String(opened().takeHistory(request.batch));
    case 'vacuum':
      return opened().vacuum();
    case 'slice':
      return String(opened().slice(request.name, request.ms));
    case 'close':
      handlers?.close();
      return 'null';
    default:
      return opened().read()(request);
  }
};

const failureOf = (error: unknown, request: StoreRequest) =>
  request.kind === 'open' ? openingFailure(error, dirname(file), file) : sqliteFailure(error, file);

/** Makes a new database of a damaged one; loaded only then, for it is of no use to anybody else. */
const repair = async (): Promise<string> => {
  const { rebuildDatabase } = await import('./rebuild/rebuild.ts');
  return JSON.stringify(await rebuildDatabase({ dataDir: dirname(file), salvage: true }));
};

const port = parentPort;

const answer = async (request: StoreRequest, id: number): Promise<void> => {
  const began = performance.now();
  const took = (): number => performance.now() - began;
  let reply: Reply;
  try {
    // All but a repair are answered before the next request is looked at.
    const result = request.kind === 'repair' ? await repair() : handle(request);
    reply = { id, result, ms: took() };
  } catch (error) {
    reply = { id, failure: failureOf(error, request), ms: took() };
  }
  port?.postMessage(reply);
  if (request.kind === 'close') port?.close();
};

port?.on('message', ({ id, request }: { readonly id: number; readonly request: StoreRequest }) => {
  void answer(request, id);
});
