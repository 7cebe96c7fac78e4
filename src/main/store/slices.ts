import type { Database } from 'better-sqlite3';
import { checkpoint } from './database.ts';
import type { SliceName } from './protocol.ts';
import { createVacuum } from './vacuum.ts';

/** Does at most about `ms` milliseconds of work; true when there is more. */
type Slice = (ms: number) => boolean;

/** Background work, each on the thread that is asked for it: what writes the database on the writer, the rest on the keeper. */
const makers: Readonly<Record<SliceName, (db: Database) => Slice>> = {
  checkpoint: (db) => () => {
    checkpoint(db);
    return false;
  },
  vacuum: createVacuum,
};

/** Takes a thread's database and gives what does a slice of its background work. */
export const createSlices = (db: Database): ((name: SliceName, ms: number) => boolean) => {
  const made = new Map<SliceName, Slice>();
  return (name, ms) => {
    const slice = made.get(name) ?? makers[name](db);
    made.set(name, slice);
    return slice(ms);
  };
};
