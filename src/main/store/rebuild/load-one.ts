import type { Database } from 'better-sqlite3';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { readLedger } from '../ledger/ledger-reading.ts';
import { hashOf } from '../ledger/ledger-state.ts';
import { createLoad, type Load, type Loaded } from './load.ts';
import type { SalvagedOrchestration } from './salvage.ts';
import { withSaved } from './with-saved.ts';

/** An orchestration that something is known of: its key, and what the old database has of it. */
export type Source = {
  readonly id: string;
  readonly key: number;
  readonly saved: SalvagedOrchestration | undefined;
};

const notWhole = { k: 'end', hash: null, text: '' } as const;

/** Gives the events that stand in a row after the last one, and whether there are more after a gap. */
const untilGap = (lines: ReturnType<SalvagedOrchestration['events']>, lastSeq: number) => {
  let expected = lastSeq + 1;
  const run = lines.filter((line) => line.k === 'event' && line.seq === expected && (expected += 1) > 0);
  return { run, isCut: run.length < lines.length };
};

/**
 * Loads what the ledger of an orchestration has. Where lines of it are damaged or missing, the old database has what they said, if there is
 * one to be taken from.
 */
const loadLedger = async (
  db: Database,
  spoolFolder: string,
  { id, key, saved }: Source,
  onDamage: () => void,
): Promise<{ readonly load: Load; readonly isMended: boolean }> => {
  const damages: true[] = [];
  const told = (): void => {
    damages.push(true);
    onDamage();
  };
  db.exec('SAVEPOINT ledger');
  let load = createLoad(db, id, key);
  for await (const part of readLedger(spoolFolder, id, told)) load.take(part);
  const isMended = saved !== undefined && (damages.length > 0 || load.hasGaps());
  if (isMended) {
    db.exec('ROLLBACK TO ledger');
    load = createLoad(db, id, key);
    for await (const part of withSaved(() => readLedger(spoolFolder, id), saved)) load.take(part);
  }
  db.exec('RELEASE ledger');
  return { load, isMended };
};

const withoutMarks = (view: string): string => {
  // Written by this program.
  const { name, labels, note, pinned, deletedAt, ...rest } = JSON.parse(view) as Partial<OrchestrationView>;
  return JSON.stringify(rest);
};

/** What damage makes of bytes when they are read as text. */
const unreadable = '\uFFFD';

/** Marks of what was run elsewhere are no events: their ledger may be behind in nothing else. */
const isMarkedSince = (load: Load, { lastSeq, view: { text } }: SalvagedOrchestration): boolean => {
  const known = load.view();
  if (known === null || known === text || !load.isWhole() || load.lastSeq() !== lastSeq) return false;
  return !text.includes(unreadable) && withoutMarks(known) === withoutMarks(text);
};

/** Loads one orchestration: what its ledger has, and from the old database what is newer than that; `isMended` when the ledger lacks some of it. */
export const loadOne = async (
  db: Database,
  spoolFolder: string,
  { id, key, saved }: Source,
  onDamage: () => void,
): Promise<(Loaded & { readonly isMended: boolean }) | null> => {
  const { load, isMended } = await loadLedger(db, spoolFolder, { id, key, saved }, onDamage);
  const finish = (isCut: boolean) => {
    const loaded = load.finish(isCut);
    return loaded && { ...loaded, isMended };
  };
  if (saved !== undefined && isMarkedSince(load, saved)) {
    load.take({
      lines: [saved.view],
      end: { ...notWhole, seq: saved.lastSeq, hash: hashOf(saved.view.text) },
    });
  }
  const isNewer = saved !== undefined && (!load.isWhole() || saved.lastSeq > load.lastSeq());
  if (!isNewer) return finish(false);
  const from = load.lastSeq();
  const lines = saved.events(from);
  // What runs is read on from its spool, from where its events end; of what has ended nobody reads anything again.
  const { run, isCut } = saved.isRunning ? untilGap(lines, from) : { run: lines, isCut: false };
  const seq = run.at(-1);
  const last = seq?.k === 'event' ? seq.seq : from;
  load.take({
    lines: [...(saved.lastSeq >= from ? saved.rows() : []), ...run],
    end: { ...notWhole, seq: last },
  });
  return finish(isCut || (saved.isRunning && last < saved.lastSeq));
};
