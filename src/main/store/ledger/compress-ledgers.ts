import { writeFileSync } from 'node:fs';
import { beginCompression, type Compression } from '../../spool/compress-file.ts';
import { isWorthCompressing, ledgerFile } from './ledger-files.ts';
import { lineText, type LedgerEnd } from './ledger-text.ts';

export interface LedgerCompression {
  /** Takes on the ledger of an orchestration that has ended, if it is large. */
  add(id: string, end: LedgerEnd): void;
  isBusy(): boolean;
  /** Does a step; leaves one alone that `isOpen` says is written to again. */
  step(isOpen: (id: string) => boolean): void;
  close(): void;
}

/** Compresses ledgers, a step at a time. What is left in the place of one says how far the compressed one goes. */
export const createLedgerCompression = (spoolFolder: string): LedgerCompression => {
  const jobs: { readonly id: string; readonly end: LedgerEnd; run?: Compression }[] = [];
  return {
    add: (id, end) => {
      const earlier = jobs.findIndex((job) => job.id === id);
      // It may have grown since: what was begun is not all of it.
      for (const { run } of earlier < 0 ? [] : jobs.splice(earlier, 1)) run?.abort();
      if (end.hash !== null && isWorthCompressing(ledgerFile(spoolFolder, id))) jobs.push({ id, end });
    },
    isBusy: () => jobs.length > 0,
    step: (isOpen) => {
      const [job] = jobs;
      if (job === undefined) return;
      if (isOpen(job.id)) {
        job.run?.abort();
        jobs.shift();
        return;
      }
      const path = ledgerFile(spoolFolder, job.id);
      // Looked at again: what is left in the place of a compressed one must never take the compressed one's place.
      if (job.run === undefined && !isWorthCompressing(path)) {
        jobs.shift();
        return;
      }
      job.run ??= beginCompression(path);
      if (!job.run.step()) return;
      writeFileSync(path, lineText('end', { seq: job.end.seq, hash: job.end.hash }), { mode: 0o600 });
      jobs.shift();
    },
    close: () => {
      for (const { run } of jobs) run?.abort();
    },
  };
};
