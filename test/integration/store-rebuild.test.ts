import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLedgerWriter } from '../../src/main/store/ledger/ledger-writer.ts';
import { createRecordsLedger } from '../../src/main/store/ledger/records-ledger.ts';
import { rebuildDatabase } from '../../src/main/store/rebuild/rebuild.ts';
import { openStore } from '../../src/main/store/store.ts';
import { dumpOf, integrityOf } from '../support/store/dump.ts';
import { runHistory, type Happening } from '../support/store/histories.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const happenings = fc.array(
  fc.record({ kind: fc.nat(8), pick: fc.nat(20), size: fc.nat(100) }) satisfies fc.Arbitrary<Happening>,
  { minLength: 5, maxLength: 40 },
);

const fileOf = (dataDir: string): string => join(dataDir, 'netra.db');
const spoolOf = (dataDir: string): string => join(dataDir, 'spool');

/** Keeps the ledgers of a closed data directory up with its database. */
const catchUp = (dataDir: string): void => {
  const db = new SqliteDatabase(fileOf(dataDir), { readonly: true });
  const ledgers = createLedgerWriter(db, spoolOf(dataDir));
  while (ledgers.run([], 5));
  ledgers.close();
  createRecordsLedger(db, spoolOf(dataDir)).run(true);
  db.close();
};

describe('a database that is made anew from its ledgers', () => {
  it(
    'equals the one that it is made from, when everything in it has ended',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(happenings, async (history) => {
          const dataDir = await temporaryDirectory();
          const store = await openStore({ dataDir });
          await runHistory(store, history, true);
          await store.close();
          catchUp(dataDir);
          const original = dumpOf(fileOf(dataDir));
          await rename(fileOf(dataDir), join(dataDir, 'gone.db'));
          const report = await rebuildDatabase({ dataDir, salvage: false });
          expect(report).toMatchObject({ lostEvents: 0, lostOrchestrations: [], damagedLines: 0 });
          expect(dumpOf(fileOf(dataDir))).toEqual(original);
          expect(integrityOf(fileOf(dataDir))).toBe('ok');
        }),
        { numRuns: 15 },
      );
    },
  );
});
