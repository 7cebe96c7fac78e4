import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openForWriting } from '../../src/main/store/database.ts';
import { createRemoval, createRemovalBegin } from '../../src/main/store/upkeep/remove.ts';
import { openStore } from '../../src/main/store/store.ts';
import type { SeenEnded } from '../../src/main/engine/store-ports.ts';
import { instantOf, type OrchestrationId } from '../../src/shared/domain/ids.ts';
import type { OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf, seenOf, type Sample } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const endedAt = instantOf(Date.UTC(2026, 1, 2));

const ended = (sample: Sample): Sample => ({
  ...sample,
  orchestration: { ...sample.orchestration, state: 'failed', endedAt, labels: ['old'] },
  instances: sample.instances.map((view) => ({
    ...view,
    state: 'stopped',
    tools: { Read: { calls: 1, errors: 0, durationMs: 5 } },
  })),
  attempts: sample.attempts.map((attempt) => ({
    ...attempt,
    sessionId: `session of ${attempt.id}`,
    usage: {
      basis: 'exact',
      byModel: {
        opus: { inputTokens: 1, outputTokens: 1, cacheWriteTokens: 0, cacheReadTokens: 0, costMicroUsd: 3 },
      },
    },
  })),
});

const open = async (dataDir: string) => {
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  return store;
};

const textsOf = (db: Database.Database) =>
  Object.fromEntries(
    db
      .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .pluck()
      .all()
      .filter((name) => !['migrations', 'removals', 'history_files'].includes(name))
      .map((name) => [name, Number(db.prepare(`SELECT count(*) FROM "${name}"`).pluck().get())]),
  );

/** A data directory with two ended orchestrations, spools and ledgers beside them; the database is open here only. */
const used = async () => {
  const dataDir = await temporaryDirectory();
  const spool = join(dataDir, 'spool');
  await mkdir(spool);
  const [gone, kept] = [ended(sampleOf('gone')), ended(sampleOf('kept'))];
  const store = await openStore({ dataDir });
  for (const sample of [gone, kept]) {
    await store.commit({ ...creationOf(sample), events: eventsOf(sample, 1500) });
    await writeFile(join(spool, `${sample.orchestration.id}.ledger.ndjson`), '');
    for (const { id } of sample.attempts) {
      await writeFile(join(spool, `${id}.ndjson.zst`), '');
      await writeFile(join(spool, `${id}.stderr`), '');
    }
  }
  await store.close();
  return { dataDir, spool, gone, kept };
};

const idsOf = ({ orchestration }: Sample): readonly OrchestrationId[] => [orchestration.id];
const asSeen = ({ orchestration }: Sample): readonly SeenEnded[] => [seenOf(orchestration)];

