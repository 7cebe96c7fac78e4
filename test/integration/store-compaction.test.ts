import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/main/store/store.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf } from '../support/store/samples.ts';
import { startProgram } from '../support/store/programs.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

it('every event is there once, in order, however often the process that packs them is killed', async () => {
  const dataDir = await temporaryDirectory();
  let acknowledged = 0;
  for (let kills = 0; kills < 8; kills++) {
    const program = startProgram('compact-forever', dataDir);
    acknowledged = Math.max(acknowledged, Number(await program.line()));
    // Somewhere within a round, each time elsewhere.
    await delay(kills * 13);
    await program.kill();
  }
  const db = new Database(join(dataDir, 'netra.db'));
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  const packed = Number(db.prepare('SELECT sum(count) FROM event_blocks').pluck().get());
  const rows = Number(db.prepare('SELECT count(*) FROM events').pluck().get());
  db.close();
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  const [stored] = await store.unfinished();
  if (stored === undefined) throw new Error('the orchestration is gone');
  const { id, lastSeq } = stored.orchestration;
  expect(lastSeq).toBeGreaterThanOrEqual(acknowledged);
  expect(packed).toBeGreaterThan(0);
  expect(packed + rows).toBe(lastSeq);
  const events = eventsOf(stored, lastSeq, { bytes: 300 });
  expect(await store.eventsAfter(id, 0, lastSeq + 1)).toEqual(events);
  for (const instance of stored.instances) {
    const own = events.filter(({ instanceId }) => instanceId === instance.id);
    expect(await store.instanceEvents(instance.id, 0, lastSeq)).toEqual(own);
    expect(await store.eventIndex(instance.id)).toBe('t'.repeat(own.length));
  }
});

it('a store packs what ended when no commit comes for a moment, and reads it as before', async () => {
  const dataDir = await temporaryDirectory();
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  const sample = sampleOf('quiet');
  const events = eventsOf(sample, 3000, { bytes: 300 });
  await store.commit({ ...creationOf(sample), events });
  const instances = sample.instances.map((view) => ({ ...view, state: 'failed' as const }));
  await store.commit({ ...emptyBatch, instances });
  await store.keeper.idle();
  const db = new Database(join(dataDir, 'netra.db'), { readonly: true });
  expect(db.prepare('SELECT count(*) FROM events').pluck().get()).toBe(0);
  db.close();
  expect(await store.eventsAfter(sample.orchestration.id, 0, 4000)).toEqual(events);
});
