import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { spoolFolderOf } from '../../spool/files.ts';
import { createSpoolCompression } from './compress-spools.ts';
import { createCompaction } from './compact.ts';
import { checkpointBeside } from '../database.ts';
import type { SliceName, WorkerStart } from '../protocol.ts';
import { createRemoval } from './remove.ts';
import { createIndexing } from '../search/search-index.ts';
import { createIndexTidying } from '../search/search-tidy.ts';
import { createVacuum } from './vacuum.ts';

/** Does at most about `ms` milliseconds of work; true when there is more. */
type Slice = (ms: number) => boolean;

/** Background work, each on the thread that is asked for it: what writes the database on the writer, the rest on the keeper. */
type Make = (db: Database, start: WorkerStart, isComing: (key: number) => boolean) => Slice;
const makers: Readonly<Record<SliceName, Make>> = {
  checkpoint: (db) => () => {
    checkpointBeside(db.name);
    return false;
  },
  compact: (db) => createCompaction(db),
  remove: (db, { file }, isComing) => createRemoval(db, spoolFolderOf(dirname(file)), isComing),
  vacuum: (db) => createVacuum(db),
  index: createIndexing,
  tidyIndex: createIndexTidying,
  compress: (db, { file, compressAfterMs: afterMs = 600_000 }) =>
    createSpoolCompression({ db, folder: spoolFolderOf(dirname(file)), afterMs, now: () => Date.now() }),
};

/** Takes a thread's database, and which orchestrations are being stored; gives what does a slice of its background work. */
export const createSlices = (
  db: Database,
  start: WorkerStart,
  isComing: (key: number) => boolean,
): ((name: SliceName, ms: number) => boolean) => {
  const made = new Map<SliceName, Slice>();
  return (name, ms) => {
    const slice = made.get(name) ?? makers[name](db, start, isComing);
    made.set(name, slice);
    return slice(ms);
  };
};
