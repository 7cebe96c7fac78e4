import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SeenEnded } from '../../src/main/engine/store-ports.ts';
import { openForWriting } from '../../src/main/store/database.ts';
import { createLedgerWriter } from '../../src/main/store/ledger/ledger-writer.ts';
import { createRecordsLedger } from '../../src/main/store/ledger/records-ledger.ts';
import { rebuildDatabase } from '../../src/main/store/rebuild/rebuild.ts';
import { createRemoval, createRemovalBegin } from '../../src/main/store/upkeep/remove.ts';
import { openStore } from '../../src/main/store/store.ts';
import { dumpOf, integrityOf } from '../support/store/dump.ts';
import { runHistory, type Happening } from '../support/store/histories.ts';
import { startProgram } from '../support/store/programs.ts';
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

/** A closed data directory with a random history in it, all of it ended, and its ledgers caught up with. */
const endedHistory = async (history: readonly Happening[]): Promise<string> => {
  const dataDir = await temporaryDirectory();
  const store = await openStore({ dataDir });
  await runHistory(store, history, true);
  await store.close();
  catchUp(dataDir);
  return dataDir;
};

const longHistory: readonly Happening[] = Array.from({ length: 60 }, (_, i) => ({
  kind: (i * 7) % 9,
  pick: i * 5,
  size: (i * 13) % 90,
}));

/** Flips bytes of a file at places; a place is a part of the file's length. */
const damage = async (file: string, places: readonly number[]): Promise<void> => {
  const bytes = await readFile(file);
  for (const place of places) {
    const at = Math.min(bytes.length - 65, Math.floor(place * bytes.length));
    bytes.fill(0xa5, at, at + 64);
  }
  await writeFile(file, bytes);
};

