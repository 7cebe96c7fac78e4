/**
 * Opens the database of the data directory given and, until it is killed, commits events to an orchestration of three instances
 * that end and go on again, and packs what is old. After each round it prints the seq of the last event.
 */
import { join } from 'node:path';
import { createCommit } from '../../../src/main/store/commits/commit.ts';
import { createCompaction } from '../../../src/main/store/upkeep/compact.ts';
import { prepareDatabaseFile } from '../../../src/main/store/data-dir.ts';
import { openForWriting } from '../../../src/main/store/database.ts';
import { createPacker } from '../../../src/main/store/commits/pack.ts';
import { createReads } from '../../../src/main/store/reads/read.ts';
import type { StoredOrchestration } from '../../../src/main/engine/store-ports.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf, type Sample } from './samples.ts';

const [dataDir = ''] = process.argv.slice(2);
await prepareDatabaseFile(dataDir);
const db = openForWriting(join(dataDir, 'netra.db'));
const [commit, pack] = [createCommit(db), createPacker()];
const compact = createCompaction(db, { hotEvents: 50, blockEvents: 20, blockCharacters: 8000 });
const read = createReads(db);

const stored = (): Sample | undefined => {
  const found = JSON.parse(read({ kind: 'unfinished', args: [] })) as readonly StoredOrchestration[];
  return found[0];
};
const fresh = (): Sample => {
  const sample = sampleOf('endless', ['a', 'b', 'c']);
  commit(pack(creationOf(sample)));
  return sample;
};
const sample = stored() ?? fresh();
for (let seq = sample.orchestration.lastSeq, round = 0; ; seq += 90, round++) {
  const state = round % 3 === 0 ? 'succeeded' : 'running';
  commit(
    pack({
      ...emptyBatch,
      events: eventsOf(sample, 90, { afterSeq: seq, bytes: 300 }),
      orchestrations: [{ ...sample.orchestration, lastSeq: seq + 90 }],
      instances: sample.instances.map((view) => ({ ...view, state })),
    }),
  );
  compact(4);
  process.stdout.write(`${String(seq + 90)}\n`);
}
