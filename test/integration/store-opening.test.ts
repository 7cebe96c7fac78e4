import { appendFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Log } from '../../src/main/engine/ports.ts';
import { openStore, type OpenedStore } from '../../src/main/store/store.ts';
import { migrations } from '../../src/main/store/migrations/index.ts';
import { FailureError, type Failure } from '../../src/shared/domain/failure.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const open = async (dataDir: string, log?: Log): Promise<OpenedStore> => {
  const store = await openStore({ dataDir, ...(log !== undefined && { log }) });
  onTestFinished(() => store.close());
  return store;
};

const failureOf = async (dataDir: string): Promise<Failure> => {
  try {
    await open(dataDir);
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error('it opened');
};

/** A data directory with a store of one orchestration in it, closed. */
const usedDirectory = async () => {
  const dataDir = await temporaryDirectory();
  const store = await openStore({ dataDir });
  const sample = sampleOf('kept');
  await store.commit(creationOf(sample));
  for (let seq = 0; seq < 3000; seq += 1000) {
    await store.commit({ ...emptyBatch, events: eventsOf(sample, 1000, { afterSeq: seq }) });
  }
  await store.close();
  return { dataDir, file: join(dataDir, 'netra.db') };
};

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('opening a store', () => {
  it.skipIf(process.platform === 'win32')('makes the data directory, for its owner only', async () => {
    const dataDir = join(await temporaryDirectory(), 'deep', 'data');
    const store = await open(dataDir);
    await store.commit(creationOf(sampleOf('first')));
    expect(store.notice).toBeNull();
    expect(await modeOf(dataDir)).toBe(0o700);
    const modes = await Promise.all((await readdir(dataDir)).map((name) => modeOf(join(dataDir, name))));
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  it('leaves the database as one file behind when it is closed, and the ledgers', async () => {
    const { dataDir } = await usedDirectory();
    expect(await readdir(dataDir)).toEqual(['netra.db', 'spool']);
  });

  it('refuses a data directory below a file', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    expect(await failureOf(join(file, 'data'))).toMatchObject({
      code: 'data_dir.not_writable',
      message: expect.stringContaining(file) as string,
    });
  });

  it('refuses a data directory that is a file', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    expect((await failureOf(file)).code).toBe('data_dir.not_writable');
  });

  it('refuses a data directory where the database cannot be a file', async () => {
    const dataDir = await temporaryDirectory();
    await mkdir(join(dataDir, 'netra.db'));
    expect((await failureOf(dataDir)).code).toBe('data_dir.not_writable');
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'refuses a data directory that may not be written to',
    async () => {
      const dataDir = join(await temporaryDirectory(), 'data');
      await mkdir(dataDir, { mode: 0o500 });
      expect((await failureOf(dataDir)).code).toBe('data_dir.not_writable');
    },
  );

  it('refuses a database of a newer version, names both versions and leaves it as it is', async () => {
    const { dataDir, file } = await usedDirectory();
    const newer = new Database(file);
    newer.pragma('user_version = 99');
    newer.close();
    const before = await readFile(file);
    const failure = await failureOf(dataDir);
    expect(failure.code).toBe('store.newer');
    expect(failure.message).toContain('version 99');
    expect(failure.message).toContain(`up to ${String(migrations.length)}`);
    expect((await readFile(file)).equals(before)).toBe(true);
    expect((await readdir(dataDir)).filter((name) => name.includes('corrupt'))).toEqual([]);
  });

  it('works in a data directory with blanks and letters of all kinds in its name', async () => {
    const dataDir = join(await temporaryDirectory(), 'Größe 100% #1 ?x=1');
    const store = await open(dataDir);
    await store.commit(creationOf(sampleOf('first')));
    expect(await readdir(dataDir)).toContain('netra.db');
  });
});

describe('opening a damaged database', () => {
  const movedIn = async (dataDir: string): Promise<readonly string[]> =>
    (await readdir(dataDir)).filter((name) => /^netra\.db\.corrupt-\w+$/.test(name));

  it('moves it aside, says so, and goes on with a new one that has everything of the ledgers', async () => {
    const { dataDir, file } = await usedDirectory();
    const damaged = Buffer.alloc(40_000, 'not a database ');
    await writeFile(file, damaged);
    const warnings: string[] = [];
    const store = await open(dataDir, { warn: (text) => void warnings.push(text), error: () => undefined });
    const [moved = '', ...others] = await movedIn(dataDir);
    expect(others).toEqual([]);
    expect((await readFile(join(dataDir, moved))).equals(damaged)).toBe(true);
    expect(store.notice).toMatchObject({
      code: 'store.moved_aside',
      message: expect.stringContaining(moved) as string,
    });
    expect(warnings).toEqual([store.notice?.message]);
    const sample = sampleOf('new');
    await store.commit(creationOf(sample));
    const unfinished = await store.unfinished();
    expect(unfinished.map(({ orchestration }) => orchestration.name)).toEqual(['new', 'kept']);
    const [, kept] = unfinished;
    if (kept === undefined) throw new Error('it did not come back');
    expect(await store.eventsAfter(kept.orchestration.id, 2990, 100)).toHaveLength(10);
  });

  it.each([
    ['was removed', (file: string) => rm(file)],
    ['is empty', (file: string) => truncate(file)],
  ])('has everything of the ledgers also where it %s, and says so', async (_, lose) => {
    const { dataDir, file } = await usedDirectory();
    await lose(file);
    const store = await open(dataDir);
    expect(store.notice).toMatchObject({
      code: 'store.made_anew',
      message: expect.stringMatching(/was gone.*1 orchestrations and 3000 events/) as string,
    });
    const [kept] = await store.unfinished();
    if (kept === undefined) throw new Error('it did not come back');
    expect(await store.eventsAfter(kept.orchestration.id, 2990, 100)).toHaveLength(10);
    await store.close();
    expect((await open(dataDir)).notice).toBeNull();
  });

  it('finds damage to the schema behind a sound header', async () => {
    const { dataDir, file } = await usedDirectory();
    const bytes = await readFile(file);
    bytes.fill(0xa5, 100, 4096);
    await writeFile(file, bytes);
    const store = await open(dataDir);
    expect(store.notice?.code).toBe('store.moved_aside');
    const [moved = '', ...others] = await movedIn(dataDir);
    expect(others).toEqual([]);
    expect((await readFile(join(dataDir, moved))).equals(bytes)).toBe(true);
  });

  it('takes the log of the damaged one along, so that it is not taken for that of the new one', async () => {
    const { dataDir, file } = await usedDirectory();
    await writeFile(file, 'not a database at all, and for long enough to be none'.repeat(20));
    await appendFile(`${file}-wal`, 'a log');
    await open(dataDir);
    const [moved = ''] = await movedIn(dataDir);
    expect(await readFile(join(dataDir, `${moved}-wal`), 'utf8')).toBe('a log');
  });

  it('keeps those moved aside before', async () => {
    const { dataDir, file } = await usedDirectory();
    for (let times = 0; times < 2; times++) {
      await writeFile(file, `damaged ${String(times)} `.repeat(200));
      const store = await openStore({ dataDir });
      await store.close();
    }
    expect(await movedIn(dataDir)).toHaveLength(2);
  });

  it('fails a read of a damaged part with a code, and goes on with the rest', async () => {
    const { dataDir, file } = await usedDirectory();
    const db = new Database(file, { readonly: true });
    const page = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").pluck().get());
    db.close();
    const bytes = await readFile(file);
    bytes.fill(0xa5, (page - 1) * 4096, page * 4096);
    await writeFile(file, bytes);
    const store = await open(dataDir);
    const [stored] = await store.unfinished();
    if (stored === undefined) throw new Error('the orchestration is gone');
    await expect(store.eventsAfter(stored.orchestration.id, 0, 10)).rejects.toMatchObject({
      failure: { code: 'store.corrupt' },
    });
    expect((await store.orchestrations({ limit: 1 })).total).toBe(1);
  });
});
