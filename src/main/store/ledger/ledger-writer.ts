import type { Database } from 'better-sqlite3';
import { createLedgerCompression, type LedgerCompression } from './compress-ledgers.ts';
import { createLedgerSteps } from './ledger-steps.ts';
import { createOpenLedgers, type OpenLedgers } from './open-ledgers.ts';

/** So many ledgers are looked at between two looks at the clock. */
const looksAtOnce = 8;

/** The ledgers of a data directory, kept up with its database. */
export interface LedgerWriter {
  /**
   * Takes orchestrations that changed, and appends for about `ms` milliseconds what their ledgers lack; true when there is
   * more. The first calls also find those that are behind from earlier. @throws SqliteError, Error of the file system
   */
  run(changed: readonly string[], ms: number): boolean;
  /** Appends everything that the changed ones have, rows of those that run included, for at most `ms` milliseconds. */
  flush(changed: readonly string[], ms: number): void;
  close(): void;
}

/** All orchestrations there are, those that run first; and those that were removed. */
const knownIds = (db: Database): readonly string[] =>
  db
    .prepare<[], string>(
      `SELECT id FROM (SELECT o.id, f.state = 'running' AS runs, o.key FROM orchestrations o
         JOIN facets f ON f.orchestration_key = o.key ORDER BY runs DESC, o.key DESC)
       UNION ALL SELECT id FROM removals`,
    )
    .pluck()
    .all();

interface LedgerAdvance {
  /** Takes a ledger a step further, or away with its orchestration; true when it is still behind. */
  advance(id: string, isFlush: boolean): boolean;
  forget(): void;
}

/** Brings single ledgers up to the database; those that are done are given to `compression`. */
const createLedgerAdvance = (
  db: Database,
  open: OpenLedgers,
  compression: LedgerCompression,
): LedgerAdvance => {
  const steps = createLedgerSteps(db);
  const keyOf = db.prepare<[string], number>('SELECT key FROM orchestrations WHERE id = ?').pluck();
  const removalOf = db.prepare<[string], { readonly ended_at: number | null }>(
    'SELECT ended_at FROM removals WHERE id = ? ORDER BY orchestration_key DESC LIMIT 1',
  );
  /** Appends what comes next; true when the ledger is still behind. */
  const append = (id: string, key: number, isFlush: boolean): boolean => {
    const ledger = open.get(id, key);
    const next = steps.next(id, ledger, isFlush);
    if (next?.step != null) open.append(ledger, next.step);
    if (next?.step?.more === true) return true;
    if (next?.hasEnded === true) {
      open.letGo(id, next.step !== null);
      compression.add(id, { seq: ledger.seq, hash: ledger.hash });
    }
    return false;
  };
  return {
    advance: (id, isFlush) => {
      const removal = removalOf.get(id);
      const key = keyOf.get(id);
      // One that was removed may have come again from an archive.
      if (removal !== undefined && (key === undefined || removal.ended_at === null)) {
        compression.drop(id);
        open.remove(id);
      }
      if (key === undefined || removal?.ended_at === null) return false;
      try {
        return append(id, key, isFlush);
      } catch (error) {
        // What was written in half is cut off when it is opened again.
        open.letGo(id, false);
        throw error;
      }
    },
    forget: () => {
      steps.forget();
    },
  };
};

/**
 * Follows a database from a connection of its own by seq: what it appends is always what a commit left, and a ledger that a
 * kill left behind is caught up with. Rows are written when the engine did something with them or the orchestration has
 * ended: what changes with each line of a stream is found again from the spool.
 */
export const createLedgerWriter = (db: Database, spoolFolder: string): LedgerWriter => {
  const open = createOpenLedgers(spoolFolder);
  const compression = createLedgerCompression(spoolFolder);
  const ledgers = createLedgerAdvance(db, open, compression);
  const queue = new Set<string>();
  /** Not looked at yet: they come when those that changed are done. */
  let unseen: readonly string[] | undefined;

  const work = (until: number, isFlush: boolean): void => {
    for (const id of queue) {
      while (ledgers.advance(id, isFlush)) if (performance.now() > until) return;
      queue.delete(id);
      if (performance.now() > until) return;
    }
  };
  const isOpen = (id: string): boolean => queue.has(id) || open.ids().includes(id);
  return {
    run: (changed, ms) => {
      const until = performance.now() + ms;
      const isTime = (): boolean => queue.size === 0 && performance.now() < until;
      for (const id of changed) queue.add(id);
      unseen ??= knownIds(db);
      work(until, false);
      while (unseen.length > 0 && isTime()) {
        for (const id of unseen.slice(0, looksAtOnce)) queue.add(id);
        unseen = unseen.slice(looksAtOnce);
        work(until, false);
      }
      while (compression.isBusy() && isTime()) compression.step(isOpen);
      return queue.size > 0 || unseen.length > 0 || compression.isBusy();
    },
    flush: (changed, ms) => {
      for (const id of [...open.ids(), ...changed]) queue.add(id);
      work(performance.now() + ms, true);
    },
    close: () => {
      compression.close();
      for (const id of open.ids()) open.letGo(id, false);
      ledgers.forget();
    },
  };
};
