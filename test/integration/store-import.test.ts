import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkDatabase } from '../../src/main/store/check/check.ts';
import { openStore, type OpenedStore } from '../../src/main/store/store.ts';
import { importedOf, pagesOf, type Imported } from '../support/store/imported.ts';
import { startProgram } from '../support/store/programs.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const open = async (dataDir: string): Promise<OpenedStore> => {
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  return store;
};

const rowsIn = (dataDir: string, table: string): number => {
  const db = new SqliteDatabase(join(dataDir, 'netra.db'), { readonly: true });
  try {
    return Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  } finally {
    db.close();
  }
};

const problemsIn = async (dataDir: string): Promise<readonly string[]> => {
  const problems: string[] = [];
  for await (const { findings } of checkDatabase(dataDir)) {
    problems.push(...findings.flatMap(({ kind, text }) => (kind === 'problem' ? [text] : [])));
  }
  return problems;
};

const whatIsThereOf = async (store: OpenedStore, { stored, events }: Imported) => {
  const { id } = stored.orchestration;
  const [instance] = stored.instances;
  return {
    listed: (await store.orchestrations({ limit: 10 })).items.map((view) => view.id),
    stored: await store.orchestration(id),
    instance: instance === undefined ? null : await store.instance(instance.id),
    events: (await store.eventsAfter(id, 0, events.length)).length,
  };
};

const nothing = { listed: [], stored: null, instance: null, events: 0 };

describe('an orchestration from elsewhere', () => {
  it('is nowhere until all of it is there, while others are stored, searched and tidied up', async () => {
    const dataDir = await temporaryDirectory();
    const store = await open(dataDir);
    const imported = importedOf(20_000);
    const running = sampleOf('running');
    const pages = async function* () {
      yield* pagesOf(imported);
      expect(rowsIn(dataDir, 'event_blocks')).toBeGreaterThan(30);
      expect(await whatIsThereOf(store, imported)).toEqual(nothing);
      await store.commit({ ...creationOf(running), events: eventsOf(running, 100) });
      // What is being removed goes with it; what is coming stays.
      await store.vacuum();
      await store.keeper.idle();
      expect(await store.unfinished()).toHaveLength(1);
    };
    await store.importOrchestration(imported.stored, pages());
    expect(await whatIsThereOf(store, imported)).toMatchObject({
      listed: [running.orchestration.id, imported.stored.orchestration.id],
      stored: imported.stored,
      events: 20_000,
    });
    await store.commit({ ...emptyBatch, events: eventsOf(running, 10, { afterSeq: 100 }) });
    expect(await store.eventsAfter(imported.stored.orchestration.id, 0, 20_000)).toEqual(imported.events);
    expect(rowsIn(dataDir, 'removals')).toBe(0);
  });

  it('is taken away again when it is given up, and can come another time', async () => {
    const dataDir = await temporaryDirectory();
    const store = await open(dataDir);
    const imported = importedOf(20_000);
    const cut = async function* () {
      yield* pagesOf(imported);
      throw new Error('cut off');
    };
    await expect(store.importOrchestration(imported.stored, cut())).rejects.toThrow('cut off');
    expect(await whatIsThereOf(store, imported)).toEqual(nothing);
    await store.keeper.idle();
    for (const table of ['orchestrations', 'instances', 'event_blocks'])
      expect(rowsIn(dataDir, table)).toBe(0);
    await store.importOrchestration(
      imported.stored,
      (async function* () {
        yield* pagesOf(imported);
      })(),
    );
    expect(await whatIsThereOf(store, imported)).toMatchObject({ stored: imported.stored, events: 20_000 });
    await store.close();
    expect(await problemsIn(dataDir)).toEqual([]);
  });

  it('is refused at once when one of its ids is another orchestration\u2019s', async () => {
    const store = await open(await temporaryDirectory());
    const [first, second] = [importedOf(2), importedOf(2)];
    const none = async function* () {
      yield* [];
    };
    await store.importOrchestration({ ...first.stored }, none());
    const thief = { ...second.stored, attempts: first.stored.attempts };
    await expect(store.importOrchestration(thief, none())).rejects.toMatchObject({
      failure: { code: 'store.id_taken' },
    });
    expect((await whatIsThereOf(store, second)).stored).toBeNull();
  });

  it('that a kill cut off leaves a sound database without it, which the next engine tidies up', async () => {
    const dataDir = await temporaryDirectory();
    const program = startProgram('import-forever', dataDir);
    expect(await program.line()).toBe('under way');
    await program.kill();
    expect(rowsIn(dataDir, 'event_blocks')).toBeGreaterThan(30);
    expect(await problemsIn(dataDir)).toEqual([]);
    const store = await open(dataDir);
    expect((await store.orchestrations({ limit: 10 })).total).toBe(0);
    await store.keeper.idle();
    for (const table of ['orchestrations', 'instances', 'event_blocks'])
      expect(rowsIn(dataDir, table)).toBe(0);
    expect(await problemsIn(dataDir)).toEqual([]);
  });
});
