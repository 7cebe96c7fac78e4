import SqliteDatabase, { type Database } from 'better-sqlite3';
import { decodeBlock, type BlockEvent } from '../event-block.ts';
import { eventLine } from '../ledger/ledger-state.ts';
import { readLine, type LedgerLine, type LedgerRow } from '../ledger/ledger-lines.ts';
import { lineText } from '../ledger/ledger-text.ts';
import type { StoredEvent } from '../ledger/stored-events.ts';
import { highestKey, readableList, readableRows } from './salvage-rows.ts';

type Keyed = { readonly key: number };
type Orchestration = Keyed & { readonly id: string; readonly view: string };
type Instance = Orchestration & { readonly owner: number };
type Attempt = Keyed & { readonly id: string; readonly instance: number; readonly record: string };
type Text = Keyed & { readonly text: string };
type EventRow = Keyed & {
  readonly instance: number | null;
  readonly n: number | null;
  readonly attempt: number | null;
  readonly at: number;
  readonly letter: string;
  readonly stream: number | null;
  readonly offset: number | null;
  readonly length: number | null;
  readonly body: string;
};
type Block = Keyed & { readonly owner: number; readonly instance: number | null; readonly last: number };

/** What can be read of an orchestration in a damaged database; lines of a ledger, so that both are taken in the same way. */
export type SalvagedOrchestration = {
  readonly id: string;
  readonly key: number;
  /** What its view says of its last event. */
  readonly lastSeq: number;
  readonly isRunning: boolean;
  /** The line of its view. */
  readonly view: LedgerRow<'orchestration'>;
  /** The lines of its rows. */
  rows(): readonly LedgerLine[];
  /** The lines of its events after a seq, in order. */
  events(after: number): readonly LedgerLine[];
};

export type SalvagedRecord = { readonly kind: string; readonly id: string; readonly value: string };

export type Salvage = {
  readonly orchestrations: readonly SalvagedOrchestration[];
  readonly records: readonly SalvagedRecord[];
};

/** What was written as a line, read as one: nothing when damage made it none. */
const line = (text: string): readonly LedgerLine[] => {
  const read = readLine(text.slice(0, -1));
  return read === null ? [] : [read];
};

const groupOf = <T>(rows: Iterable<T>, by: (row: T) => number): ReadonlyMap<number, readonly T[]> =>
  Map.groupBy(rows, by);

const decoded = (data: Buffer | undefined): readonly BlockEvent[] => {
  try {
    return data === undefined ? [] : decodeBlock(data);
  } catch (error) {
    // Whatever damage made of it: zstd and the JSON in it say so in their own ways.
    if (error instanceof Error) return [];
    throw error;
  }
};

/** All rows but those of events. */
const readTables = (db: Database) => {
  const all = <Row extends Keyed>(select: string): Generator<Row> =>
    readableRows<Row>(db, select, 0, highestKey);
  const texts = (select: string): ReadonlyMap<number, string> =>
    new Map(Array.from(all<Text>(select), ({ key, text }) => [key, text]));
  const instances = [...all<Instance>('SELECT key, id, orchestration_key AS owner, view FROM instances')];
  const attempts = [...all<Attempt>('SELECT key, id, instance_key AS instance, record FROM attempts')];
  const blocks = all<Block>(
    'SELECT key, orchestration_key AS owner, instance_key AS instance, last_seq AS last FROM event_blocks',
  );
  type Session = { readonly id: string; readonly instance: number };
  const sessions = readableList(
    (order) =>
      db.prepare<[], Session>(
        `SELECT session_id AS id, instance_key AS instance FROM claude_sessions ORDER BY ${order}`,
      ),
    ['session_id'],
  );
  return {
    orchestrations: [...all<Orchestration>('SELECT key, id, view FROM orchestrations')],
    sources: texts('SELECT orchestration_key AS key, source AS text FROM orchestration_sources'),
    instances: groupOf(instances, ({ owner }) => owner),
    attempts: groupOf(attempts, ({ instance }) => instance),
    ownSpecs: texts('SELECT instance_key AS key, spec AS text FROM instance_specs'),
    attemptSpecs: texts('SELECT attempt_key AS key, spec AS text FROM attempt_specs'),
    sessions: groupOf(sessions, ({ instance }) => instance),
    blocks: groupOf(blocks, ({ owner }) => owner),
    instanceId: new Map(instances.map(({ key, id }) => [key, id])),
    attemptId: new Map(attempts.map(({ key, id }) => [key, id])),
  };
};
type Tables = ReturnType<typeof readTables>;

const instanceLines = (tables: Tables, { key, id, view }: Instance): readonly LedgerLine[] => {
  const sessions = (tables.sessions.get(key) ?? []).map((session) => session.id);
  const spec = tables.ownSpecs.get(key);
  return [
    ...line(lineText('instance', { sessions }, view)),
    ...(spec === undefined ? [] : line(lineText('spec', { id }, spec))),
  ];
};

