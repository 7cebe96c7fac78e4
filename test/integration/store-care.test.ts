import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSpool } from '../../src/main/spool/read-spool.ts';
import { databaseFile } from '../../src/main/store/data-dir.ts';
import { createSpoolCompression } from '../../src/main/store/upkeep/compress-spools.ts';
import { openStore } from '../../src/main/store/store.ts';
import { createVacuum } from '../../src/main/store/upkeep/vacuum.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import { creationOf, eventsOf, sampleOf, seenOf, type Sample } from '../support/store/samples.ts';
import { startProgram } from '../support/store/programs.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const opened = async (dataDir: string) => {
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  return store;
};

const hourAgo = Date.now() - 3_600_000;

/** A session of some events that has ended, with what its attempt printed. */
const ended = (sample: Sample, events: number, marks = {}) => {
  const endedAt = instantOf(hourAgo);
  return {
    ...creationOf(sample),
    events: eventsOf(sample, events, { bytes: 2_000 }),
    orchestrations: [
      { ...sample.orchestration, ...marks, state: 'succeeded' as const, endedAt, lastSeq: events },
    ],
    attempts: sample.attempts.map((attempt) => ({ ...attempt, endedAt })),
  };
};

const line = `${JSON.stringify({ type: 'assistant', text: 'what Claude said' })}\n`;

