import type { Database } from 'better-sqlite3';
import { createStateLines, eventLine, hashOf } from './ledger-state.ts';
import { ledgerVersion, lineText } from './ledger-text.ts';
import type { OpenLedger, Step } from './open-ledgers.ts';
import { createEventReading, type StoredEvent } from './stored-events.ts';

/** So many events are appended at once, at most. */
const eventsAtOnce = 512;

type Orchestration = { readonly id: string; readonly key: number; readonly view: string };

/** The next step of a ledger, null when it lacks nothing; and whether the orchestration has ended. */
export type NextStep = { readonly step: Step | null; readonly hasEnded: boolean };

export interface LedgerSteps {
  /** Of one state of the database; null for an orchestration that it does not have. */
  next(id: string, ledger: OpenLedger, isFlush: boolean): NextStep | null;
  forget(): void;
}

const hasEnded = (view: string): boolean =>
  // Written by this program.
  ['succeeded', 'failed', 'stopped'].includes((JSON.parse(view) as { readonly state: string }).state);

/** Events up to the end of a line of the spool: one that gave several events has all of them in the ledger, or none. */
const wholeLines = (events: readonly StoredEvent[]): readonly StoredEvent[] => {
  const last = events.findLast(({ source }) => source !== null);
  if (last === undefined) return events;
  const first = events.findIndex(
    ({ attemptId, source }) =>
      attemptId === last.attemptId &&
      source?.stream === last.source?.stream &&
      source?.offset === last.source?.offset,
  );
  return first === 0 ? events : events.slice(0, first);
};

type Taken = Pick<Step, 'seq' | 'more'> & { readonly events: readonly StoredEvent[] };

/** What the engine did something with: instances, and the orchestration. Events of a stream change what is found again from it. */
const touchedBy = (events: readonly StoredEvent[], orchestrationId: string): readonly string[] =>
  events.filter(({ source }) => source === null).map(({ instanceId }) => instanceId ?? orchestrationId);

/** True when there is something to append whatever the rows are now. */
const hasNews = (ledger: OpenLedger, { events, more }: Taken): boolean =>
  events.length > 0 || more || ledger.touched.size > 0 || ledger.isNew;

/** Says what a ledger lacks: the rows as they are now, and events from where it ends. */
export const createLedgerSteps = (db: Database): LedgerSteps => {
  const reading = createEventReading(db);
  const state = createStateLines(db);
  const find = db.prepare<[string], Orchestration>('SELECT id, key, view FROM orchestrations WHERE id = ?');

  const take = (key: number, { seq }: OpenLedger): Taken => {
    const last = reading.last(key);
    const found = reading.between(key, seq + 1, seq + eventsAtOnce);
    if (last <= seq + eventsAtOnce) return { events: found, seq: Math.max(last, seq), more: false };
    const events = wholeLines(found);
    return { events, seq: events.at(-1)?.seq ?? seq + eventsAtOnce, more: true };
  };
  const head = ({ id, key }: Orchestration): readonly string[] => [
    lineText('head', { v: ledgerVersion, id, key }),
    ...state.source(key),
  ];
  /** Everything that is not as the ledger has it (`all`), or what events touched; always what it does not have at all. */
  const appending = (row: Orchestration, ledger: OpenLedger, taken: Taken, all: boolean): Step => {
    const { events, seq, more } = taken;
    const touched = more ? new Set<string>() : ledger.touched;
    const isViewWanted = ledger.isNew || all || touched.size > 0;
    const lines = [
      ...(ledger.isNew ? head(row) : []),
      ...(isViewWanted ? state.view(row.view, ledger.written) : []),
      ...state.rows(row.key, ledger.written, all ? { all } : { all, touched }),
      ...events.map(eventLine),
    ];
    if (!more) ledger.touched = new Set();
    return { lines, seq, more, hash: all ? hashOf(row.view) : null };
  };
  /** Of a ledger that has all events, for one that shall have all rows too: null when the view is as it was then. */
  const appendingChanged = (
    row: Orchestration,
    ledger: OpenLedger,
    taken: Taken,
    isOver: boolean,
  ): Step | null => {
    const hash = hashOf(row.view);
    if (ledger.hash === hash) return null;
    if (!isOver || ledger.hash === null) return appending(row, ledger, taken, true);
    // A name or a mark of one that has ended, and nothing else.
    return { lines: state.view(row.view, ledger.written), seq: taken.seq, hash, more: false };
  };
  const stepOf = (row: Orchestration, ledger: OpenLedger, isFlush: boolean, isOver: boolean): Step | null => {
    const taken = take(row.key, ledger);
    for (const touched of touchedBy(taken.events, row.id)) ledger.touched.add(touched);
    const all = !taken.more && (isOver || isFlush);
    if (hasNews(ledger, taken)) return appending(row, ledger, taken, all);
    return all ? appendingChanged(row, ledger, taken, isOver) : null;
  };
  const next = db.transaction((id: string, ledger: OpenLedger, isFlush: boolean): NextStep | null => {
    const row = find.get(id);
    if (row === undefined) return null;
    const isOver = hasEnded(row.view);
    return { step: stepOf(row, ledger, isFlush, isOver), hasEnded: isOver };
  });
  return {
    next: (id, ledger, isFlush) => next(id, ledger, isFlush),
    forget: () => {
      reading.forget();
    },
  };
};
