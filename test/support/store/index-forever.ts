/**
 * Opens the store of the data directory given and commits batches of events, each followed by a search that lets the index
 * catch up, until it is killed. After each search it prints how many events are stored.
 */
import { openStore } from '../../../src/main/store/store.ts';
import { parseQuery } from '../../../src/shared/domain/search/search-parse.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf } from './samples.ts';

const [dataDir = ''] = process.argv.slice(2);
const store = await openStore({ dataDir });
const sample = sampleOf('endless');
await store.commit(creationOf(sample));
const { query } = parseQuery('nowhere', { now: 0, timeZone: 'UTC' });
for (let seq = 0; ; seq += 100) {
  await store.commit({ ...emptyBatch, events: eventsOf(sample, 100, { afterSeq: seq, bytes: 300 }) });
  await store.search({ query, limit: 1 });
  process.stdout.write(`${String(seq + 100)}\n`);
}