const printed = async (dataDir: string, { attempts: [attempt] }: Sample, lines: number): Promise<string> => {
  const folder = join(dataDir, 'spool');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${String(attempt?.id)}.ndjson`);
  await writeFile(path, line.repeat(lines));
  await utimes(path, hourAgo / 1000, hourAgo / 1000);
  return path;
};

describe('what is kept', () => {
  it('is counted, with the room that its files take', async () => {
    const dataDir = await temporaryDirectory();
    const store = await opened(dataDir);
    const sample = sampleOf('one');
    await store.commit(ended(sample, 50, { pinned: true }));
    await store.commit(creationOf(sampleOf('two')));
    await printed(dataDir, sample, 100);
    const census = await store.census();
    expect(census).toMatchObject({
      orchestrations: { total: 2, unfinished: 1, pinned: 1, deleted: 0 },
      events: 50,
      bytes: { spools: 100 * line.length, compressedSpools: 0 },
    });
    const { total, free, ...parts } = census.bytes;
    expect(total).toBe(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0));
    expect(free).toBeLessThan(total);
  });

  it('may be removed when it has ended and nobody pinned it', async () => {
    const dataDir = await temporaryDirectory();
    const store = await opened(dataDir);
    const samples = { old: sampleOf('old'), pinned: sampleOf('pinned'), running: sampleOf('running') };
    await store.commit(ended(samples.old, 100));
    await store.commit(ended(samples.pinned, 100, { pinned: true }));
    await store.commit(creationOf(samples.running));
    await printed(dataDir, samples.old, 1000);
    const removable = await store.removable();
    expect(removable).toMatchObject([{ id: samples.old.orchestration.id, name: 'old', deletedAtMs: null }]);
    expect(removable[0]?.bytes).toBeGreaterThan(1000 * line.length);
    const all = Object.values(samples).map(({ orchestration }) => orchestration.id);
    expect(await store.remove([...removable, seenOf(samples.running.orchestration)])).toEqual([
      samples.old.orchestration.id,
    ]);
    expect(await Promise.all(all.map(async (id) => (await store.orchestration(id)) !== null))).toEqual([
      false,
      true,
      true,
    ]);
    expect(await store.removable()).toEqual([]);
  });
});

describe('a database', () => {
  it('becomes as small as it can be, also one that an older version made, and can shrink by itself from then on', async () => {
    const dataDir = await temporaryDirectory();
    const old = new SqliteDatabase(databaseFile(dataDir));
    old.pragma('journal_mode = WAL');
    old.close();
    const store = await opened(dataDir);
    const sample = sampleOf('large');
    await store.commit(ended(sample, 3000));
    await store.remove(await store.removable());
    const { before, after } = await store.vacuum();
    expect(after).toBeLessThan(before);
    await store.close();
    const db = new SqliteDatabase(databaseFile(dataDir));
    expect(db.pragma('auto_vacuum', { simple: true })).toBe(2);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect((await stat(databaseFile(dataDir))).size).toBe(after);
    db.close();
  });

  it('gives back what events leave that are packed into blocks', async () => {
    const dataDir = await temporaryDirectory();
    const store = await opened(dataDir);
    await store.commit(ended(sampleOf('large'), 20_000));
    await store.keeper.idle();
    await store.close();
    const db = new SqliteDatabase(databaseFile(dataDir));
    onTestFinished(() => void db.close());
    // 40 MB of events; some free pages are kept for what comes next.
    expect((await stat(databaseFile(dataDir))).size).toBeLessThan(25_000_000);
    expect(Number(db.pragma('freelist_count', { simple: true }))).toBeLessThanOrEqual(4096);
    expect(db.prepare('SELECT sum(count) FROM event_blocks').pluck().get()).toBe(20_000);
  });

  it('gives back free pages in small steps, and keeps some', async () => {
    const file = join(await temporaryDirectory(), 'some.db');
    const db = new SqliteDatabase(file);
    onTestFinished(() => void db.close());
    db.pragma('auto_vacuum = INCREMENTAL');
    db.exec('CREATE TABLE t (x BLOB)');
    const insert = db.prepare('INSERT INTO t VALUES (zeroblob(4000))');
    db.transaction(() => {
      for (let i = 0; i < 12_000; i++) insert.run();
    })();
    db.exec('DELETE FROM t');
    const vacuum = createVacuum(db);
    let steps = 0;
    while (vacuum(1)) steps += 1;
    expect(steps).toBeGreaterThan(1);
    const free = Number(db.pragma('freelist_count', { simple: true }));
    expect(free).toBeLessThanOrEqual(2048);
    expect(free).toBeGreaterThan(1000);
  });
});

describe('the spools of attempts', () => {
  it('are compressed some time after their end, frame by frame, and those of others never', async () => {
    const dataDir = await temporaryDirectory();
    const store = await opened(dataDir);
    const samples = { ended: sampleOf('ended'), running: sampleOf('running'), unknown: sampleOf('unknown') };
    await store.commit(ended(samples.ended, 1));
    await store.commit(creationOf(samples.running));
    for (const sample of Object.values(samples)) await printed(dataDir, sample, 20_000);
    const db = new SqliteDatabase(databaseFile(dataDir), { readonly: true });
    onTestFinished(() => void db.close());
    const folder = join(dataDir, 'spool');
    let now = hourAgo + 599_999;
    const compress = createSpoolCompression({ db, folder, afterMs: 600_000, now: () => now });
    while (compress(1));
    expect((await readdir(folder)).filter((name) => name.endsWith('.zst'))).toEqual([]);
    now += 1;
    let slices = 1;
    while (compress(0)) slices += 1;
    expect(slices).toBeGreaterThan(3);
    const [attempt] = samples.ended.attempts;
    expect((await readdir(folder)).filter((name) => name.endsWith('.zst'))).toEqual([
      `${String(attempt?.id)}.ndjson.zst`,
    ]);
    expect(existsSync(join(folder, `${String(attempt?.id)}.ndjson`))).toBe(false);
  });

  it('lose nothing when the program is killed while it compresses, again and again', async () => {
    const dataDir = await temporaryDirectory();
    const sample = sampleOf('killed');
    const [attempt] = sample.attempts;
    if (attempt === undefined) throw new Error('A sample has an attempt.');
    const path = await printed(dataDir, sample, 400_000);
    const read = async () => {
      const spool = await readSpool(join(dataDir, 'spool'), attempt.id, 'stdout');
      const bytes = await spool.read(0, spool.size);
      await spool.close();
      return bytes.equals(Buffer.from(line.repeat(400_000)));
    };
    for (let frames = 1; existsSync(path) && frames < 200; frames += 5) {
      const program = startProgram('compress-file', path);
      for (let line = 0; line < frames && (await program.line()) !== null; line++);
      await program.kill();
      expect(await read()).toBe(true);
    }
    expect(await readdir(join(dataDir, 'spool'))).toEqual([`${attempt.id}.ndjson.zst`]);
  });
});
