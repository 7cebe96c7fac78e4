import type { Database } from 'better-sqlite3';
import { createLedgerWriter } from './ledger-writer.ts';
import { createRecordsLedger } from './records-ledger.ts';

export type LedgerSlice = {
  readonly changed: readonly string[];
  readonly ms: number;
  readonly isFlush: boolean;
};

export interface Ledgers {
  /**
   * Writes down what changed, for about `ms` milliseconds; true when there is more. With `isFlush` also what changed only just,
   * and rows of what runs.
   */
  run(slice: LedgerSlice): boolean;
  close(): void;
}

/** All ledgers of a data directory, from a connection that reads its database. */
export const createLedgers = (db: Database, spoolFolder: string): Ledgers => {
  const orchestrations = createLedgerWriter(db, spoolFolder);
  const records = createRecordsLedger(db, spoolFolder);
  return {
    run: ({ changed, ms, isFlush }) => {
      records.run(isFlush);
      if (!isFlush) return orchestrations.run(changed, ms);
      orchestrations.flush(changed, ms);
      return false;
    },
    close: () => {
      orchestrations.close();
    },
  };
};
