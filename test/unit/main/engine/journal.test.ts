import { describe, expect, it } from 'vitest';
import { createJournal } from '../../../../src/main/engine/journal.ts';
import type { Log } from '../../../../src/main/engine/ports.ts';
import type { Store, StoreBatch } from '../../../../src/main/engine/store-ports.ts';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import { failureError } from '../../../../src/shared/domain/failure.ts';
import { createManualClock, settled } from '../../../support/engine/manual-clock.ts';

const full = () => failureError('store.disk_full', 'The disk is full.');

/** A journal over a store whose commits succeed or fail as it is told. */
const bench = () => {
  const clock = createManualClock();
  const said: string[] = [];
  const log: Log = { warn: (text) => void said.push(text), error: (text) => void said.push(text) };
  const committed: StoreBatch[] = [];
  const disk = { isFull: true, tries: 0 };
  const commit: Store['commit'] = (batch) => {
    disk.tries += 1;
    if (disk.isFull) return Promise.reject(full());
    committed.push(batch);
    return Promise.resolve();
  };
  const store = { commit } as Partial<Store> as Store;
  const troubles: (string | null)[] = [];
  const journal = createJournal({
    ...{ store, clock, log, onCommitted: () => undefined },
    onTrouble: (trouble) => troubles.push(trouble === null ? null : `${trouble.code} since ${trouble.since}`),
  });
  return { clock, journal, said, committed, disk, troubles };
};

describe('the journal while the store fails', () => {
  it('says why, once, tries each second, and stores everything when that works again', async () => {
    const { clock, journal, said, committed, disk, troubles } = bench();
    const began = instantOf(clock.now());
    const first = journal.append({ records: [{ kind: 'trust', id: 'a', value: 1 }] });
    await settled();
    for (let second = 0; second < 5; second++) {
      await clock.advance(1000);
    }
    expect(disk.tries).toBe(6);
    expect(journal.trouble()).toMatchObject({ code: 'store.disk_full', since: began });
    expect(troubles).toEqual([`store.disk_full since ${began}`]);
    expect(said).toHaveLength(1);
    const second = journal.append({ records: [{ kind: 'trust', id: 'b', value: 2 }] });
    disk.isFull = false;
    await clock.advance(1000);
    await Promise.all([first, second]);
    expect(committed.flatMap(({ records }) => records.map(({ id }) => id))).toEqual(['a', 'b']);
    expect(journal.trouble()).toBeNull();
    expect(troubles.slice(1)).toEqual([null]);
    expect(said).toHaveLength(2);
  });

  it('lets an engine end that cannot store any more', async () => {
    const { clock, journal, committed, disk } = bench();
    void journal.append({ records: [{ kind: 'trust', id: 'a', value: 1 }] });
    await settled();
    let hasEnded = false;
    const end = journal.end().then(() => (hasEnded = true));
    await settled();
    expect(hasEnded).toBe(false);
    for (let second = 0; second < 4; second++) {
      await clock.advance(1000);
    }
    await end;
    expect(disk.tries).toBeLessThan(6);
    expect(committed).toEqual([]);
  });
});
