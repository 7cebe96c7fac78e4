import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/main/store/store.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { integrityOf } from '../support/store/dump.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

describe.skipIf(process.platform === 'win32')('a store whose data directory is removed under it', () => {
  it('says so with each commit, and makes nothing up in its place', async () => {
    const dataDir = join(await temporaryDirectory(), 'data');
    const store = await openStore({ dataDir });
    const sample = sampleOf('here');
    await store.commit(creationOf(sample));
    await rm(dataDir, { recursive: true });
    const batch = { ...emptyBatch, events: eventsOf(sample, 5) };
    await expect(store.commit(batch)).rejects.toMatchObject({ failure: { code: 'store.gone' } });
    await expect(store.commit(batch)).rejects.toMatchObject({ failure: { code: 'store.gone' } });
    await store.close();
    expect(existsSync(dataDir)).toBe(false);
  });
});

const smallDisk = mountSmallDisk(16);

describe.skipIf(smallDisk === null)('a store on a disk that can only be read, or is taken away', () => {
  const dataDir = join(smallDisk?.path ?? '', 'data');
  afterAll(() => smallDisk?.remove());

  it('says so, goes on once it can be written again, and says when it is gone', async () => {
    const store = await openStore({ dataDir });
    const sample = sampleOf('kept');
    await store.commit(creationOf(sample));
    const events = eventsOf(sample, 400, { bytes: 800 });
    const batch = { ...emptyBatch, events, orchestrations: [{ ...sample.orchestration, lastSeq: 400 }] };
    let isReadOnly = true;
    try {
      smallDisk?.remount('ro');
    } catch {
      // Files that are open for writing hold it up here; the rest is proved all the same.
      isReadOnly = false;
    }
    if (isReadOnly) {
      const refused = expect.stringMatching(/^store\.(read_only|failed)$/) as string;
      await expect(store.commit(batch)).rejects.toMatchObject({ failure: { code: refused } });
      smallDisk?.remount('rw');
    }
    await store.commit(batch);
    expect(await store.eventsAfter(sample.orchestration.id, 0, 1000)).toEqual(events);
    await store.close();
    expect(integrityOf(join(dataDir, 'netra.db'))).toBe('ok');

    const again = await openStore({ dataDir });
    smallDisk?.pull();
    await expect(again.commit(batch)).rejects.toMatchObject({ failure: { code: 'store.gone' } });
    await again.close();
    expect(existsSync(dataDir)).toBe(false);
  });
});
