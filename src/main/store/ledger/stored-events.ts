import type { Database } from 'better-sqlite3';
import { decodeBlock, type BlockEvent } from '../event-block.ts';

/** An event as it is stored, wherever it is stored. */
export type StoredEvent = BlockEvent & { readonly instanceId: string | null };

/** So many blocks of an orchestration stay decoded: those of instances that ran side by side overlap. */
const keptBlocks = 64;

type EventRow = {
  readonly seq: number;
  readonly instanceId: string | null;
  readonly n: number | null;
  readonly attemptId: string | null;
  readonly at: number;
  readonly letter: string;
  readonly stream: number | null;
  readonly source_offset: number | null;
  readonly source_length: number | null;
  readonly body: string;
};

const ofRow = (row: EventRow): StoredEvent => ({
  seq: row.seq,
  instanceId: row.instanceId,
  n: row.n,
  attemptId: row.attemptId,
  at: row.at,
  letter: row.letter,
  source:
    row.stream === null
      ? null
      : {
          stream: row.stream === 0 ? 'stdout' : 'stderr',
          offset: row.source_offset ?? 0,
          length: row.source_length ?? 0,
        },
  body: row.body,
});

export interface EventReading {
  /** Those of an orchestration's key with a seq from `from` to `to`. */
  between(key: number, from: number, to: number): readonly StoredEvent[];
  /** The seq of the last; 0 when there are none. */
  last(key: number): number;
  /** Forgets decoded blocks. */
  forget(): void;
}

/** Reads the events of an orchestration in order of seq, from rows and from blocks. @throws SqliteError */
export const createEventReading = (db: Database): EventReading => {
  const rows = db.prepare<[number, number], EventRow>(
    `SELECT e.seq, i.id AS instanceId, e.n, a.id AS attemptId, e.at, e.type AS letter, e.stream, e.source_offset,
       e.source_length, e.body
     FROM events e LEFT JOIN instances i ON i.key = e.instance_key LEFT JOIN attempts a ON a.key = e.attempt_key
     WHERE e.key >= ? AND e.key <= ? ORDER BY e.key`,
  );
  const heads = db.prepare<
    [number, number, number],
    { readonly key: number; readonly instanceId: string | null }
  >(
    `SELECT b.key, i.id AS instanceId FROM event_blocks b LEFT JOIN instances i ON i.key = b.instance_key
     WHERE b.orchestration_key = ? AND b.last_seq >= ? AND b.first_seq <= ?`,
  );
  const data = db.prepare<[number], Buffer>('SELECT data FROM event_blocks WHERE key = ?').pluck();
  const newest = db
    .prepare<[number, number, number], number>(
      `SELECT max(coalesce((SELECT key & 4294967295 FROM events WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT 1), 0),
       coalesce((SELECT max(last_seq) FROM event_blocks WHERE orchestration_key = ?), 0))`,
    )
    .pluck();
  const decoded = new Map<number, readonly BlockEvent[]>();
  const blockEvents = (key: number): readonly BlockEvent[] => {
    const known = decoded.get(key);
    if (known !== undefined) return known;
    const events = decodeBlock(data.get(key) ?? Buffer.alloc(0));
    const oldest = decoded.size < keptBlocks ? undefined : decoded.keys().next().value;
    if (oldest !== undefined) decoded.delete(oldest);
    decoded.set(key, events);
    return events;
  };
  return {
    between: (key, from, to) => {
      const start = key * 2 ** 32;
      const single = rows.all(start + from, start + to).map(ofRow);
      const packed = heads.all(key, from, to).flatMap(({ key: block, instanceId }) =>
        blockEvents(block)
          .filter(({ seq }) => seq >= from && seq <= to)
          .map((event) => ({ ...event, instanceId })),
      );
      return packed.length === 0 ? single : [...single, ...packed].toSorted((a, b) => a.seq - b.seq);
    },
    last: (key) => newest.get(key * 2 ** 32, (key + 1) * 2 ** 32, key) ?? 0,
    forget: () => {
      decoded.clear();
    },
  };
};