describe('a damaged database', () => {
  it.each([
    ['that is repaired', true],
    ['that is made anew', false],
  ])('%s gives back nothing of what is removed, nor of what was just being removed', async (_, salvage) => {
    const dataDir = await endedHistory(longHistory);
    const file = fileOf(dataDir);
    const db = openForWriting(file);
    const unpinned = db
      .prepare<[], SeenEnded>(
        `SELECT o.id, f.ended_at AS endedAtMs, f.deleted_at AS deletedAtMs FROM facets f
         JOIN orchestrations o ON o.key = f.orchestration_key WHERE f.pinned = 0 ORDER BY o.key`,
      )
      .all();
    const [gone, going] = unpinned;
    if (gone === undefined || going === undefined) throw new Error('the history is too short');
    const kept = db.prepare('SELECT id FROM orchestrations WHERE id NOT IN (?, ?)').pluck();
    const left = kept.all(gone.id, going.id);
    const spools = db
      .prepare<[string], string>(
        `SELECT a.id || '.ndjson' FROM attempts a JOIN instances i ON i.key = a.instance_key
         JOIN orchestrations o ON o.key = i.orchestration_key WHERE o.id = ?`,
      )
      .pluck()
      .all(going.id);
    const begin = createRemovalBegin(db, spoolOf(dataDir));
    begin([gone]);
    while (createRemoval(db, spoolOf(dataDir))(1000));
    begin([going]);
    db.close();
    // Its ledger was being written when the removal began.
    for (const name of [...spools, `${going.id}.ledger.ndjson`])
      await writeFile(join(spoolOf(dataDir), name), 'left');
    const report = await rebuildDatabase({ dataDir, salvage });
    expect(report).toMatchObject({ orchestrations: left.length, lostEvents: 0, lostOrchestrations: [] });
    const back = new SqliteDatabase(file, { readonly: true });
    onTestFinished(() => void back.close());
    expect(back.prepare('SELECT id FROM orchestrations').pluck().all().toSorted()).toEqual(left.toSorted());
    const removals = 'SELECT id, ended_at IS NULL AS open FROM removals ORDER BY begun_at, orchestration_key';
    expect(back.prepare(removals).all()).toEqual([gone, going].map(({ id }) => ({ id, open: 0 })));
    const files = await readdir(spoolOf(dataDir));
    expect(files.filter((name) => spools.includes(name) || name.startsWith(going.id))).toEqual([]);
  });

  const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

  it('gives back all that its ledgers have, wherever the damage is', { timeout: 120_000 }, async () => {
    const dataDir = await endedHistory(longHistory);
    const file = fileOf(dataDir);
    const sound = await readFile(file);
    const original = dumpOf(file);
    await fc.assert(
      fc.asyncProperty(places, async (hurt) => {
        await writeFile(file, sound);
        await damage(file, hurt);
        const report = await rebuildDatabase({ dataDir, salvage: true });
        expect(report).toMatchObject({ lostEvents: 0, lostOrchestrations: [], damagedLines: 0 });
        const { records, ...rest } = dumpOf(file);
        const { records: originalRecords, ...originalRest } = original;
        expect(rest).toEqual(originalRest);
        expect(records).toHaveLength(originalRecords?.length ?? 0);
        expect(integrityOf(file)).toBe('ok');
      }),
      { numRuns: 25 },
    );
  });

  it(
    'gives back what can be read where there is no ledger, and says what is lost',
    { timeout: 120_000 },
    async () => {
      const dataDir = await endedHistory(longHistory);
      const file = fileOf(dataDir);
      const original = dumpOf(file);
      await rm(spoolOf(dataDir), { recursive: true });
      const db = new SqliteDatabase(file, { readonly: true });
      const pages = db
        .prepare<[], number>(
          "SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = 'leaf' ORDER BY pageno",
        )
        .pluck()
        .all();
      db.close();
      const bytes = await readFile(file);
      const hurt = [3, 4, 20].map((nth) => pages[nth] ?? 0);
      for (const page of hurt) bytes.fill(0xa5, (page - 1) * 4096, page * 4096);
      await writeFile(file, bytes);
      const report = await rebuildDatabase({ dataDir, salvage: true });
      const back = dumpOf(file);
      expect(report.lostOrchestrations).toEqual([]);
      expect(report.lostEvents).toBeGreaterThan(0);
      expect(report.lostEvents).toBeLessThan(200);
      expect(back['attempts']).toEqual(original['attempts']);
      expect(back['events']).toHaveLength(original['events']?.length ?? 0);
      expect(integrityOf(file)).toBe('ok');
    },
  );
});

describe('a process that is killed', () => {
  it.each([
    ['rebuild', 1],
    ['repair', 4],
  ])(
    'while it makes a database anew (%s, step by step, %i at once) leaves the old one or the new one',
    { timeout: 240_000 },
    async (how, step) => {
      const dataDir = await endedHistory(longHistory.slice(0, 3));
      const original = dumpOf(fileOf(dataDir));
      let last: string | null = null;
      let nth = 1;
      for (; last === null; nth += step) {
        last = await startProgram('remake', dataDir, how, String(nth)).line();
        // What was begun is done by whoever opens it next.
        await (await openStore({ dataDir })).close();
        expect(integrityOf(fileOf(dataDir))).toBe('ok');
        expect(dumpOf(fileOf(dataDir))).toEqual(original);
      }
      expect(last).toBe('done');
      expect(nth).toBeGreaterThan(8);
    },
  );

  it('while it makes the database small leaves it whole', { timeout: 60_000 }, async () => {
    const dataDir = await endedHistory(longHistory);
    const original = dumpOf(fileOf(dataDir));
    for (const ms of [0, 10, 30]) {
      const program = startProgram('vacuum', dataDir);
      expect(await program.line()).toBe('begins');
      await delay(ms);
      await program.kill();
      await (await openStore({ dataDir })).close();
      expect(integrityOf(fileOf(dataDir))).toBe('ok');
      expect(dumpOf(fileOf(dataDir))).toEqual(original);
    }
  });
});
