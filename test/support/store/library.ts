import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { SeenEnded, StoreBatch } from '../../../src/main/engine/store-ports.ts';
import { createCommit } from '../../../src/main/store/commits/commit.ts';
import { createKeys } from '../../../src/main/store/commits/keys.ts';
import { createPacker } from '../../../src/main/store/commits/pack.ts';
import { prepareDatabaseFile } from '../../../src/main/store/data-dir.ts';
import { openForReading, openForWriting } from '../../../src/main/store/database.ts';
import { createLedgers } from '../../../src/main/store/ledger/ledgers.ts';
import type { ReadKind, ReadRequest, Reads } from '../../../src/main/store/protocol.ts';
import { createReads } from '../../../src/main/store/reads/read.ts';
import { catchUpLedgers } from '../../../src/main/store/rebuild/catch-up.ts';
import { rebuildDatabase, type RebuildReport } from '../../../src/main/store/rebuild/rebuild.ts';
import { createIndexing } from '../../../src/main/store/search/search-index.ts';
import { createIndexTidying } from '../../../src/main/store/search/search-tidy.ts';
import { createCompaction } from '../../../src/main/store/upkeep/compact.ts';
import { createRemoval, createRemovalBegin } from '../../../src/main/store/upkeep/remove.ts';

const small = { hotEvents: 3, blockEvents: 4, blockCharacters: 500 };

/** What the store's threads have, each over a connection of its own. */
const openParts = (dataDir: string) => {
  const file = join(dataDir, 'netra.db');
  const spool = join(dataDir, 'spool');
  const [writer, reader, keeper] = [openForWriting(file), openForReading(file), openForReading(file)];
  const keys = createKeys(writer);
  const ledgers = createLedgers(keeper, spool);
  const begin = createRemovalBegin(writer, spool);
  return {
    commit: createCommit(writer, keys),
    pack: createPacker(),
    read: createReads(reader),
    ledgers,
    remove: (seen: readonly SeenEnded[]) => {
      const removed = begin(seen);
      keys.forget();
      return removed;
    },
    slices: {
      compact: createCompaction(writer, small),
      remove: createRemoval(writer, spool, () => false),
      index: createIndexing(keeper),
      tidyIndex: createIndexTidying(keeper),
    },
    writer,
    close: () => {
      ledgers.close();
      for (const db of [reader, keeper, writer]) db.close();
    },
  };
};

type Parts = ReturnType<typeof openParts>;
export type SliceKind = keyof Parts['slices'];

/** All that the store's threads do to a data directory, step by step and in this thread. */
export type Library = {
  commit(batch: StoreBatch): void;
  read<K extends ReadKind>(kind: K, ...args: Reads[K]['args']): Reads[K]['result'];
  remove(seen: readonly SeenEnded[]): readonly string[];
  /** The smallest slices that there are; true when there is more. */
  slices(kind: SliceKind, count: number): boolean;
  /** Writes a bit of the ledgers of those that changed. */
  ledgers(changed: readonly string[]): void;
  /** As after a kill: nothing in memory stays. */
  reopen(): void;
  /** Makes the database anew from its ledgers. */
  rebuild(): Promise<RebuildReport>;
  database(): Database;
  close(): void;
};

export const openLibrary = async (dataDir: string): Promise<Library> => {
  await prepareDatabaseFile(dataDir);
  let parts = openParts(dataDir);
  return {
    commit: (batch) => {
      parts.commit(parts.pack(batch));
    },
    read: <K extends ReadKind>(kind: K, ...args: Reads[K]['args']) =>
      JSON.parse(parts.read({ kind, args } as unknown as ReadRequest)) as Reads[K]['result'],
    remove: (seen) => parts.remove(seen),
    slices: (kind, count) => {
      let hasMore = true;
      for (let at = 0; at < count && hasMore; at += 1) hasMore = parts.slices[kind](0);
      return hasMore;
    },
    ledgers: (changed) => {
      parts.ledgers.run({ changed, ms: 0, isFlush: false });
    },
    reopen: () => {
      parts.close();
      parts = openParts(dataDir);
    },
    rebuild: async () => {
      parts.close();
      await catchUpLedgers(dataDir);
      const report = await rebuildDatabase({ dataDir, salvage: false });
      parts = openParts(dataDir);
      return report;
    },
    database: () => parts.writer,
    close: () => {
      parts.close();
    },
  };
};
