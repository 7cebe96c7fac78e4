import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Removable, StoreCensus } from '../../engine/store-ports.ts';
import { spoolFolderOf } from '../../spool/files.ts';
import type { Answers } from './answers.ts';
import { isMissing } from '../data-dir.ts';

type File = { readonly name: string; readonly bytes: number };

/** The files in a folder with their sizes; none where there is no folder. What is removed meanwhile is left out. */
const filesIn = (folder: string): readonly File[] => {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .flatMap(({ name }) => {
        const stats = statSync(join(folder, name), { throwIfNoEntry: false });
        return stats === undefined ? [] : [{ name, bytes: stats.size }];
      });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

const bytesOf = (files: readonly File[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

type FileKind = Exclude<keyof StoreCensus['bytes'], 'total' | 'free'>;

const kinds: readonly (readonly [FileKind, RegExp])[] = [
  ['database', /^netra\.db$/],
  ['log', /^netra\.db-(wal|shm)$/],
  ['search', /^search\.db/],
  ['backups', /^netra\.db\./],
  ['ledgers', /\.ledger\.ndjson(\.zst)?$/],
  ['compressedSpools', /\.(ndjson|stderr)\.zst$/],
  ['spools', /\.(ndjson|stderr)$/],
];

const kindOf = (name: string): FileKind => kinds.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';

const numberOf = (db: Database, pragma: string): number => Number(db.pragma(pragma, { simple: true }));

const freeBytes = (db: Database): number => numberOf(db, 'freelist_count') * numberOf(db, 'page_size');

/** Counts what is there. Nothing in it goes over events: how many an orchestration has, its view says. */
const readCensus = (db: Database, dataDir: string) => {
  const counts = db.prepare<[], Omit<StoreCensus, 'bytes'>>(
    `SELECT (SELECT count(*) FROM instances) AS instances, (SELECT count(*) FROM attempts) AS attempts,
       (SELECT coalesce(sum(last_seq), 0) FROM facets) AS events`,
  );
  const orchestrations = db.prepare<[], StoreCensus['orchestrations']>(
    `SELECT count(*) AS total, count(*) - count(ended_at) AS unfinished, coalesce(sum(pinned), 0) AS pinned,
       count(deleted_at) AS deleted FROM facets`,
  );
  return (): StoreCensus => {
    const bytes = {
      database: 0,
      log: 0,
      search: 0,
      spools: 0,
      compressedSpools: 0,
      ledgers: 0,
      backups: 0,
      other: 0,
    };
    const files = [...filesIn(dataDir), ...filesIn(spoolFolderOf(dataDir))];
    for (const file of files) bytes[kindOf(file.name)] += file.bytes;
    const found = counts.get();
    const all = orchestrations.get();
    if (found === undefined || all === undefined) throw new Error('A count gives a row.');
    return { ...found, orchestrations: all, bytes: { ...bytes, total: bytesOf(files), free: freeBytes(db) } };
  };
};

type Ended = Omit<Removable, 'bytes'> & { readonly key: number; readonly events: number };

/** The ended orchestrations that nobody pinned, with what they take about: their files, and their share of the database. */
const readRemovable = (db: Database, dataDir: string) => {
  const ended = db.prepare<[], Ended>(
    `SELECT f.orchestration_key AS key, o.id, json_extract(o.view, '$.name') AS name, f.ended_at AS endedAtMs,
       f.deleted_at AS deletedAtMs, f.last_seq AS events
     FROM facets f JOIN orchestrations o ON o.key = f.orchestration_key
     WHERE f.ended_at IS NOT NULL AND f.pinned = 0 ORDER BY f.ended_at, f.orchestration_key`,
  );
  const owners = db.prepare<[], { readonly id: string; readonly key: number }>(
    `SELECT a.id, i.orchestration_key AS key FROM attempts a JOIN instances i ON i.key = a.instance_key`,
  );
  const events = db.prepare<[], number>('SELECT coalesce(sum(last_seq), 0) FROM facets').pluck();
  return (): readonly Removable[] => {
    const byId = new Map<string, number>();
    for (const { name, bytes } of filesIn(spoolFolderOf(dataDir))) {
      const id = name.split('.', 1)[0] ?? name;
      byId.set(id, (byId.get(id) ?? 0) + bytes);
    }
    const byKey = new Map<number, number>();
    for (const { id, key } of owners.all()) byKey.set(key, (byKey.get(key) ?? 0) + (byId.get(id) ?? 0));
    const used = numberOf(db, 'page_count') * numberOf(db, 'page_size') - freeBytes(db);
    const perEvent = used / Math.max(1, events.get() ?? 0);
    return ended.all().map(({ key, events: count, ...one }) => ({
      ...one,
      bytes: (byKey.get(key) ?? 0) + (byId.get(one.id) ?? 0) + Math.round(count * perEvent),
    }));
  };
};

/** What retention and `netra db` ask. Both look at each file of the data directory: not for the thread that answers people. */
export const readRetention = (db: Database): Pick<Answers, 'census' | 'removable'> => {
  const dataDir = dirname(db.name);
  const census = readCensus(db, dataDir);
  const removable = readRemovable(db, dataDir);
  return { census: () => JSON.stringify(census()), removable: () => JSON.stringify(removable()) };
};
