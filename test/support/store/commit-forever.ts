/**
 * Opens the store of the data directory given and commits batches of 200 events until it is killed or a commit fails.
 * After each commit it prints the seq of the last event; after a failure the failure's code, and then it ends.
 */
import { FailureError } from '../../../src/shared/domain/failure.ts';
import { openStore } from '../../../src/main/store/store.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf } from './samples.ts';

const [dataDir = ''] = process.argv.slice(2);
const store = await openStore({ dataDir });
const sample = sampleOf('endless');
await store.commit(creationOf(sample));
try {
  for (let seq = 0; ; seq += 200) {
    await store.commit({
      ...emptyBatch,
      events: eventsOf(sample, 200, { afterSeq: seq, bytes: 500 }),
      orchestrations: [{ ...sample.orchestration, lastSeq: seq + 200 }],
    });
    process.stdout.write(`${String(seq + 200)}\n`);
  }
} catch (error) {
  if (!(error instanceof FailureError)) throw error;
  process.stdout.write(`${error.failure.code}\n`);
}
await store.close();
