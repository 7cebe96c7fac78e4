import type { Database } from 'better-sqlite3';
import { spoolFolderOf } from '../../spool/files.ts';
import { ledgerIds } from '../ledger/ledger-files.ts';
import { readLedger, type LedgerPart } from '../ledger/ledger-reading.ts';
import type { LedgerRow } from '../ledger/ledger-lines.ts';
import { eventLine, hashOf } from '../ledger/ledger-state.ts';
import { lineText } from '../ledger/ledger-text.ts';
import { createEventReading, type EventReading, type StoredEvent } from '../ledger/stored-events.ts';
import { FailureError } from '../../../shared/domain/failure.ts';
import { sqliteCodeOf } from '../sqlite-failure.ts';
import { type Finding, listed, note, problem } from './finding.ts';

type EventRow = LedgerRow<'event'>;

/** As `eventLine` writes it. */
const lineOf = ({ seq, instance, n, attempt, at, source, text }: EventRow): string =>
  lineText('event', { seq, instance, n, attempt, at, source }, text);

/** How a ledger and the database differ in the events of a part; `seen` are the numbers that the ledger had before. */
const differing = (part: LedgerPart, seen: number, stored: ReadonlyMap<number, StoredEvent>): number => {
  let different = 0;
  let last = seen;
  for (const line of part.lines) {
    // A number that comes again is that of a ledger that was begun anew: the first one counts.
    if (line.k !== 'event' || line.seq <= last) continue;
    last = line.seq;
    const event = stored.get(line.seq);
    if (event !== undefined && eventLine(event) !== lineOf(line)) different += 1;
  }
  return different;
};

type Compared = {
  readonly seq: number;
  readonly hash: string | null;
  readonly damaged: number;
  readonly different: number;
  readonly missing: number;
};

/** Reads a ledger to its end, beside the events that the database has under a key. */
const compareLedger = async (
  folder: string,
  id: string,
  key: number,
  reading: EventReading,
): Promise<Compared> => {
  let [seq, damaged, different, missing] = [0, 0, 0, 0];
  let hash: string | null = null;
  for await (const part of readLedger(folder, id, () => void (damaged += 1))) {
    const to = Math.max(seq, part.end.seq);
    const stored = new Map(reading.between(key, seq + 1, to).map((event) => [event.seq, event]));
    different += differing(part, seq, stored);
    const there = new Set(part.lines.flatMap((line) => (line.k === 'event' ? [line.seq] : [])));
    for (const number of stored.keys()) if (!there.has(number)) missing += 1;
    seq = to;
    ({ hash } = part.end);
  }
  return { seq, hash, damaged, different, missing };
};

/** A damaged block, or a damaged compressed ledger, as text. */
const compared = async (comparison: Promise<Compared>): Promise<Compared | string> => {
  try {
    return await comparison;
  } catch (error) {
    const isOther = error instanceof FailureError || sqliteCodeOf(error) !== null;
    if (isOther || !(error instanceof Error)) throw error;
    return error.message;
  }
};

/** What a comparison says of the ledger of an orchestration with this view, and `last` as its last event. */
const findingsOf = function* (id: string, found: Compared, last: number, view: string): Generator<Finding> {
  const { seq, hash, damaged, different, missing } = found;
  if (damaged > 0) yield problem(`${String(damaged)} lines of the ledger of ${id} are damaged.`);
  if (different > 0 || missing > damaged) {
    yield problem(`The ledger of ${id} differs from the database in ${String(different + missing)} events.`);
  }
  if (seq > last) {
    yield problem(`The ledger of ${id} has events up to ${String(seq)}, the database up to ${String(last)}.`);
  }
  if (seq === last && hash !== null && hash !== hashOf(view)) {
    yield note(`The ledger of ${id} has an older name, mark or state of it than the database.`);
  }
};

/** Whether the database can be made anew from its ledgers. */
export const checkLedgers = async function* (db: Database, dataDir: string): AsyncGenerator<Finding> {
  const folder = spoolFolderOf(dataDir);
  const reading = createEventReading(db);
  const find = db.prepare<[string], { readonly key: number; readonly view: string }>(
    `SELECT key, view FROM orchestrations WHERE id = ? AND key IN (${listed})`,
  );
  let behind = Number(db.prepare('SELECT count(*) FROM facets').pluck().get());
  for (const id of await ledgerIds(folder)) {
    const row = find.get(id);
    if (row === undefined) {
      yield note(`There is a ledger of the orchestration ${id}, which the database does not know.`);
      continue;
    }
    const last = reading.last(row.key);
    const found = await compared(compareLedger(folder, id, row.key, reading));
    reading.forget();
    if (typeof found === 'string') {
      yield problem(`The ledger of ${id} could not be compared with the database: ${found}.`);
      behind -= 1;
      continue;
    }
    if (found.seq >= last) behind -= 1;
    yield* findingsOf(id, found, last, row.view);
  }
  if (behind > 0) {
    yield note(
      `The ledgers of ${String(behind)} orchestrations are behind; the next engine that runs for a while writes them.`,
    );
  }
};
