import type { Database } from 'better-sqlite3';
import { createPutBlock, type BlockOwner } from '../commits/put-block.ts';
import { blockCharacters, type BlockEvent, blockEvents, encodeBlock } from '../event-block.ts';

/** How much goes where; tests make it little. */
export type Measure = {
  /** So many of the newest events of an instance at work stay rows: they are what is looked at. */
  readonly hotEvents: number;
  readonly blockEvents: number;
  readonly blockCharacters: number;
};
const usualMeasure: Measure = { hotEvents: 2000, blockEvents, blockCharacters };

const finalInstance = `('succeeded', 'failed', 'stopped', 'skipped')`;
const finalOrchestration = `('succeeded', 'failed', 'stopped')`;

type Row = {
  readonly key: number;
  readonly seq: number;
  readonly n: number | null;
  readonly attempt: string | null;
  readonly at: number;
  readonly type: string;
  readonly stream: number | null;
  readonly source_offset: number;
  readonly source_length: number;
  readonly body: string;
};

const blockEventOf = (row: Row): BlockEvent => ({
  seq: row.seq,
  n: row.n,
  attemptId: row.attempt,
  at: row.at,
  letter: row.type,
  source:
    row.stream === null
      ? null
      : {
          stream: row.stream === 0 ? 'stdout' : 'stderr',
          offset: row.source_offset,
          length: row.source_length,
        },
  body: row.body,
});

/** The first rows, as many as make a block. */
const takeBlock = (rows: Iterable<Row>, maxCharacters: number): readonly Row[] => {
  const taken: Row[] = [];
  let characters = 0;
  for (const row of rows) {
    taken.push(row);
    characters += row.body.length;
    if (characters >= maxCharacters) break;
  }
  return taken;
};

/** Gives what packs the oldest events of an owner into a block, in one transaction. */
const createPacking = (db: Database, measure: Measure): ((owner: BlockOwner) => void) => {
  const columns = `SELECT e.key, e.seq, e.n, a.id AS attempt, e.at, e.type, e.stream, e.source_offset,
    e.source_length, e.body FROM events e LEFT JOIN attempts a ON a.key = e.attempt_key`;
  const ofInstance = db.prepare<[number, number], Row>(
    `${columns} WHERE e.instance_key = ? AND e.n >= 0 ORDER BY e.n LIMIT ?`,
  );
  const ofOrchestration = db.prepare<[number, number, number], Row>(
    `${columns} WHERE e.key >= ? AND e.key < ? AND e.instance_key IS NULL ORDER BY e.key LIMIT ?`,
  );
  const putBlock = createPutBlock(db);
  // By their keys: what is deleted is what was packed, and nothing else.
  const remove = db.prepare<[string]>('DELETE FROM events WHERE key IN (SELECT value FROM json_each(?))');
  const pack = db.transaction((owner: BlockOwner): void => {
    const { orchestration, instance } = owner;
    const start = orchestration * 2 ** 32;
    const rows = takeBlock(
      instance === null
        ? ofOrchestration.iterate(start, start + 2 ** 32, measure.blockEvents)
        : ofInstance.iterate(instance, measure.blockEvents),
      measure.blockCharacters,
    );
    if (rows.length === 0) return;
    putBlock(owner, encodeBlock(rows.map(blockEventOf)));
    remove.run(JSON.stringify(rows.map(({ key }) => key)));
  });
  return (owner) => {
    pack.immediate(owner);
  };
};

/** Where the walk over those who have rows stands: behind an instance's key, or behind an orchestration's. */
type Place = { readonly among: 'instances' | 'orchestrations'; readonly after: number };
const start: Place = { among: 'instances', after: 0 };

/** What lies at the place: an owner who is due, or nobody; and the place behind it. Undefined at the end of all. */
type Look = { readonly due: BlockOwner | null; readonly next: Place } | undefined;

/**
 * Those who have rows are few, however many rows there are: each is found by one step into an index. An orchestration that
 * is being removed has no facets, and nothing of it is packed.
 */
const createWalk = (db: Database, measure: Measure): ((place: Place) => Look) => {
  const nextInstance = db
    .prepare<[number], number>(
      'SELECT instance_key FROM events WHERE instance_key > ? ORDER BY instance_key LIMIT 1',
    )
    .pluck();
  const dueInstance = db
    .prepare<[{ key: number; enough: number }], number>(
      `SELECT i.orchestration_key FROM instances i JOIN facets f ON f.orchestration_key = i.orchestration_key
       WHERE i.key = @key AND (SELECT max(n) FROM events WHERE instance_key = @key) IS NOT NULL
         AND (i.state IN ${finalInstance} OR f.state IN ${finalOrchestration}
           OR (SELECT max(n) FROM events WHERE instance_key = @key)
            - (SELECT min(n) FROM events WHERE instance_key = @key) >= @enough)`,
    )
    .pluck();
  const nextEvent = db
    .prepare<[number], number>('SELECT key FROM events WHERE key >= ? ORDER BY key LIMIT 1')
    .pluck();
  const dueOrchestration = db
    .prepare<[{ key: number }], number>(
      `SELECT 1 FROM facets WHERE orchestration_key = @key AND state IN ${finalOrchestration} AND EXISTS (
         SELECT 1 FROM events WHERE key >= @key << 32 AND key < (@key + 1) << 32 AND instance_key IS NULL)`,
    )
    .pluck();
  const enough = measure.hotEvents + measure.blockEvents - 1;
  const amongInstances = (after: number): Look => {
    const instance = nextInstance.get(after);
    if (instance === undefined) return { due: null, next: { among: 'orchestrations', after: 0 } };
    const orchestration = dueInstance.get({ key: instance, enough });
    const next = { among: 'instances', after: instance } as const;
    return { due: orchestration === undefined ? null : { orchestration, instance }, next };
  };
  const amongOrchestrations = (after: number): Look => {
    const event = nextEvent.get((after + 1) * 2 ** 32);
    if (event === undefined) return undefined;
    const orchestration = Math.floor(event / 2 ** 32);
    const isDue = dueOrchestration.get({ key: orchestration }) !== undefined;
    const next = { among: 'orchestrations', after: orchestration } as const;
    return { due: isDue ? { orchestration, instance: null } : null, next };
  };
  return ({ among, after }) => (among === 'instances' ? amongInstances(after) : amongOrchestrations(after));
};

/**
 * Packs events that are no longer the newest into blocks (event-block.ts): those of instances and orchestrations that ended, and
 * of the others all but the newest. Each block is a transaction of some milliseconds, so that a kill at any moment leaves each
 * event once. Gives a slice of it for at most about `ms`: true when there is more.
 */
export const createCompaction = (db: Database, measure = usualMeasure): ((ms: number) => boolean) => {
  const look = createWalk(db, measure);
  const pack = createPacking(db, measure);
  let place = start;
  return (ms) => {
    const until = performance.now() + ms;
    do {
      const found = look(place);
      if (found === undefined) {
        place = start;
        return false;
      }
      // One who was due is looked at again: it may have more.
      if (found.due === null) place = found.next;
      else pack(found.due);
    } while (performance.now() < until);
    return true;
  };
};
