import { createReadStream } from 'node:fs';
import { isMissing } from '../data-dir.ts';
import { ledgerFile } from './ledger-files.ts';
import { ledgerVersion } from './ledger-text.ts';
import { readLine, type LedgerLine, type LedgerRow } from './ledger-lines.ts';
import { StoreFailure } from '../sqlite-failure.ts';

/** What was appended to a ledger at once. */
export type LedgerPart = { readonly lines: readonly LedgerLine[]; readonly end: LedgerRow<'end'> };

const newline = 0x0a;

/** The lines of a file, without what stands after the last newline; none when there is no file. */
const linesOf = async function* (path: string): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, {
      highWaterMark: 256 * 1024,
    }) as AsyncIterable<Buffer>) {
      let start = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
        yield Buffer.concat([...rest, chunk.subarray(start, at)]).toString('utf8');
        rest = [];
        start = at + 1;
      }
      rest.push(chunk.subarray(start));
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
};

const refuseNewer = (path: string, { v }: LedgerRow<'head'>): void => {
  if (v <= ledgerVersion) return;
  throw new StoreFailure({
    code: 'store.newer',
    message: `${path} was written by a newer version of Netra Orchestrator. Update it.`,
  });
};

/**
 * Reads the ledger of an orchestration, part by part; what was not finished is left out. Lines that are damaged are told
 * and passed over. @throws StoreFailure `store.newer`; Error of the file system
 */
export const readLedger = async function* (
  spoolFolder: string,
  id: string,
  onDamage: () => void = () => undefined,
): AsyncGenerator<LedgerPart> {
  const path = ledgerFile(spoolFolder, id);
  let lines: LedgerLine[] = [];
  for await (const text of linesOf(path)) {
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
