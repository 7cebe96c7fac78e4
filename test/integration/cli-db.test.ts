import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireDataDir } from '../../src/main/store/data-dir-lock.ts';
import { openStore } from '../../src/main/store/store.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import { openNetraPlace } from '../support/netra.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf } from '../support/store/samples.ts';

/** A place with a data directory that one store wrote. */
const usedPlace = async () => {
  const place = await openNetraPlace();
  onTestFinished(() => place.close());
  const store = await openStore({ dataDir: place.dataDir });
  const sample = sampleOf('kept');
  await store.commit(creationOf(sample));
  const { instances, orchestration } = sample;
  await store.commit({
    ...emptyBatch,
    events: eventsOf(sample, 1000),
    orchestrations: [{ ...orchestration, state: 'stopped', lastSeq: 1000 }],
    instances: instances.map((view) => ({ ...view, state: 'stopped', eventCount: 500 })),
  });
  await store.close();
  return { place, file: join(place.dataDir, 'netra.db') };
};

describe('netra db', { timeout: 120_000 }, () => {
  it('checks a database, makes it anew, and repairs a damaged one', async () => {
    const { place, file } = await usedPlace();
    const sound = await place.run(['db', 'check']);
    expect(sound).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The database is sound.') as string,
    });
    const anew = await place.run(['db', 'rebuild', '--format', 'json']);
    expect(anew.code).toBe(0);
    expect(JSON.parse(anew.stdout)).toMatchObject({ orchestrations: 1, events: 1000, lostEvents: 0 });

    const bytes = await readFile(file);
    bytes.fill(0xa5, 8192, bytes.length - 8192);
    await writeFile(file, bytes);
    const damaged = await place.run(['db', 'check']);
    expect(damaged).toMatchObject({ code: 1, stdout: expect.stringContaining('netra db repair') as string });
    const repaired = await place.run(['db', 'repair']);
    expect(repaired).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 orchestration with 1,000 events') as string,
    });
    expect((await place.run(['db', 'check'])).code).toBe(0);
    const kept = (await readdir(place.dataDir)).filter((name) =>
      /^netra\.db\.(replaced|corrupt)-\w+$/.test(name),
    );
    expect(kept).toHaveLength(2);
  });

  it('leaves a data directory alone that an engine works in', async () => {
    const { place, file } = await usedPlace();
    const before = await readFile(file);
    const me = { pid: process.pid, host: 'desktop', startedAt: instantOf(0), endpoint: null };
    const held = await acquireDataDir(place.dataDir, me);
    onTestFinished(() => held.release());
    for (const how of ['check', 'rebuild', 'repair']) {
      const { code, stderr } = await place.run(['db', how]);
      expect(code).not.toBe(0);
      expect(stderr).toContain('in use by desktop');
    }
    expect(await readFile(file)).toEqual(before);
  });

  it('refuses a database of a newer version, and leaves it as it is', async () => {
    const { place, file } = await usedPlace();
    const db = new SqliteDatabase(file);
    db.pragma('user_version = 99');
    db.close();
    const before = await readFile(file);
    for (const command of ['check', 'rebuild', 'repair']) {
      const refused = await place.run(['db', command]);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('version 99') as string });
    }
    expect(await place.run(['sessions'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('store.newer') as string,
    });
    expect((await readFile(file)).equals(before)).toBe(true);
  });
});
