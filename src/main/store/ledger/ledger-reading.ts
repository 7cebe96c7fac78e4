import { compressedSuffix } from '../../spool/files.ts';
import { openCompressed, openPlain, type SpoolBytes } from '../../spool/read-spool.ts';
import { SpoolDamage } from '../../spool/seek-table.ts';
import { isMissing } from '../data-dir.ts';
import { ledgerFile } from './ledger-files.ts';
import { ledgerVersion } from './ledger-text.ts';
import { readLine, type LedgerLine, type LedgerRow } from './ledger-lines.ts';
import { FailureError } from '../../../shared/domain/failure.ts';

/** What was appended to a ledger at once. */
export type LedgerPart = { readonly lines: readonly LedgerLine[]; readonly end: LedgerRow<'end'> };

const newline = 0x0a;

const chunkBytes = 256 * 1024;

/** The bytes of a file; what is damaged of a compressed one is told, and a line ends there. */
const bytesOfFile = async function* (bytes: SpoolBytes, onDamage: () => void): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.size; at += chunkBytes) {
    try {
      yield await bytes.read(at, chunkBytes);
    } catch (error) {
      if (!(error instanceof SpoolDamage)) throw error;
      onDamage();
      yield Buffer.from([newline]);
    }
  }
};

/** The bytes of a ledger: what was compressed, then what came after. */
const bytesOf = async function* (path: string, onDamage: () => void): AsyncGenerator<Buffer> {
  for (const open of [() => openCompressed(path + compressedSuffix), () => openPlain(path)]) {
    let bytes: SpoolBytes;
    try {
      bytes = await open();
    } catch (error) {
      if (error instanceof SpoolDamage) onDamage();
      else if (!isMissing(error)) throw error;
      continue;
    }
    try {
      yield* bytesOfFile(bytes, onDamage);
    } finally {
      await bytes.close();
    }
  }
};

/** The lines of a ledger, without what stands after the last newline. */
const linesOf = async function* (path: string, onDamage: () => void): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const chunk of bytesOf(path, onDamage)) {
    let start = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, at)]).toString('utf8');
      rest = [];
      start = at + 1;
    }
    rest.push(chunk.subarray(start));
  }
};

const refuseNewer = (path: string, { v }: LedgerRow<'head'>): void => {
  if (v <= ledgerVersion) return;
  throw new FailureError({
    code: 'store.newer',
    message: `${path} was written by a newer version of Netra Orchestrator. Update it.`,
  });
};

/**
 * Reads the ledger of an orchestration, part by part; what was not finished is left out. Lines that are damaged are told
 * and passed over. @throws FailureError `store.newer`; Error of the file system
 */
export const readLedger = async function* (
  spoolFolder: string,
  id: string,
  onDamage: () => void = () => undefined,
): AsyncGenerator<LedgerPart> {
  const path = ledgerFile(spoolFolder, id);
  let lines: LedgerLine[] = [];
  for await (const text of linesOf(path, onDamage)) {
    const line = readLine(text);
    if (line === null) onDamage();
    else if (line.k === 'end') {
      yield { lines, end: line };
      lines = [];
    } else {
      if (line.k === 'head') refuseNewer(path, line);
      lines.push(line);
    }
  }
};
