import type { Database } from 'better-sqlite3';
import { type Answers, listOf } from './answers.ts';

type EventRow = {
  readonly orchestration: string;
  readonly seq: number;
  readonly instance: string | null;
  readonly n: number | null;
  readonly attempt: string | null;
  readonly at: number;
  readonly stream: number | null;
  readonly source_offset: number | null;
  readonly source_length: number | null;
  readonly body: string;
};

const eventText = (row: EventRow): string => {
  const head = JSON.stringify({
    orchestrationId: row.orchestration,
    seq: row.seq,
    instanceId: row.instance,
    n: row.n,
    attemptId: row.attempt,
    at: new Date(row.at).toISOString(),
    source:
      row.stream === null
        ? null
        : {
            stream: row.stream === 0 ? 'stdout' : 'stderr',
            offset: row.source_offset,
            length: row.source_length,
          },
  });
  return `${head.slice(0, -1)},"body":${row.body}}`;
};

/** Reads events, of an instance or of an orchestration. */
export const readEvents = (db: Database): Pick<Answers, 'eventIndex' | 'instanceEvents' | 'eventsAfter'> => {
  const columns = `
    SELECT o.id AS orchestration, e.seq, i.id AS instance, e.n, a.id AS attempt, e.at,
      e.stream, e.source_offset, e.source_length, e.body
    FROM events e
    JOIN orchestrations o ON o.key = e.key >> 32
    LEFT JOIN instances i ON i.key = e.instance_key
    LEFT JOIN attempts a ON a.key = e.attempt_key`;
  const letters = db
    .prepare<[string], string>(
      'SELECT type FROM events WHERE instance_key = (SELECT key FROM instances WHERE id = ?) ORDER BY n',
    )
    .pluck();
  const ofInstance = db.prepare<[string, number, number], EventRow>(
    `${columns} WHERE e.instance_key = (SELECT key FROM instances WHERE id = ?) AND e.n >= ? ORDER BY e.n LIMIT ?`,
  );
  const ofOrchestration = db.prepare<[{ id: string; after: number; limit: number }], EventRow>(
    `${columns} WHERE e.key > (SELECT (key << 32) + @after FROM orchestrations WHERE id = @id)
       AND e.key < (SELECT (key + 1) << 32 FROM orchestrations WHERE id = @id)
     ORDER BY e.key LIMIT @limit`,
  );
  return {
    eventIndex: (id) => JSON.stringify(letters.all(id).join('')),
    instanceEvents: (id, from, limit) => listOf(ofInstance.all(id, from, limit).map(eventText)),
    eventsAfter: (id, after, limit) => listOf(ofOrchestration.all({ id, after, limit }).map(eventText)),
  };
};
