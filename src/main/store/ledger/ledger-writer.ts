import { closeSync, fsyncSync, writeFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import type { Database } from 'better-sqlite3';
import { beginCompression, type Compression } from '../../spool/compress-file.ts';
import { isWorthCompressing, ledgerFile, openLedgerTail, prepareSpoolFolder } from './ledger-files.ts';
import { ledgerVersion, lineText } from './ledger-text.ts';
import { createStateLines, eventLine, hashOf, type Written } from './ledger-state.ts';
import { createEventReading, type StoredEvent } from './stored-events.ts';

/** So many events are appended at once, at most. */
const eventsAtOnce = 512;

/** A ledger that is behind, or of an orchestration that runs. */
type Followed = {
  readonly fd: number;
  readonly written: Written;
  /** All events up to this one are in it. */
  seq: number;
  /** Of the orchestration's view when everything was written; null when something was not. */
  hash: string | null;
  isNew: boolean;
  /** Instances that changed with events that were appended since their rows were. */
  touched: Set<string>;
};

type Orchestration = { readonly key: number; readonly view: string };
type Step = {
  readonly lines: readonly string[];
  readonly seq: number;
  readonly hash: string | null;
  readonly more: boolean;
};

const hasEnded = (view: string): boolean =>
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

/**
 * Follows a database from a connection of its own by seq: what it appends is always what a commit left, and a ledger that a
 * kill left behind is caught up with. Rows are written when the engine did something with them or the orchestration has
 * ended: what changes with each line of a stream is found again from the spool.
 */
export const createLedgerWriter = (db: Database, spoolFolder: string): LedgerWriter => {
  const events = createEventReading(db);
  const state = createStateLines(db);
  const find = db.prepare<[string], Orchestration>('SELECT key, view FROM orchestrations WHERE id = ?');
  const following = new Map<string, Followed>();
  const queue = new Set<string>();
  let unseen: readonly string[] | undefined;

  const follow = (id: string): Followed => {
    const known = following.get(id);
    if (known !== undefined) return known;
    prepareSpoolFolder(spoolFolder);
    const { fd, end } = openLedgerTail(ledgerFile(spoolFolder, id));
    const isNew = end === null;
    const opened: Followed = {
      ...{ fd, isNew, seq: end?.seq ?? 0, hash: end?.hash ?? null },
      written: new Map(),
      touched: new Set(),
    };
    following.set(id, opened);
    return opened;
  };
  const compressing: { readonly path: string; readonly end: string; run?: Compression }[] = [];
  const letGo = (id: string): void => {
    const followed = following.get(id);
    if (followed !== undefined) closeSync(followed.fd);
    following.delete(id);
  };

  /** What is appended next: the rows as they are now, and events from where the ledger ends. */
  const stepOf = (
    id: string,
    { key, view }: Orchestration,
    ledger: Followed,
    isFlush: boolean,
  ): Step | null => {
    const last = events.last(key);
    const found = events.between(key, ledger.seq + 1, ledger.seq + eventsAtOnce);
    const more = last > ledger.seq + eventsAtOnce;
    const taken = more ? wholeLines(found) : found;
    const seq = more ? (taken.at(-1)?.seq ?? ledger.seq + eventsAtOnce) : Math.max(last, ledger.seq);
    for (const event of taken) {
      if (event.source === null) ledger.touched.add(event.instanceId ?? id);
    }
    const ended = hasEnded(view);
    const all = !more && (ended || isFlush);
    const isTouched = !more && ledger.touched.size > 0;
    const hash = hashOf(view);
    if (taken.length === 0 && !more && !isTouched && !ledger.isNew) {
      if (!all || ledger.hash === hash) return null;
      // A name or a mark of one that has ended, and nothing else.
      if (ended && ledger.hash !== null) return { lines: state.view(view, ledger.written), seq, hash, more };
    }
    const rows = state.rows(
      key,
      ledger.written,
      all ? { all } : { all, touched: more ? new Set() : ledger.touched },
    );
    const lines = [
      ...(ledger.isNew ? [lineText('head', { v: ledgerVersion, id, key }), ...state.source(key)] : []),
      ...(ledger.isNew || all || isTouched ? state.view(view, ledger.written) : []),
      ...rows,
      ...taken.map(eventLine),
    ];
    if (!more) ledger.touched = new Set();
    return { lines, seq, hash: all ? hash : null, more };
  };
  const append = (ledger: Followed, { lines, seq, hash }: Step): void => {
    const bytes = Buffer.from([...lines, lineText('end', { seq, hash })].join(''));
    for (let at = 0; at < bytes.length;) at += writeSync(ledger.fd, bytes, at);
    Object.assign(ledger, { seq, hash, isNew: false });
  };
  const snapshot = db.transaction((id: string, ledger: Followed, isFlush: boolean) => {
    const row = find.get(id);
    return row === undefined ? null : { step: stepOf(id, row, ledger, isFlush), ended: hasEnded(row.view) };
  });

  /** Brings a ledger nearer to the database; true when it is still behind. */
  const advance = (id: string, isFlush: boolean): boolean => {
    if (find.get(id) === undefined) {
      letGo(id);
      return false;
    }
    const ledger = follow(id);
    try {
      const seen = snapshot(id, ledger, isFlush);
      if (seen?.step != null) append(ledger, seen.step);
      if (seen?.step?.more === true) return true;
      if (seen?.ended === true) {
        if (seen.step !== null) fsyncSync(ledger.fd);
        letGo(id);
        const path = ledgerFile(spoolFolder, id);
        const end = lineText('end', { seq: ledger.seq, hash: ledger.hash });
        if (ledger.hash !== null && isWorthCompressing(path)) compressing.push({ path, end });
      }
      return false;
    } catch (error) {
      // What was written in half is cut off when it is opened again.
      letGo(id);
      throw error;
    }
  };
  /** All there are, those that run first: looked through in the first slices. */
  const takeUnseen = (): readonly string[] =>
    db
      .prepare<[], string>(
        `SELECT o.id FROM orchestrations o JOIN facets f ON f.orchestration_key = o.key
         ORDER BY f.state = 'running' DESC, o.key DESC`,
      )
      .pluck()
      .all();
  const work = (ms: number, isFlush: boolean): void => {
    const until = performance.now() + ms;
    for (const id of queue) {
      while (advance(id, isFlush)) if (performance.now() > until) return;
      queue.delete(id);
      if (performance.now() > until) return;
    }
  };
  /** A step of compressing; what is left in the old one's place says how far the compressed one goes. */
  const compress = (): void => {
    const [first] = compressing;
    if (first === undefined) return;
    const id = basename(first.path).slice(0, 36);
    if (queue.has(id) || following.has(id)) {
      // It runs again: later.
      first.run?.abort();
      compressing.shift();
      return;
    }
    first.run ??= beginCompression(first.path);
    if (!first.run.step()) return;
    writeFileSync(first.path, first.end, { mode: 0o600 });
    compressing.shift();
  };
  return {
    run: (changed, ms) => {
      for (const id of changed) queue.add(id);
      unseen ??= takeUnseen();
      const until = performance.now() + ms;
      work(ms, false);
      while (queue.size === 0 && unseen.length > 0 && performance.now() < until) {
        const next = unseen.slice(0, 8);
        unseen = unseen.slice(8);
        for (const id of next) queue.add(id);
        work(until - performance.now(), false);
      }
      while (queue.size === 0 && compressing.length > 0 && performance.now() < until) compress();
      return queue.size > 0 || unseen.length > 0 || compressing.length > 0;
    },
    flush: (changed, ms) => {
      for (const id of [...following.keys(), ...changed]) queue.add(id);
      work(ms, true);
    },
    close: () => {
      for (const { run } of compressing) run?.abort();
      for (const id of [...following.keys()]) letGo(id);
      events.forget();
    },
  };
};
