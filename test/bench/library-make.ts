import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { createAttemptFold, type AttemptFold } from '../../src/main/claude/stream/attempt-fold.ts';
import { createLineSplitter } from '../../src/main/claude/stream/line-splitter.ts';
import { pricesFor } from '../../src/main/hosts/prices.ts';
import { openStore } from '../../src/main/store/store.ts';
import type { AttemptRecord, Store } from '../../src/main/engine/store-ports.ts';
import type { OrchestrationEvent } from '../../src/shared/domain/event.ts';
import { attemptIdSchema, instantOf } from '../../src/shared/domain/ids.ts';
import type { InstanceView } from '../../src/shared/domain/instance.ts';
import { totalsOf } from '../../src/shared/domain/orchestration.ts';
import { creationOf, emptyBatch, sampleOf, type Sample } from '../support/store/samples.ts';
import { newDataDir } from './data-dir.ts';
import { createLines, type SessionLines } from './library-lines.ts';

/**
 * Fills a data directory as a year of work would, without the processes: lines as Claude Code prints them are written to
 * spools, and split, folded and stored by the product's own code. Prints how long that took, and how much it was.
 * Arguments: data directory, orchestrations, events in all, events of the longest instance.
 */
const [folder = '', count = '20', events = '100000', longest = '20000'] = process.argv.slice(2);
const instancesEach = 4;
const batchLines = 500;
const newestAt = Date.UTC(2026, 10, 20);
const yearMs = 365 * 86_400_000;

const dataDir = await newDataDir(folder);
const spoolFolder = join(dataDir, 'spool');
await mkdir(spoolFolder, { recursive: true });
const prices = await pricesFor(dataDir);
const store: Store = await openStore({ dataDir });
const linesOf = createLines(20_261_123);
const workspaces = ['/home/ada/src/shop', '/home/ada/src/site', '/home/ada/src/app', '/home/ada/src/tools'];
let rawBytes = 0;
let stored = 0;

type Source = {
  readonly view: InstanceView;
  readonly attempt: AttemptRecord;
  readonly lines: SessionLines;
  readonly fold: AttemptFold;
  readonly splitter: ReturnType<typeof createLineSplitter>;
  readonly spool: ReturnType<typeof createWriteStream>;
  n: number;
};

const openSource = (view: InstanceView, attempt: AttemptRecord, number: number, at: number): Source => ({
  ...{ view, attempt: { ...attempt, startedAt: instantOf(at) }, lines: linesOf(number, at), n: 0 },
  fold: createAttemptFold({ prices, wantsStructured: false, resumed: null }),
  splitter: createLineSplitter({ stream: 'stdout' }),
  spool: createWriteStream(join(spoolFolder, `${attempt.id}.ndjson`), { mode: 0o600 }),
});

/** Takes lines as a process would print them, and gives the events that they become. */
const take = async (
  source: Source,
  text: string,
  at: number,
  after: number,
): Promise<OrchestrationEvent[]> => {
  let seq = after;
  const bytes = Buffer.from(text);
  rawBytes += bytes.length;
  if (!source.spool.write(bytes)) await once(source.spool, 'drain');
  for (const line of source.splitter.push(bytes)) source.fold.push(line, instantOf(at));
  const { view, attempt } = source;
  return source.fold.take().items.flatMap((item) =>
    item.kind !== 'event'
      ? []
      : [
          {
            ...{ orchestrationId: view.orchestrationId, seq: ++seq, instanceId: view.id, n: source.n++ },
            ...{ attemptId: attempt.id, at: item.at, source: item.source, body: item.body },
          },
        ],
  );
};

const finish = async (sample: Sample, sources: readonly Source[], lastSeq: number, startedAt: number) => {
  const instances = sources.map(({ view, fold, n }, index): InstanceView => {
    const { usage, tools, toolCalls, turns, sessionId, model, result } = fold.progress();
    return {
      ...view,
      ...{ state: index === 3 ? 'failed' : 'succeeded', pid: null, eventCount: n, attempts: 1 },
      ...{ usage, tools, toolCalls, turns, sessionId, model, result },
      ...{ startedAt: instantOf(startedAt), endedAt: instantOf(startedAt + n * 1500) },
    };
  });
  const endedAt = instantOf(startedAt + Math.max(...sources.map(({ n }) => n)) * 1500);
  await store.commit({
    ...emptyBatch,
    orchestrations: [
      {
        ...{
          ...sample.orchestration,
          ...totalsOf(instances),
          startedAt: instantOf(startedAt),
          endedAt,
          lastSeq,
        },
        state: instances.some(({ state }) => state === 'failed') ? 'failed' : 'succeeded',
      },
    ],
    instances,
    attempts: sources.map(({ attempt, fold, splitter }) => ({
      ...attempt,
      ...{ process: null, endedAt, exitCode: 0, usage: fold.progress().usage },
      ...{ sessionId: fold.progress().sessionId, offsets: { stdout: splitter.offset(), stderr: 0 } },
    })),
  });
};

const make = async (number: number, lengths: readonly number[]): Promise<void> => {
  const startedAt = newestAt - Math.round((yearMs * (Number(count) - number)) / Number(count));
  const workspace = workspaces[number % workspaces.length] ?? '/';
  const names = lengths.map((_, index) => `worker-${String(index)}`);
  const plain = sampleOf(`nightly ${String(number % 40)}`, names);
  const sample: Sample = {
    ...plain,
    orchestration: { ...plain.orchestration, workspace, startedAt: instantOf(startedAt) },
    attempts: plain.attempts.map((attempt) => {
      const id = attemptIdSchema.parse(randomUUID());
      return { ...attempt, id, spec: { ...attempt.spec, attemptId: id } };
    }),
  };
  await store.commit(creationOf(sample));
  const sources = sample.instances.flatMap((view, index) => {
    const attempt = sample.attempts[index];
    return attempt === undefined
      ? []
      : [openSource(view, attempt, number * instancesEach + index, startedAt)];
  });
  let seq = 0;
  const lefts = [...lengths];
  while (lefts.some((left) => left > 0)) {
    const batch: OrchestrationEvent[] = [];
    for (const [index, source] of sources.entries()) {
      const lines = Math.min(batchLines, lefts[index] ?? 0);
      if (lines === 0) continue;
      lefts[index] = (lefts[index] ?? 0) - lines;
      const text = source.lines.take(lines) + (lefts[index] === 0 ? source.lines.end() : '');
      const made = await take(source, text, startedAt, seq);
      seq += made.length;
      batch.push(...made);
    }
    stored += batch.length;
    await store.commit({ ...emptyBatch, events: batch });
  }
  await finish(sample, sources, seq, startedAt);
  for (const { spool, attempt } of sources) {
    spool.end();
    await once(spool, 'close');
    await writeFile(join(spoolFolder, `${attempt.id}.stderr`), '', { mode: 0o600 });
  }
};

const start = performance.now();
const [orchestrations, most] = [Number(count), Number(longest)];
const each = Math.max(
  8,
  Math.floor((Number(events) - most) / Math.max(1, orchestrations - 1) / instancesEach),
);
for (let number = 0; number < orchestrations; number++) {
  const isLong = number === Math.floor(orchestrations / 2);
  await make(number, isLong ? [most] : Array.from({ length: instancesEach }, () => each));
}
await store.close();
const ms = performance.now() - start;
const { size } = await stat(join(dataDir, 'netra.db'));
console.log(JSON.stringify({ ms, events: stored, rawBytes, databaseBytes: size }));
