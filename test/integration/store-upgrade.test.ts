import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/main/store/store.ts';
import { instanceViewSchema } from '../../src/shared/domain/instance-schema.ts';
import type { InstanceView } from '../../src/shared/domain/instance.ts';
import { totalOf } from '../../src/shared/domain/usage.ts';
import { orchestrationViewSchema } from '../../src/shared/domain/orchestration-schema.ts';
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

/** As version 2 left it: `Ended Über` with two instances, what they used and their tools, a spec of its own; `running` at work. */
const secondVersion = new URL('../fixtures/store/v2.sqlite', import.meta.url);

it('knows of what version 2 stored all that lists filter, sort and report by', async () => {
  const dataDir = await temporaryDirectory();
  await copyFile(secondVersion, join(dataDir, 'netra.db'));
  const before = new Database(join(dataDir, 'netra.db'), { readonly: true });
  const events = before.prepare('SELECT count(*) FROM events').pluck().get();
  const tools = before
    .prepare<[], string>("SELECT view ->> '$.tools' FROM instances ORDER BY key")
    .pluck()
    .all()
    .map((text) => JSON.parse(text) as InstanceView['tools']);
  before.close();
  const store = await openStore({ dataDir });
  const views = (await store.orchestrations({ limit: 9 })).items;
  const sessions = (await Promise.all(views.map(({ id }) => store.orchestration(id)))).flatMap(
    (stored) => stored?.attempts.flatMap(({ sessionId }) => sessionId ?? []) ?? [],
  );
  await store.close();
  const db = new Database(join(dataDir, 'netra.db'), { readonly: true });
  onTestFinished(() => void db.close());
  const facets = db
    .prepare<[], { name: string; tokens: number; cost: number; last_seq: number }>(
      'SELECT name, tokens, cost_micro_usd AS cost, last_seq FROM facets',
    )
    .all();
  expect(new Set(facets)).toEqual(
    new Set(
      views.map(({ name, usage, lastSeq }) => {
        const { inputTokens, outputTokens, cacheWriteTokens, cacheReadTokens, costMicroUsd } = totalOf(usage);
        const tokens = inputTokens + outputTokens + cacheWriteTokens + cacheReadTokens;
        return { name: name.toLowerCase(), tokens, cost: costMicroUsd, last_seq: lastSeq };
      }),
    ),
  );
  expect(facets.some(({ tokens }) => tokens > 0)).toBe(true);
  const stored = db.prepare<[], { tool: string; calls: number }>('SELECT tool, calls FROM tool_usage').all();
  const known = tools.flatMap((of) => Object.entries(of).map(([tool, { calls }]) => ({ tool, calls })));
  expect(new Set(stored)).toEqual(new Set(known));
  expect(known.length).toBeGreaterThan(0);
  expect(new Set(db.prepare('SELECT session_id FROM claude_sessions').pluck().all())).toEqual(
    new Set(sessions),
  );
  const kept = db
    .prepare('SELECT (SELECT count(*) FROM events) + (SELECT coalesce(sum(count), 0) FROM event_blocks)')
    .pluck()
    .get();
  expect(kept).toBe(events);
});

it('gives room back in small steps where the database is new', async () => {
  const dataDir = await temporaryDirectory();
  await (await openStore({ dataDir })).close();
  const db = new Database(join(dataDir, 'netra.db'), { readonly: true });
  expect(db.pragma('auto_vacuum', { simple: true })).toBe(2);
  db.close();
});
