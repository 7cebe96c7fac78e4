import { mkdirSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/main/store/store.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf } from '../support/store/samples.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { startProgram, startWithFileLimit } from '../support/store/programs.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const batchSize = 200;

/** What is in the database of a data directory, and that its file is sound. */
const inspect = (dataDir: string) => {
  const db = new Database(join(dataDir, 'netra.db'));
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    return {
      events: Number(db.prepare('SELECT count(*) FROM events').pluck().get()),
      lastSeq: Number(db.prepare('SELECT max(seq) FROM events').pluck().get()),
      viewSeq: Number(db.prepare("SELECT view ->> 'lastSeq' FROM orchestrations").pluck().get()),
    };
  } finally {
    db.close();
  }
};

describe('a store whose process is killed while it commits', () => {
  it.each([1, 3, 8, 40])('has every batch whole or not at all (killed after %i of them)', async (commits) => {
    const dataDir = await temporaryDirectory();
    const program = startProgram('commit-forever', dataDir);
    let acknowledged = 0;
    for (let seen = 0; seen < commits; seen++) acknowledged = Number(await program.line());
    await program.kill();
    const { events, lastSeq, viewSeq } = inspect(dataDir);
    expect(lastSeq).toBeGreaterThanOrEqual(acknowledged);
    expect(lastSeq % batchSize).toBe(0);
    expect(events).toBe(lastSeq);
    expect(viewSeq).toBe(lastSeq);
  });

  it('goes on where it was', async () => {
    const dataDir = await temporaryDirectory();
    const program = startProgram('commit-forever', dataDir);
    const acknowledged = Number(await program.line());
    await program.kill();
    const store = await openStore({ dataDir });
    onTestFinished(() => store.close());
    expect(store.notice).toBeNull();
    const [stored] = await store.unfinished();
    if (stored === undefined) throw new Error('the orchestration is gone');
    const { id, lastSeq } = stored.orchestration;
    expect(lastSeq).toBeGreaterThanOrEqual(acknowledged);
    const next = eventsOf(stored, 10, { afterSeq: lastSeq });
    await store.commit({ ...emptyBatch, events: next });
    expect(await store.eventsAfter(id, lastSeq, 100)).toEqual(next);
  });
});

describe.skipIf(process.platform === 'win32')('a store whose file can grow no further', () => {
  it('fails the commit, keeps all before it, and stays sound', async () => {
    const dataDir = await temporaryDirectory();
    const program = startWithFileLimit('commit-forever', dataDir, 1024);
    let acknowledged = 0;
    let line = await program.line();
    for (; line !== null && /^\d+$/.test(line); line = await program.line()) acknowledged = Number(line);
    expect(line).toBe('store.failed');
    expect(await program.line()).toBeNull();
    expect(acknowledged).toBeGreaterThan(0);
    expect(inspect(dataDir)).toEqual({ events: acknowledged, lastSeq: acknowledged, viewSeq: acknowledged });
  });
});

const smallDisk = mountSmallDisk(6);

describe.skipIf(smallDisk === null)('a store on a full disk', () => {
  const disk = smallDisk?.path ?? '';
  const fill = async (except: number): Promise<void> => smallDisk?.fill(except);
  const makeRoom = async (): Promise<void> => smallDisk?.makeRoom();
  afterAll(() => smallDisk?.remove());

  it('fails the commit with a code, keeps nothing of it, and takes it again once there is room', async () => {
    const dataDir = join(disk, 'data');
    const store = await openStore({ dataDir });
    const sample = sampleOf('full');
    const events = eventsOf(sample, 500, { bytes: 1000 });
    await store.commit(creationOf(sample));
    await fill(64 * 1024);
    const batch = { ...emptyBatch, events, orchestrations: [{ ...sample.orchestration, lastSeq: 500 }] };
    await expect(store.commit(batch)).rejects.toMatchObject({ failure: { code: 'store.disk_full' } });
    expect(await store.eventsAfter(sample.orchestration.id, 0, 1000)).toEqual([]);
    expect((await store.orchestration(sample.orchestration.id))?.orchestration.lastSeq).toBe(0);
    await makeRoom();
    await store.commit(batch);
    expect(await store.eventsAfter(sample.orchestration.id, 0, 1000)).toEqual(events);
    await store.close();
    expect(inspect(dataDir)).toEqual({ events: 500, lastSeq: 500, viewSeq: 500 });
  });

  it('is not brought up to date where there is no room for a copy, and stays as it is', async () => {
    const dataDir = join(disk, 'old');
    mkdirSync(dataDir);
    const file = join(dataDir, 'netra.db');
    const old = await readFile(new URL('../fixtures/store/v2.sqlite', import.meta.url));
    await writeFile(file, old);
    await expect(openStore({ dataDir })).rejects.toMatchObject({
      failure: { code: 'store.disk_full', message: expect.stringContaining('earlier version') as string },
    });
    const db = new Database(file, { readonly: true });
    expect(db.pragma('user_version', { simple: true })).toBe(2);
    db.close();
    expect((await readdir(dataDir)).filter((name) => name.includes('before'))).toEqual([]);
    await rm(dataDir, { recursive: true });
  });

  it('cannot be made, and says why', async () => {
    const dataDir = join(disk, 'other');
    mkdirSync(dataDir);
    await fill(0);
    await expect(openStore({ dataDir })).rejects.toMatchObject({ failure: { code: 'store.disk_full' } });
    await makeRoom();
    const store = await openStore({ dataDir });
    await store.close();
    expect(await readdir(dataDir)).toEqual(['netra.db']);
  });
});
