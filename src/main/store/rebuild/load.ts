import type { Database } from 'better-sqlite3';
import { createCommit } from '../commit.ts';
import { eventWidth } from '../event-layout.ts';
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

/** Puts an orchestration into a new database, part by part, then makes its rows agree with its events. */
export const createLoad = (db: Database, id: string, key: number) => {
  const commit = createCommit(db);
  const holes = createHoles();
  const instances = new Set<string>();
  const specs = new Map<string, string>();
  const attempts = new Map<string, string>();
  const counts = new Map<string, number>();
  const ends = new Map<string, End>();
  let hasRow = false;
  let lastSeq = 0;
  let events = 0;
  let isWhole = false;

  const begin = (view: string, source: string): void => {
    db.prepare('INSERT INTO orchestrations (key, id, view) VALUES (?, ?, ?)').run(key, id, view);
    db.prepare('INSERT INTO orchestration_sources VALUES (?, ?)').run(key, source);
    hasRow = true;
  };
  const note = (event: EventRow): void => {
    lastSeq = event.seq;
    events += 1;
    if (event.instance !== null && event.n !== null) counts.set(event.instance, event.n + 1);
    if (event.attempt === null || event.source === null) return;
    const [stream, offset, length] = event.source;
    const { stdout, stderr } = ends.get(event.attempt) ?? { stdout: 0, stderr: 0 };
    const end = offset + length + 1;
    ends.set(event.attempt, stream === 0 ? { stdout: end, stderr } : { stdout, stderr: end });
  };
  const known = (event: EventRow): EventRow => ({
    ...event,
    instance: event.instance !== null && instances.has(event.instance) ? event.instance : null,
    attempt: event.attempt !== null && attempts.has(event.attempt) ? event.attempt : null,
  });
  const batchOf = (lines: readonly LedgerLine[]): PackedBatch => {
    for (const row of rowsOf(lines, 'attempt_spec')) specs.set(row.id, row.text);
    for (const { d } of rowsOf(lines, 'instance')) instances.add(d.id);
    const runnable = rowsOf(lines, 'attempt').filter(
      ({ d }) => specs.has(d.id) && instances.has(d.instanceId),
    );
    for (const { d, text } of runnable) attempts.set(d.id, text);
    const fresh = rowsOf(lines, 'event')
      .filter(({ seq }) => seq > lastSeq)
      .map(known)
      .flatMap((event) => holes.fill(event));
    for (const event of fresh) note(event);
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
      events: fresh.length === 0 ? noEvents : packEvents(id, fresh),
    };
  };
  const addSessions = (lines: readonly LedgerLine[]): void => {
    const add = db.prepare(
      'INSERT OR IGNORE INTO claude_sessions VALUES (?, (SELECT key FROM instances WHERE id = ?))',
    );
    for (const { d, sessions } of rowsOf(lines, 'instance'))
      for (const session of sessions) add.run(session, d.id);
  };
  const take = ({ lines, end }: LedgerPart): void => {
    if (!hasRow) {
      const view = rowsOf(lines, 'orchestration').at(-1);
      const source = rowsOf(lines, 'source').at(-1);
      if (view === undefined || source === undefined) return;
      begin(view.text, source.text);
    }
    commit(batchOf(lines));
    addSessions(lines);
    isWhole = end.hash !== null;
  };

  const fixView = (table: string, rowId: string, field: string, value: number): void => {
    db.prepare(
      `UPDATE ${table} SET view = json_set(view, '$.${field}', ?) WHERE id = ? AND view ->> '${field}' <> ?`,
    ).run(value, rowId, value);
  };
  /** The rows may be older than the events: what an engine that takes over counts on is made to fit. */
  const fit = (isCut: boolean): void => {
    fixView('orchestrations', id, 'lastSeq', lastSeq);
    for (const instance of instances) fixView('instances', instance, 'eventCount', counts.get(instance) ?? 0);
    const offsets = db.prepare(
      `UPDATE attempts SET stdout_offset = @stdout, stderr_offset = @stderr,
         record = json_set(record, '$.offsets.stdout', @stdout, '$.offsets.stderr', @stderr) WHERE id = @id`,
    );
    for (const [attempt, text] of attempts) {
      // Written by this program.
      const { offsets: stored, endedAt } = JSON.parse(text) as {
        readonly offsets: End;
        readonly endedAt: unknown;
      };
      if (endedAt !== null) continue;
      const { stdout, stderr } = ends.get(attempt) ?? { stdout: 0, stderr: 0 };
      const best = isCut
        ? { stdout, stderr }
        : { stdout: Math.max(stored.stdout, stdout), stderr: Math.max(stored.stderr, stderr) };
      if (best.stdout !== stored.stdout || best.stderr !== stored.stderr)
        offsets.run({ ...best, id: attempt });
    }
  };
  return {
    take,
    /** The seq of the last event that is there. */
    lastSeq: () => lastSeq,
    /** True when its rows are as they were at the last event, and nothing is missing. */
    isWhole: () => isWhole && hasRow,
    /**
     * Call once, after the last part; null when there is nothing of it. `isCut`: events after the last one are to be had
     * from the spool.
     */
    finish: (isCut: boolean): Loaded | null => {
      if (!hasRow) return null;
      if (!isWhole || isCut) fit(isCut);
      return { events: events - holes.filled(), lost: holes.filled() };
    },
  };
};
