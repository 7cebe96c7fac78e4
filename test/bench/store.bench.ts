/**
 * What the store costs: opening it, storing 200,000 events of 500 bytes of ten instances in batches of 500 (two
 * batches on their way at a time, the next one is packed while the thread stores the last), and reading meanwhile, a
 * read every few milliseconds.
 * Prints a row per figure and exits 1 when one that has a limit is missed.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createPacker } from '../../src/main/store/commits/pack.ts';
import { queryForName } from '../../src/shared/domain/search/search-query.ts';
import { openStore } from '../../src/main/store/store.ts';
import type { Store, StoreBatch } from '../../src/main/engine/store-ports.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf, type Sample } from '../support/store/samples.ts';

const eventCount = 200_000;
const batchSize = 500;
const bodyBytes = 500;
const inFlight = 2;
const readPauseMs = 4;

type Limit = { readonly atLeast: number } | { readonly atMost: number };
let missed = 0;

const report = (what: string, value: number, unit: string, limit?: Limit): void => {
  const isMet = limit === undefined || ('atLeast' in limit ? value >= limit.atLeast : value <= limit.atMost);
  if (!isMet) missed++;
  const asked = limit === undefined ? '' : 'atLeast' in limit ? `≥ ${limit.atLeast}` : `≤ ${limit.atMost}`;
  const shown = value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });
  console.log(
    `  ${what.padEnd(52)}${shown.padStart(10)} ${unit.padEnd(9)} ${asked} ${isMet ? '' : 'MISSED'}`.trimEnd(),
  );
};

const timed = async (work: () => unknown): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;

const measureOpening = async (dataDir: string): Promise<void> => {
  const opening: number[] = [];
  for (let times = 0; times < 6; times++) {
    const start = performance.now();
    const store = await openStore({ dataDir });
    opening.push(performance.now() - start);
    await store.close();
  }
  const [fresh = Number.NaN, ...again] = opening;
  report('open a new data directory', fresh, 'ms');
  report('open an existing one (median of 5)', quantile(again, 0.5), 'ms');
};

const batchesOf = (sample: Sample): readonly StoreBatch[] =>
  Array.from({ length: eventCount / batchSize }, (_, i) => ({
    ...emptyBatch,
    events: eventsOf(sample, batchSize, { afterSeq: i * batchSize, bytes: bodyBytes }),
    orchestrations: [{ ...sample.orchestration, lastSeq: (i + 1) * batchSize }],
    instances: sample.instances,
    attempts: sample.attempts,
  }));

/** Commits all, `inFlight` at a time; gives the milliseconds that each took. */
const commitAll = async (store: Store, batches: readonly StoreBatch[]): Promise<readonly number[]> => {
  const left = batches.values();
  const took: number[] = [];
  const worker = async () => {
    for (const batch of left) took.push(await timed(() => store.commit(batch)));
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return took;
};

const reads = (
  store: Store,
  { orchestration, instances }: Sample,
): Readonly<Record<string, () => Promise<unknown>>> => {
  const id = instances[0]?.id ?? sampleOf('none').instances[0]?.id;
  if (id === undefined) throw new Error('the sample has no instances');
  return {
    'first page of the list': () => store.orchestrations({ limit: 50 }),
    'search of a name': () => store.orchestrations({ limit: 50, query: queryForName('bench') }),
    'one orchestration': () => store.orchestration(orchestration.id),
    '100 events of an instance': () => store.instanceEvents(id, 500, 100),
    '100 events after a seq': () => store.eventsAfter(orchestration.id, 1000, 100),
  };
};

const measureReads = async (
  store: Store,
  sample: Sample,
  goesOn: (rounds: number) => boolean,
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const times = new Map<string, number[]>();
  for (let rounds = 0; goesOn(rounds); rounds++) {
    for (const [name, read] of Object.entries(reads(store, sample))) {
      await delay(readPauseMs);
      times.set(name, [...(times.get(name) ?? []), await timed(read)]);
    }
  }
  return times;
};

const reportReads = (times: ReadonlyMap<string, readonly number[]>, when: string): void => {
  for (const [name, values] of times) {
    report(`${name}, ${when}, median`, quantile(values, 0.5), 'ms');
    report(`${name}, ${when}, 99 %`, quantile(values, 0.99), 'ms');
  }
};

const measureIngest = async (store: Store, name: string, isRead: boolean): Promise<Sample> => {
  const sample = sampleOf(
    name,
    Array.from({ length: 10 }, (_, i) => `bench ${String(i)}`),
  );
  const batches = batchesOf(sample);
  await store.commit(creationOf(sample));
  let isOver = false;
  const reading = isRead ? measureReads(store, sample, () => !isOver) : undefined;
  let took: readonly number[] = [];
  const ms = await timed(async () => (took = await commitAll(store, batches)));
  isOver = true;
  const what = isRead ? 'events stored, while reading' : 'events stored';
  report(what, (eventCount / ms) * 1000, 'a second', isRead ? undefined : { atLeast: 60_000 });
  report(`commit of ${String(batchSize)} (two at a time), 99 %`, quantile(took, 0.99), 'ms');
  if (reading !== undefined) reportReads(await reading, 'while storing');
  return sample;
};

const dataDir = await mkdtemp(join(tmpdir(), 'netra-bench-'));
try {
  await measureOpening(dataDir);
  const store = await openStore({ dataDir });
  const sample = await measureIngest(store, 'plain', false);
  const [batch = emptyBatch] = batchesOf(sample);
  const packing = await timed(() => {
    const packBatch = createPacker();
    for (let times = 0; times < 100; times++) packBatch(batch);
  });
  report("the engine's own time for an event", (packing / 100 / batchSize) * 1000, 'µs');
  await measureIngest(store, 'with reads', true);
  reportReads(await measureReads(store, sample, (rounds) => rounds < 50), 'idle');
  const [instance] = sample.instances;
  if (instance !== undefined) {
    report(
      `index of ${String(eventCount / 10)} events`,
      await timed(() => store.eventIndex(instance.id)),
      'ms',
    );
  }
  await store.close();
  report(
    'bytes on disk for an event',
    (await stat(join(dataDir, 'netra.db'))).size / eventCount / 2,
    'bytes',
  );
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
process.exitCode = missed === 0 ? 0 : 1;
