import { existsSync, writeFileSync } from 'node:fs';
import { beginCompression, type Compression } from '../../spool/compress-file.ts';
import { compressedSuffix } from '../../spool/files.ts';
import { isMissing } from '../data-dir.ts';
import { isWorthCompressing, ledgerFile } from './ledger-files.ts';
import { lineText, type LedgerEnd } from './ledger-text.ts';

export interface LedgerCompression {
  /** Takes on the ledger of an orchestration that has ended, if it is large. */
  add(id: string, end: LedgerEnd): void;
  /** Leaves one alone. */
  drop(id: string): void;
  isBusy(): boolean;
  /** Does a step; leaves one alone that `isOpen` says is written to again. @throws Error of the file system; that one waits for another time */
  step(isOpen: (id: string) => boolean): void;
  close(): void;
}

type Job = { readonly id: string; readonly end: LedgerEnd; run?: Compression };

/** Compresses ledgers, a step at a time. What is left in the place of one says how far the compressed one goes. */
export const createLedgerCompression = (spoolFolder: string): LedgerCompression => {
  let jobs: readonly Job[] = [];
  const drop = (id: string): void => {
    for (const job of jobs) if (job.id === id) job.run?.abort();
    jobs = jobs.filter((job) => job.id !== id);
  };
  /** True when it is done, or is not to be done. */
  const stepOf = (job: Job): boolean => {
    const path = ledgerFile(spoolFolder, job.id);
    // Looked at again: what is left in the place of a compressed one must never take the compressed one's place.
    if (job.run === undefined && !isWorthCompressing(path)) return true;
    job.run ??= beginCompression(path);
    if (!job.run.step()) return false;
    // Unless it was removed meanwhile: then there is neither.
    if (!existsSync(path + compressedSuffix)) return true;
    writeFileSync(path, lineText('end', { seq: job.end.seq, hash: job.end.hash }), { mode: 0o600 });
    return true;
  };
  return {
    add: (id, end) => {
      // It may have grown since: what was begun is not all of it.
      drop(id);
      if (end.hash !== null && isWorthCompressing(ledgerFile(spoolFolder, id))) jobs = [...jobs, { id, end }];
    },
    drop,
    isBusy: () => jobs.length > 0,
    step: (isOpen) => {
      const [job] = jobs;
      if (job === undefined) return;
      try {
        if (isOpen(job.id) || stepOf(job)) drop(job.id);
      } catch (error) {
        drop(job.id);
        // Removed with its orchestration meanwhile.
        if (!isMissing(error)) throw error;
      }
    },
    close: () => {
      for (const { id } of jobs) drop(id);
    },
  };
};
