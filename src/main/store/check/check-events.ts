import type { Database } from 'better-sqlite3';
import { decodeBlock, type BlockEvent } from '../event-block.ts';
import { createEventReading } from '../ledger/stored-events.ts';
import { type Finding, listed, problem } from './finding.ts';

type BlockRow = {
  readonly key: number;
  readonly first_n: number;
  readonly count: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly letters: string;
  readonly data: Buffer;
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};

/** The events of a block; null for one that does not hold what its row says. */
const eventsOf = (row: BlockRow): readonly BlockEvent[] | null => {
  let events: readonly BlockEvent[];
  try {
    events = decodeBlock(row.data);
  } catch (error) {
    // zstd and the JSON in it say so in their own ways.
    if (error instanceof Error) return null;
    throw error;
  }
  const seqs = events.map(({ seq }) => seq);
  const isSound =
    events.length === row.count &&
    events.map(({ letter }) => letter).join('') === row.letters &&
    Math.min(...seqs) === row.first_seq &&
    Math.max(...seqs) === row.last_seq &&
    (events[0]?.n ?? 0) === row.first_n &&
    events.every(({ body }) => isJson(body));
  return isSound ? events : null;
};

const damaged = (key: number): Finding => problem(`Block ${String(key)} of events is damaged.`);

const columns = 'SELECT key, first_n, count, first_seq, last_seq, letters, data FROM event_blocks';

/** The events of an orchestration itself have no numbers of their own; their blocks are looked at all the same. */
const ownBlocks = function* (db: Database): Generator<Finding> {
  const all = db.prepare<[], BlockRow>(
    `${columns} WHERE instance_key IS NULL AND orchestration_key IN (${listed})`,
  );
  for (const row of all.iterate()) if (eventsOf(row) === null) yield damaged(row.key);
};

/** Whether the events of each instance are there, each once, from the first to the last that its view counts. */
const eventNumbers = function* (db: Database): Generator<Finding> {
  type Instance = { readonly key: number; readonly id: string; readonly said: number };
  const instances = db.prepare<[], Instance>(
    `SELECT key, id, view ->> 'eventCount' AS said FROM instances WHERE orchestration_key IN (${listed})`,
  );
  const blocks = db.prepare<[number], BlockRow>(`${columns} WHERE instance_key = ? ORDER BY first_n`);
  const rows = db
    .prepare<[number], number | null>('SELECT n FROM events WHERE instance_key = ? ORDER BY n')
    .pluck();
  for (const { key, id, said } of instances.all()) {
    const found: (number | null)[] = [];
    for (const row of blocks.iterate(key)) {
      const events = eventsOf(row);
      if (events === null) yield damaged(row.key);
      // What its row says, so that one fault is told once.
      const numbers =
        events?.map(({ n }) => n) ?? Array.from({ length: row.count }, (_, i) => row.first_n + i);
      for (const n of numbers) found.push(n);
    }
    for (const n of rows.iterate(key)) found.push(n);
    const wrong = found.findIndex((n, i) => n !== i);
    if (wrong >= 0) yield problem(`Event ${String(wrong)} of the instance ${id} is not where it should be.`);
    if (found.length !== said) {
      yield problem(
        `The instance ${id} says that it has ${String(said)} events, and ${String(found.length)} are there.`,
      );
    }
  }
};

/** Whether views and lists know the last event. */
const lasts = function* (db: Database): Generator<Finding> {
  type Orchestration = {
    readonly key: number;
    readonly id: string;
    readonly said: number;
    readonly found: number;
  };
  const reading = createEventReading(db);
  const orchestrations = db.prepare<[], Orchestration>(
    `SELECT key, id, view ->> 'lastSeq' AS said, f.last_seq AS found
     FROM orchestrations JOIN facets f ON f.orchestration_key = key WHERE key IN (${listed})`,
  );
  for (const { key, id, said, found } of orchestrations.all()) {
    const last = reading.last(key);
    if (said !== last) {
      yield problem(
        `The orchestration ${id} says that its last event is ${String(said)}; it is ${String(last)}.`,
      );
    }
    // The index of words goes by it.
    if (found !== last) {
      yield problem(`The orchestration ${id} is searched up to event ${String(found)} of ${String(last)}.`);
    }
  }
};

/** Whether all events are there and can be read. */
export const checkEvents = function* (db: Database): Generator<Finding> {
  yield* eventNumbers(db);
  yield* ownBlocks(db);
  yield* lasts(db);
};
