import type { Database } from 'better-sqlite3';
import { type Answers, listOf } from './answers.ts';
import { createBlockCache } from './block-cache.ts';
import type { BlockEvent } from '../event-block.ts';

type Event = Omit<BlockEvent, 'letter'> & { readonly instanceId: string | null };

type EventRow = {
  readonly seq: number;
  readonly instance: string | null;
  readonly n: number | null;
  readonly attempt: string | null;
  readonly at: number;
  readonly stream: number | null;
  readonly source_offset: number;
  readonly source_length: number;
  readonly body: string;
};

type Blocks = ReturnType<typeof createBlockCache>;

const eventOf = (row: EventRow): Event => ({
  seq: row.seq,
  instanceId: row.instance,
  n: row.n,
  attemptId: row.attempt,
  at: row.at,
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

const textOf = (orchestrationId: string, event: Event): string => {
  const { seq, instanceId, n, attemptId, at, source, body } = event;
  const time = new Date(at).toISOString();
  const head = JSON.stringify({ orchestrationId, seq, instanceId, n, attemptId, at: time, source });
  return `${head.slice(0, -1)},"body":${body}}`;
};

const rowColumns = `
  SELECT e.seq, i.id AS instance, e.n, a.id AS attempt, e.at, e.stream, e.source_offset, e.source_length, e.body
  FROM events e LEFT JOIN instances i ON i.key = e.instance_key LEFT JOIN attempts a ON a.key = e.attempt_key`;

/** Reads events of an instance: first those in blocks, which are the older ones. */
const readInstance = (db: Database, blocks: Blocks): Answers['instanceEvents'] => {
  type Found = { readonly key: number; readonly orchestration: string };
  type Block = { readonly key: number; readonly first_n: number };
  const instance = db.prepare<[string], Found>(
    `SELECT i.key, o.id AS orchestration FROM instances i JOIN orchestrations o ON o.key = i.orchestration_key
     WHERE i.id = ?`,
  );
  const columns = 'SELECT key, first_n FROM event_blocks WHERE instance_key = ?';
  const blockWith = db.prepare<[number, number], Block>(
    `${columns} AND first_n <= ? ORDER BY first_n DESC LIMIT 1`,
  );
  const blockAfter = db.prepare<[number, number], Block>(
    `${columns} AND first_n > ? ORDER BY first_n LIMIT 1`,
  );
  const rows = db.prepare<[number, number, number], EventRow>(
    `${rowColumns} WHERE e.instance_key = ? AND e.n >= ? ORDER BY e.n LIMIT ?`,
  );
  return (id, from, limit) => {
    const found = instance.get(id);
    if (found === undefined) return '[]';
    const events: Event[] = [];
    let block = blockWith.get(found.key, from) ?? blockAfter.get(found.key, from);
    while (block !== undefined && events.length < limit) {
      const wanted = blocks(block.key).filter(({ n }) => n !== null && n >= from);
      for (const event of wanted) events.push({ ...event, instanceId: id });
      block = blockAfter.get(found.key, block.first_n);
    }
    const left = limit - events.length;
    if (left > 0) events.push(...rows.all(found.key, from, left).map(eventOf));
    return listOf(events.slice(0, limit).map((event) => textOf(found.orchestration, event)));
  };
};

/** What of an orchestration's events lies where; a seq is within (after, to]. */
const createSpans = (db: Database, blocks: Blocks) => {
  type Block = { readonly key: number; readonly first_seq: number };
  const instanceId = db.prepare<[number], string>('SELECT id FROM instances WHERE key = ?').pluck();
  const instanceOf = db
    .prepare<[number], number | null>('SELECT instance_key FROM event_blocks WHERE key = ?')
    .pluck();
  const inBlocks = db.prepare<[number, number, number], Block>(
    `SELECT key, first_seq FROM event_blocks
     WHERE orchestration_key = ? AND last_seq > ? AND first_seq <= ? ORDER BY last_seq`,
  );
  const inRows = db.prepare<[number, number], EventRow>(
    `${rowColumns} WHERE e.key > ? AND e.key <= ? ORDER BY e.key`,
  );
  const nextRow = db
    .prepare<[number, number], number>('SELECT min(seq) FROM events WHERE key > ? AND key < ?')
    .pluck();
  const fromBlocks = (orchestration: number, after: number, to: number): Event[] =>
    inBlocks.all(orchestration, after, to).flatMap(({ key }) => {
      const instance = instanceOf.get(key) ?? null;
      const id = instance === null ? null : (instanceId.get(instance) ?? null);
      return blocks(key)
        .filter(({ seq }) => seq > after && seq <= to)
        .map((event) => ({ ...event, instanceId: id }));
    });
  const firstAfter = (block: Block, after: number): number =>
    block.first_seq > after
      ? block.first_seq
      : (blocks(block.key).find(({ seq }) => seq > after)?.seq ?? Infinity);
  return {
    events: (orchestration: number, after: number, to: number): readonly Event[] => {
      const start = orchestration * 2 ** 32;
      const rows = inRows.all(start + after, start + to).map(eventOf);
      const packed = fromBlocks(orchestration, after, to);
      return packed.length === 0 ? rows : [...packed, ...rows].sort((a, b) => a.seq - b.seq);
    },
    /** The lowest seq after one; infinite when there is none. */
    next: (orchestration: number, after: number): number => {
      const start = orchestration * 2 ** 32;
      const row = nextRow.get(start + after, start + 2 ** 32) ?? Infinity;
      const others = inBlocks.all(orchestration, after, row).map((block) => firstAfter(block, after));
      return Math.min(row, ...others);
    },
  };
};

/** Reads events of an orchestration, out of as many blocks as its instances have about there, and rows. */
const readOrchestration = (db: Database, blocks: Blocks): Answers['eventsAfter'] => {
  const orchestration = db.prepare<[string], number>('SELECT key FROM orchestrations WHERE id = ?').pluck();
  const spans = createSpans(db, blocks);
  return (id, after, limit) => {
    const key = orchestration.get(id);
    if (key === undefined) return '[]';
    const found: Event[] = [];
    // Numbers have no gaps, so that once is enough; where something was lost, it goes on behind the gap.
    for (let from = after; found.length < limit && from < 2 ** 32;) {
      const to = Math.min(from + limit - found.length, 2 ** 32 - 1);
      found.push(...spans.events(key, from, to));
      from = found.length < limit ? spans.next(key, to) - 1 : to;
    }
    return listOf(found.map((event) => textOf(id, event)));
  };
};

/** Reads events, of an instance or of an orchestration, whether they are rows or in blocks. */
export const readEvents = (db: Database): Pick<Answers, 'eventIndex' | 'instanceEvents' | 'eventsAfter'> => {
  const blocks = createBlockCache(db);
  const instance = '(SELECT key FROM instances WHERE id = @id)';
  const packed = db
    .prepare<[{ id: string }], string>(
      `SELECT letters FROM event_blocks WHERE instance_key = ${instance} ORDER BY first_n`,
    )
    .pluck();
  const rows = db
    .prepare<[{ id: string }], string>(`SELECT type FROM events WHERE instance_key = ${instance} ORDER BY n`)
    .pluck();
  return {
    eventIndex: (id) => JSON.stringify(packed.all({ id }).join('') + rows.all({ id }).join('')),
    instanceEvents: readInstance(db, blocks),
    eventsAfter: readOrchestration(db, blocks),
  };
};