describe('an orchestration that is removed', () => {
  it('is at once in no list and found by no id, and another one is as it was', async () => {
    const { dataDir, gone, kept } = await used();
    const store = await open(dataDir);
    expect(await store.remove(asSeen(gone))).toEqual(idsOf(gone));
    expect(await store.orchestration(gone.orchestration.id)).toBeNull();
    expect(await store.eventsAfter(gone.orchestration.id, 0, 10)).toEqual([]);
    const { items, total } = await store.orchestrations({ limit: 10 });
    expect([items.map(({ name }) => name), total]).toEqual([['kept'], 1]);
    expect(await store.eventsAfter(kept.orchestration.id, 0, 2000)).toEqual(eventsOf(kept, 1500));
    expect(await store.remove(asSeen(gone))).toEqual([]);
  });

  it('leaves nothing behind in any table or file, whenever the engine is killed', async () => {
    const { dataDir, spool, gone, kept } = await used();
    const file = join(dataDir, 'netra.db');
    const begun = openForWriting(file);
    const before = textsOf(begun);
    createRemovalBegin(begun, spool)(asSeen(gone));
    begun.close();
    // A slice of no time is one transaction: what comes after it may be another engine's.
    for (let hasMore = true; hasMore;) {
      const db = openForWriting(file);
      hasMore = createRemoval(db, spool)(0);
      expect(db.pragma('foreign_key_check')).toEqual([]);
      db.close();
    }
    const db = openForWriting(file);
    onTestFinished(() => void db.close());
    const half = Object.fromEntries(Object.entries(before).map(([name, count]) => [name, count / 2]));
    // Nothing but what it cost.
    expect(textsOf(db)).toEqual({ ...half, records: 1 });
    expect(before['events']).toBe(3000);
    expect(before['usage']).toBe(4);
    const files = (await readdir(spool)).filter((name) => !name.startsWith('records.'));
    const ofKept = [...kept.attempts, kept.orchestration].map(({ id }) => id);
    expect(files.length).toBe(5);
    expect(files.every((name) => ofKept.some((id) => name.startsWith(id)))).toBe(true);
    expect(db.prepare('SELECT id, ended_at IS NULL AS open FROM removals').all()).toEqual([
      { id: gone.orchestration.id, open: 0 },
    ]);
  });

  it('stays when it is at work, and so do ids that nobody knows', async () => {
    const store = await open(await temporaryDirectory());
    const running = sampleOf('running');
    await store.commit(creationOf(running));
    expect(await store.remove([...asSeen(running), ...asSeen(sampleOf('other'))])).toEqual([]);
    expect((await store.orchestrations({ limit: 1 })).total).toBe(1);
  });

  it('stays when it was pinned, restored, deleted anew or run again since somebody looked', async () => {
    const { dataDir, gone: sample } = await used();
    const store = await open(dataDir);
    const since = async (seen: OrchestrationView, now: Partial<OrchestrationView>): Promise<void> => {
      await store.commit({ ...emptyBatch, orchestrations: [{ ...seen, ...now }] });
      expect(await store.remove([seenOf(seen)])).toEqual([]);
      expect((await store.orchestration(seen.id))?.orchestration).toMatchObject(now);
    };
    const seen = sample.orchestration;
    const deleted = { ...seen, deletedAt: instantOf(Date.UTC(2026, 1, 3)) };
    await since(seen, { pinned: true });
    await since(seen, { deletedAt: deleted.deletedAt });
    await since(deleted, { deletedAt: null });
    await since(deleted, { deletedAt: instantOf(Date.UTC(2026, 1, 4)) });
    await since(seen, { endedAt: instantOf(Date.UTC(2026, 1, 5)) });
    await since(seen, { state: 'running', endedAt: null });
  });

  it('gives its key to no other, so that nothing that was kept under it is taken for the next one', async () => {
    const { dataDir, spool, gone, kept } = await used();
    const file = join(dataDir, 'netra.db');
    const db = openForWriting(file);
    createRemovalBegin(db, spool)([...asSeen(gone), ...asSeen(kept)]);
    while (createRemoval(db, spool)(1000));
    db.close();
    const store = await open(dataDir);
    await store.commit(creationOf(sampleOf('next')));
    const reader = new Database(file, { readonly: true });
    expect(reader.prepare('SELECT key FROM orchestrations').pluck().all()).toEqual([3]);
    reader.close();
  });

  it('can come again under its id once nothing is left of it', async () => {
    const { dataDir, spool, gone } = await used();
    const db = openForWriting(join(dataDir, 'netra.db'));
    createRemovalBegin(db, spool)(asSeen(gone));
    while (createRemoval(db, spool)(1000));
    db.close();
    const store = await open(dataDir);
    await store.commit({ ...creationOf(gone), events: eventsOf(gone, 3) });
    expect(await store.eventsAfter(gone.orchestration.id, 0, 9)).toEqual(eventsOf(gone, 3));
  });
});

describe('ids that come a second time', () => {
  const failing = async (change: (first: Sample, second: Sample) => Sample) => {
    const store = await open(await temporaryDirectory());
    const [first, second] = [sampleOf('first'), sampleOf('second')];
    await store.commit({ ...creationOf(first), events: eventsOf(first, 4) });
    await expect(store.commit(creationOf(change(first, second)))).rejects.toMatchObject({
      failure: { code: 'store.id_taken', message: expect.stringContaining('already') as string },
    });
    expect((await store.orchestrations({ limit: 9 })).items).toEqual([first.orchestration]);
    const stored = await store.orchestration(first.orchestration.id);
    expect(stored).toMatchObject({ instances: first.instances, attempts: first.attempts });
    await store.commit({ ...emptyBatch, events: eventsOf(first, 2, { afterSeq: 4 }) });
    expect(await store.eventsAfter(first.orchestration.id, 0, 9)).toEqual(eventsOf(first, 6));
  };

  it('are refused for an orchestration, and nothing of the batch is stored', () =>
    failing((first, second) => ({
      ...second,
      orchestration: { ...first.orchestration, name: 'second' },
      instances: [],
      attempts: [],
    })));

  it('are refused for an instance of another orchestration', () =>
    failing((first, second) => ({
      ...second,
      instances: first.instances.map((view) => ({ ...view, orchestrationId: second.orchestration.id })),
      attempts: [],
    })));

  it('are refused for an attempt of another instance', () =>
    failing((first, second) => ({
      ...second,
      attempts: first.attempts.map((attempt, i) => ({
        ...attempt,
        instanceId: second.instances[i]?.id ?? attempt.instanceId,
      })),
    })));
});
