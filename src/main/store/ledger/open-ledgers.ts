import { closeSync, fsyncSync, writeSync } from 'node:fs';
import { ledgerFile, openLedgerTail, prepareSpoolFolder, removeLedger } from './ledger-files.ts';
import type { Written } from './ledger-state.ts';
import { lineText } from './ledger-text.ts';

/** A ledger that is behind, or of an orchestration that runs. */
export type OpenLedger = {
  readonly fd: number;
  /** The orchestration's. */
  readonly key: number;
  readonly written: Written;
  /** All events up to this one are in it. */
  seq: number;
  /** Of the orchestration's view when everything was written; null when something was not. */
  hash: string | null;
  isNew: boolean;
  /** What changed with events that were appended since the rows were: instances, and the orchestration itself. */
  touched: Set<string>;
};

/** What is appended at once. */
export type Step = {
  readonly lines: readonly string[];
  readonly seq: number;
  readonly hash: string | null;
  /** There are more events after it. */
  readonly more: boolean;
};

export interface OpenLedgers {
  /**
   * The ledger of an orchestration, opened if it is not yet. One of the same id that had another key is of what was there before it,
   * and goes.
   */
  get(id: string, key: number): OpenLedger;
  /** Those that are open. */
  ids(): readonly string[];
  append(ledger: OpenLedger, step: Step): void;
  /** Closes it. `isDone`: it stays as it is, so that it shall be on the disk. */
  letGo(id: string, isDone: boolean): void;
  /** Removes the ledger of an orchestration that was deleted for good. */
  remove(id: string): void;
}

/** The ledgers of a spool folder that are written to. */
export const createOpenLedgers = (spoolFolder: string): OpenLedgers => {
  const open = new Map<string, OpenLedger>();
  const letGo: OpenLedgers['letGo'] = (id, isDone) => {
    const ledger = open.get(id);
    if (ledger === undefined) return;
    open.delete(id);
    try {
      if (isDone) fsyncSync(ledger.fd);
    } finally {
      closeSync(ledger.fd);
    }
  };
  const remove = (id: string): void => {
    letGo(id, false);
    removeLedger(spoolFolder, id);
  };
  const begin = (id: string, key: number): OpenLedger => {
    prepareSpoolFolder(spoolFolder);
    const tail = openLedgerTail(ledgerFile(spoolFolder, id));
    const { seq, hash } = tail.end ?? { seq: 0, hash: null };
    const rest = { isNew: tail.end === null, written: new Map(), touched: new Set<string>() };
    const ledger = { fd: tail.fd, key: tail.key ?? key, seq, hash, ...rest };
    open.set(id, ledger);
    return ledger;
  };
  return {
    get: (id, key) => {
      const ledger = open.get(id) ?? begin(id, key);
      if (ledger.key === key) return ledger;
      remove(id);
      return begin(id, key);
    },
    ids: () => [...open.keys()],
    append: (ledger, { lines, seq, hash }) => {
      const bytes = Buffer.from([...lines, lineText('end', { seq, hash })].join(''));
      for (let at = 0; at < bytes.length;) at += writeSync(ledger.fd, bytes, at);
      Object.assign(ledger, { seq, hash, isNew: false });
    },
    letGo,
    remove,
  };
};