const attemptLines = (tables: Tables, { key, id, record }: Attempt): readonly LedgerLine[] => {
  const spec = tables.attemptSpecs.get(key);
  return [
    ...line(lineText('attempt', {}, record)),
    ...(spec === undefined ? [] : line(lineText('attempt_spec', { id }, spec))),
  ];
};

const rowLines = (tables: Tables, { key, view }: Orchestration): readonly LedgerLine[] => {
  const source = tables.sources.get(key);
  const instances = tables.instances.get(key) ?? [];
  const attempts = instances.flatMap((instance) => tables.attempts.get(instance.key) ?? []);
  return [
    ...(source === undefined ? [] : line(lineText('source', {}, source))),
    ...line(lineText('orchestration', {}, view)),
    ...instances.flatMap((instance) => instanceLines(tables, instance)),
    ...attempts.toSorted((a, b) => a.key - b.key).flatMap((attempt) => attemptLines(tables, attempt)),
  ];
};

const eventOfRow = (tables: Tables, row: EventRow): StoredEvent => ({
  seq: row.key % 2 ** 32,
  instanceId: tables.instanceId.get(row.instance ?? -1) ?? null,
  n: row.n,
  attemptId: tables.attemptId.get(row.attempt ?? -1) ?? null,
  at: row.at,
  letter: row.letter,
  source:
    row.stream === null
      ? null
      : { stream: row.stream === 0 ? 'stdout' : 'stderr', offset: row.offset ?? 0, length: row.length ?? 0 },
  body: row.body,
});

/** One that damage took the instance of would stand nowhere. */
const isPlaced = ({ n, instanceId }: StoredEvent): boolean => n === null || instanceId !== null;

const eventLines = (db: Database, tables: Tables, owner: number, after: number): readonly LedgerLine[] => {
  const start = owner * 2 ** 32;
  const rows = readableRows<EventRow>(
    db,
    `SELECT key, instance_key AS instance, n, attempt_key AS attempt, at, type AS letter, stream,
       source_offset AS offset, source_length AS length, body FROM events`,
    start + after + 1,
    start + 2 ** 32 - 1,
  );
  const single = [...rows].map((row) => eventOfRow(tables, row));
  const packed = (tables.blocks.get(owner) ?? [])
    .filter(({ last }) => last > after)
    .flatMap(({ key, instance }) => {
      const [row] = readableRows<Keyed & { readonly data: Buffer }>(
        db,
        'SELECT key, data FROM event_blocks',
        key,
        key,
      );
      const instanceId = tables.instanceId.get(instance ?? -1) ?? null;
      return decoded(row?.data)
        .filter(({ seq }) => seq > after)
        .map((event): StoredEvent => ({ ...event, instanceId }));
    });
  const bySeq = new Map([...packed, ...single].filter(isPlaced).map((event) => [event.seq, event]));
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq).flatMap((event) => line(eventLine(event)));
};

const orchestrationOf = (
  db: Database,
  tables: Tables,
  row: Orchestration,
): readonly SalvagedOrchestration[] => {
  const [view] = line(lineText('orchestration', {}, row.view));
  // One that is being removed has another id in its row (remove.ts): it does not come back.
  if (view?.k !== 'orchestration' || view.d.id !== row.id) return [];
  const { id, lastSeq, state } = view.d;
  return [
    {
      ...{ id, lastSeq, view, key: row.key, isRunning: state === 'running' },
      rows: () => rowLines(tables, row),
      events: (after) => eventLines(db, tables, row.key, after),
    },
  ];
};

/** Opens a damaged database; null when not even that works. */
export const openDamaged = (file: string): Database | null => {
  try {
    const db = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
    try {
      // Numbers beyond 2^53 are the work of damage; as floats they fit nowhere and are passed over.
      db.pragma('cache_size = -32000');
      return db;
    } catch {
      db.close();
      return null;
    }
  } catch {
    return null;
  }
};

/**
 * Gives what can still be read of a database, sound or damaged, to `use`, table by table and key by key: a damaged page costs
 * the rows that are on it.
 */
export const withSalvage = async <T>(file: string, use: (salvage: Salvage) => Promise<T>): Promise<T> => {
  const db = openDamaged(file);
  if (db === null) return use({ orchestrations: [], records: [] });
  try {
    const tables = readTables(db);
    const records = readableList(
      (order) => db.prepare<[], SalvagedRecord>(`SELECT kind, id, value FROM records ORDER BY ${order}`),
      ['kind', 'id'],
    );
    return await use({
      records,
      orchestrations: tables.orchestrations.flatMap((row) => orchestrationOf(db, tables, row)),
    });
  } finally {
    db.close();
  }
};
