import type { Database } from 'better-sqlite3';
import { createCommit } from '../commits/commit.ts';
import { eventWidth } from '../commits/event-layout.ts';
import type { LedgerPart } from '../ledger/ledger-reading.ts';
import type { LedgerLine, LedgerRow } from '../ledger/ledger-lines.ts';
import type { PackedBatch, PackedEvents } from '../protocol.ts';
import { createHoles } from './holes.ts';
import { letterOfLine, packAttemptText, packInstanceText, packOrchestrationText } from './pack-line.ts';

/** What came back of an orchestration. */
export type Loaded = {
  readonly events: number;
  /** Events that could not be had back; where they stood is said in their place. */
  readonly lost: number;
};

type EventRow = LedgerRow<'event'>;
type End = { readonly stdout: number; readonly stderr: number };
const nowhere: End = { stdout: 0, stderr: 0 };

const rowsOf = <K extends LedgerLine['k']>(lines: readonly LedgerLine[], k: K): readonly LedgerRow<K>[] =>
  lines.filter((line): line is LedgerLine & LedgerRow<K> => line.k === k);

const noEvents: PackedEvents = { ids: [], numbers: new Float64Array(0), bodies: [] };

const packEvents = (orchestrationId: string, events: readonly EventRow[]): PackedEvents => {
  const ids: string[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (id: string | null): number => {
    if (id === null) return -1;
    const known = indexes.get(id);
    if (known !== undefined) return known;
    indexes.set(id, ids.length);
    return ids.push(id) - 1;
  };
  const numbers = new Float64Array(events.length * eventWidth);
  events.forEach((event, i) => {
    const [stream, offset, length] = event.source ?? [-1, -1, -1];
    const letter = (letterOfLine(event) ?? '?').charCodeAt(0);
    numbers.set(
      [
        indexOf(orchestrationId),
        event.seq,
        indexOf(event.instance),
        event.n ?? -1,
        indexOf(event.attempt),
        event.at,
        letter,
        stream,
        offset,
        length,
      ],
      i * eventWidth,
    );
  });
  return { ids, numbers, bodies: events.map(({ text }) => text) };
};

/** How far the events of each instance and attempt go. */
const createExtent = () => {
  const counts = new Map<string, number>();
  const ends = new Map<string, End>();
  return {
    add: (event: EventRow): void => {
      if (event.instance !== null && event.n !== null) counts.set(event.instance, event.n + 1);
      if (event.attempt === null || event.source === null) return;
      const [stream, offset, length] = event.source;
      const { stdout, stderr } = ends.get(event.attempt) ?? nowhere;
      const end = offset + length + 1;
      ends.set(event.attempt, stream === 0 ? { stdout: end, stderr } : { stdout, stderr: end });
    },
    count: (instance: string): number => counts.get(instance) ?? 0,
    end: (attempt: string): End => ends.get(attempt) ?? nowhere,
  };
};
type Extent = ReturnType<typeof createExtent>;

const fixView = (
  db: Database,
  table: string,
  id: string,
  [field, value]: readonly [string, number],
): void => {
  db.prepare(
    `UPDATE ${table} SET view = json_set(view, '$.${field}', ?) WHERE id = ? AND view ->> '${field}' <> ?`,
  ).run(value, id, value);
};

/** An engine reads the spool of an attempt that has not ended on from where its events end. */
const fixOffsets = (db: Database, [id, text]: readonly [string, string], end: End, isCut: boolean): void => {
  // Written by this program.
  const { offsets, endedAt } = JSON.parse(text) as { readonly offsets: End; readonly endedAt: unknown };
  if (endedAt !== null) return;
  const stdout = isCut ? end.stdout : Math.max(offsets.stdout, end.stdout);
  const stderr = isCut ? end.stderr : Math.max(offsets.stderr, end.stderr);
  if (stdout === offsets.stdout && stderr === offsets.stderr) return;
  db.prepare(
    `UPDATE attempts SET stdout_offset = @stdout, stderr_offset = @stderr,
       record = json_set(record, '$.offsets.stdout', @stdout, '$.offsets.stderr', @stderr) WHERE id = @id`,
  ).run({ stdout, stderr, id });
};

/** The rows of an orchestration that are there already. */
type Known = {
  readonly instances: Set<string>;
  readonly specs: Map<string, string>;
  readonly attempts: Map<string, string>;
};

const known = (event: EventRow, { instances, attempts }: Known): EventRow => ({
  ...event,
  instance: event.instance !== null && instances.has(event.instance) ? event.instance : null,
  attempt: event.attempt !== null && attempts.has(event.attempt) ? event.attempt : null,
});

/** The rows of a part, without events; what they name is known after it. */
const rowsBatch = (lines: readonly LedgerLine[], { instances, specs, attempts }: Known): PackedBatch => {
  for (const row of rowsOf(lines, 'attempt_spec')) specs.set(row.id, row.text);
  for (const { d } of rowsOf(lines, 'instance')) instances.add(d.id);
  const runnable = rowsOf(lines, 'attempt').filter(({ d }) => specs.has(d.id) && instances.has(d.instanceId));
  for (const { d, text } of runnable) attempts.set(d.id, text);
  return {
    created: [],
    orchestrations: rowsOf(lines, 'orchestration')
      .slice(-1)
      .map(({ text }) => packOrchestrationText(text)),
    instances: rowsOf(lines, 'instance').map(({ text }) => packInstanceText(text)),
    specs: rowsOf(lines, 'spec')
      .filter((row) => instances.has(row.id))
      .map((row) => ({ instanceId: row.id, spec: row.text })),
    attempts: runnable.map(({ d, text }) => packAttemptText(text, specs.get(d.id) ?? '{}')),
    records: [],
    events: noEvents,
  };
};

const addSessions = (db: Database, lines: readonly LedgerLine[]): void => {
  const add = db.prepare(
    'INSERT OR IGNORE INTO claude_sessions VALUES (?, (SELECT key FROM instances WHERE id = ?))',
  );
  for (const { d, sessions } of rowsOf(lines, 'instance')) {
    for (const session of sessions) add.run(session, d.id);
  }
};

export interface Load {
  take(part: LedgerPart): void;
  /** The seq of the last event that is there. */
  lastSeq(): number;
  /** Its view, as the last part that had one said; null when there is none yet. */
  view(): string | null;
  /** True when numbers are missing among its events. */
  hasGaps(): boolean;
  /** True when its rows are as they were at the last event. */
  isWhole(): boolean;
  /**
   * Makes the rows agree with the events. Call once, after the last part; null when there is nothing of it. `isCut`: events
   * after the last one are to be had from the spool.
   */
  finish(isCut: boolean): Loaded | null;
}

/** Puts an orchestration into a new database, part by part. */
export const createLoad = (db: Database, id: string, key: number): Load => {
  const commit = createCommit(db);
  const holes = createHoles();
  const extent: Extent = createExtent();
  const rows: Known = { instances: new Set(), specs: new Map(), attempts: new Map() };
  let hasRow = false;
  let lastSeq = 0;
  let events = 0;
  let isWhole = false;
  let hasGaps = false;
  let lastView: string | null = null;

  const begin = (lines: readonly LedgerLine[]): boolean => {
    const view = rowsOf(lines, 'orchestration').at(-1);
    const source = rowsOf(lines, 'source').at(-1);
    if (view === undefined || source === undefined) return false;
    db.prepare('INSERT INTO orchestrations (key, id, view) VALUES (?, ?, ?)').run(key, id, view.text);
    db.prepare('INSERT INTO orchestration_sources VALUES (?, ?)').run(key, source.text);
    return true;
  };
  const fresh = (lines: readonly LedgerLine[]): readonly EventRow[] =>
    rowsOf(lines, 'event')
      .filter(({ seq }) => seq > lastSeq)
      .map((event) => known(event, rows));
  return {
    take: ({ lines, end }) => {
      hasRow ||= begin(lines);
      if (!hasRow) return;
      const batch = rowsBatch(lines, rows);
      lastView = batch.orchestrations.at(-1)?.view ?? lastView;
      const own = fresh(lines);
      hasGaps ||= own.some(({ seq }, i) => seq !== lastSeq + 1 + i);
      const added = own.flatMap((event) => holes.fill(event));
      for (const event of added) extent.add(event);
      lastSeq = added.at(-1)?.seq ?? lastSeq;
      events += added.length;
      commit({ ...batch, events: packEvents(id, added) });
      addSessions(db, lines);
      isWhole = end.hash !== null;
    },
    lastSeq: () => lastSeq,
    view: () => lastView,
    hasGaps: () => hasGaps,
    isWhole: () => isWhole && hasRow,
    finish: (isCut) => {
      if (!hasRow) return null;
      if (!isWhole || isCut) {
        fixView(db, 'orchestrations', id, ['lastSeq', lastSeq]);
        for (const one of rows.instances) fixView(db, 'instances', one, ['eventCount', extent.count(one)]);
        for (const [one, text] of rows.attempts) fixOffsets(db, [one, text], extent.end(one), isCut);
      }
      return { events: events - holes.filled(), lost: holes.filled() };
    },
  };
};
