import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/main/store/store.ts';
import { instanceViewSchema } from '../../src/shared/domain/instance.ts';
import { orchestrationViewSchema } from '../../src/shared/domain/orchestration.ts';
import { emptyBatch, creationOf, sampleOf } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

/** A database as version 1 of the schema left it: `ended` has two instances that succeeded, `running` one at work. */
const firstVersion = new URL('../fixtures/store/v1.sqlite', import.meta.url);

const openUpgraded = async () => {
  const dataDir = await temporaryDirectory();
  await copyFile(firstVersion, join(dataDir, 'netra.db'));
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  return store;
};

it('gives views of an earlier version all that those of today have', async () => {
  const store = await openUpgraded();
  const { items } = await store.orchestrations({ limit: 10 });
  expect(items.map(({ name, state }) => [name, state])).toEqual([
    ['running', 'running'],
    ['ended', 'succeeded'],
  ]);
  for (const view of items) {
    expect(orchestrationViewSchema.parse(view)).toEqual(view);
    const stored = await store.orchestration(view.id);
    expect(stored?.orchestration).toEqual(view);
    for (const instance of stored?.instances ?? []) {
      expect(instanceViewSchema.parse(instance)).toEqual(instance);
      expect(await store.instance(instance.id)).toEqual(instance);
    }
  }
});

it('keeps what an earlier version stored, and can tell what it spent', async () => {
  const store = await openUpgraded();
  const [running] = await store.unfinished();
  expect(running).toMatchObject({ orchestration: { name: 'running' }, specs: {} });
  expect(running?.attempts).toHaveLength(1);
  const id = running?.instances[0]?.id;
  if (id === undefined) throw new Error('it has no instance');
  expect(await store.instanceEvents(id, 0, 10)).toHaveLength(2);
  const day = Date.UTC(2026, 0, 2);
  expect(await store.spent(day, day + 86_400_000)).toMatchObject({ tokens: 200, costMicroUsd: 2468 });
});

it('takes new orchestrations beside those of an earlier version', async () => {
  const store = await openUpgraded();
  const sample = sampleOf('new');
  await store.commit(creationOf(sample));
  await store.commit({ ...emptyBatch, records: [{ kind: 'trust', id: '/src', value: true }] });
  expect(await store.orchestrations({ limit: 10 })).toMatchObject({ total: 3 });
  expect(await store.records('trust')).toEqual([{ id: '/src', value: true }]);
});
