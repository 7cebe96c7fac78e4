import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compressedSuffix } from '../../spool/files.ts';
import { isMissing } from '../data-dir.ts';
import { readEnd, type LedgerEnd } from './ledger-text.ts';

const suffix = '.ledger.ndjson';

/** The ledger of an orchestration in a spool folder. */
export const ledgerFile = (spoolFolder: string, orchestrationId: string): string =>
  join(spoolFolder, `${orchestrationId}${suffix}`);

/** Removes the ledger of an orchestration, compressed or not. */
export const removeLedger = (spoolFolder: string, orchestrationId: string): void => {
  const path = ledgerFile(spoolFolder, orchestrationId);
  for (const suffix of ['', compressedSuffix]) rmSync(path + suffix, { force: true });
};

/** The ledger of what is kept beyond orchestrations. */
export const recordsFile = (spoolFolder: string): string => join(spoolFolder, `records${suffix}`);

/** The ids of the orchestrations that have ledgers, compressed or not; none when there is no folder. */
export const ledgerIds = async (spoolFolder: string): Promise<readonly string[]> => {
  try {
    const ids = (await readdir(spoolFolder)).flatMap((name) => {
      const [, id] = /^([0-9a-f-]{36})\.ledger\.ndjson(?:\.zst)?$/.exec(name) ?? [];
      return id === undefined ? [] : [id];
    });
    return [...new Set(ids)].toSorted();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

const newline = 0x0a;

/** The last `end` line of a text, and where it stops, in bytes from the start of the text. */
const lastEnd = (bytes: Buffer): { readonly line: LedgerEnd; readonly stop: number } | null => {
  let stop = bytes.lastIndexOf(newline) + 1;
  while (stop > 0) {
    const start = stop < 2 ? 0 : bytes.lastIndexOf(newline, stop - 2) + 1;
    // Those that are no such line are not even made a text: events are long.
    const found = stop - start > 60 ? null : readEnd(bytes.toString('latin1', start, stop - 1));
    if (found !== null) return { line: found, stop };
    stop = start;
  }
  return null;
};

/**
 * What an open ledger ends with; `end` is null when nothing in it counts. `key` is of its first line, null where that is in the compressed
 * part, or missing.
 */
export type LedgerTail = { readonly fd: number; readonly end: LedgerEnd | null; readonly key: number | null };

const headKey = (fd: number): number | null => {
  const start = Buffer.alloc(200);
  const length = readSync(fd, start, 0, start.length, 0);
  const [, key] = /^\{"k":"head",[^\n]*"key":(\d+)\}\n/.exec(start.toString('latin1', 0, length)) ?? [];
  return key === undefined ? null : Number(key);
};

const firstLook = 4096;

/** Opens a ledger to append to, made if missing, cut after the last line that counts. Close it. */
export const openLedgerTail = (path: string): LedgerTail => {
  const fd = openSync(path, 'a+', 0o600);
  try {
    const { size } = fstatSync(fd);
    for (let look = firstLook; ; look *= 8) {
      const length = Math.min(look, size);
      const buffer = Buffer.alloc(length);
      readSync(fd, buffer, 0, length, size - length);
      const found = lastEnd(buffer);
      if (found === null && length < size) continue;
      const stop = found === null ? 0 : size - length + found.stop;
      if (stop < size) ftruncateSync(fd, stop);
      return { fd, end: found?.line ?? null, key: headKey(fd) };
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
};

const worthwhileBytes = 16 * 1024;

/**
 * True for a ledger that is large, and whole: one that goes on from where a compressed one ends is left as it is, for it must not
 * take that one's place.
 */
export const isWorthCompressing = (path: string): boolean => {
  const fd = openSync(path, 'r');
  try {
    const start = Buffer.alloc(11);
    readSync(fd, start, 0, start.length, 0);
    return fstatSync(fd).size > worthwhileBytes && start.toString('latin1') === '{"k":"head"';
  } finally {
    closeSync(fd);
  }
};

/** Makes the spool folder if it is missing, but never the data directory: one that was taken away stays away. */
export const prepareSpoolFolder = (spoolFolder: string): void => {
  if (!existsSync(spoolFolder)) mkdirSync(spoolFolder, { mode: 0o700 });
};
