import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCommit } from '../../../../src/main/store/commits/commit.ts';
import { createPacker } from '../../../../src/main/store/commits/pack.ts';
import { prepareDatabaseFile } from '../../../../src/main/store/data-dir.ts';
import { openForWriting } from '../../../../src/main/store/database.ts';
import { createIndexing } from '../../../../src/main/store/search/search-index.ts';
import { createIndexTidying } from '../../../../src/main/store/search/search-tidy.ts';
import { creationOf, eventsOf, sampleOf } from '../../../support/store/samples.ts';
import { temporaryDirectory } from '../../../support/store/temporary-directory.ts';

/** An index of so many orchestrations, each with words of its own in 640 events. */
const indexed = async (count: number) => {
  const dataDir = await temporaryDirectory();
  await prepareDatabaseFile(dataDir);
  const db = openForWriting(join(dataDir, 'netra.db'));
  onTestFinished(() => void db.close());
  const commit = createCommit(db);
  const pack = createPacker();
  const index = createIndexing(db);
  for (let at = 0; at < count; at += 1) {
    const sample = sampleOf(`session ${String(at)}`);
    const events = eventsOf(sample, 640).map((event, i) => ({
      ...event,
      body: {
        ...{ type: 'prompt.sent' as const, by: 'ada' },
        text: `common ${Array.from({ length: 20 }, (_, j) => `w${String((at * 640 + i) * 20 + j)}`).join(' ')}`,
      },
    }));
    commit(pack({ ...creationOf(sample), events }));
    while (index(1));
  }
  const file = join(dataDir, 'search.db');
  const look = new SqliteDatabase(file);
  onTestFinished(() => void look.close());
  const parts = look.prepare('SELECT count(DISTINCT segid) FROM words_idx').pluck();
  const found = look.prepare('SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid').pluck();
  const size = async (): Promise<number> => {
    look.pragma('wal_checkpoint(TRUNCATE)');
    return (await stat(file)).size;
  };
  return {
    db,
    file,
    look,
    index,
    parts: () => Number(parts.get()),
    found: (word: string) => found.all(word),
    size,
  };
};

describe('the index of words', () => {
  it(
    'is merged and gets smaller in small steps after removals, and finds the same',
    { timeout: 60_000 },
    async () => {
      const { db, file, look, index, parts, found, size } = await indexed(24);
      const tidy = createIndexTidying(db);
      while (tidy(50));
      expect(parts()).toBe(1);
      const before = await size();
      db.exec('DELETE FROM facets WHERE orchestration_key % 3 > 0');
      while (index(50));
      const [common, one] = [found('common'), found('w5')];
      const kept = await size();
      let slices = 0;
      while (tidy(0)) slices += 1;
      expect(slices).toBeGreaterThan(10);
      expect(kept).toBeGreaterThan(before * 0.9);
      expect(await size()).toBeLessThan(before * 0.5);
      expect([found('common'), found('w5')]).toEqual([common, one]);
      expect(common).toHaveLength(((24 / 3) * 640) / 32);
      look.exec("INSERT INTO words (words) VALUES ('integrity-check')");
      expect(look.pragma('integrity_check', { simple: true })).toBe('ok');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    },
  );

  it('is left alone while little has changed', async () => {
    const { db, index, look } = await indexed(2);
    const tidy = createIndexTidying(db);
    while (tidy(50));
    const version = () => look.pragma('data_version', { simple: true });
    const merged = version();
    expect(tidy(50)).toBe(false);
    db.exec('UPDATE facets SET name = name');
    while (index(50));
    expect(tidy(50)).toBe(false);
    expect(version()).toBe(merged);
  });
});
