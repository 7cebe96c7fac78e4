import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { isMissing } from '../data-dir.ts';
import { recordsFile } from '../ledger/ledger-files.ts';
import { payloadMark } from '../ledger/ledger-text.ts';

const recordSchema = z.object({ k: z.literal('record'), kind: z.string(), id: z.string(), d: z.json() });
const historySchema = z.object({
  k: z.literal('history'),
  path: z.string(),
  sessionId: z.string().nullable(),
  orchestration: z.string().nullable(),
  size: z.int(),
  modifiedAt: z.int(),
  readTo: z.int(),
  state: z.string(),
});
const otherSchema = z.object({ k: z.enum(['head', 'end']) });
const lineSchema = z.union([recordSchema, historySchema, otherSchema]);

export type KeptRecord = { readonly kind: string; readonly id: string; readonly value: string };
export type KeptHistory = Readonly<z.infer<typeof historySchema>>;
export type Kept = { readonly records: readonly KeptRecord[]; readonly history: readonly KeptHistory[] };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

const textOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
};

/** Reads what is kept beyond orchestrations; lines that are damaged are left out. */
export const readRecordsLedger = async (spoolFolder: string): Promise<Kept> => {
  const records: KeptRecord[] = [];
  const history: KeptHistory[] = [];
  for (const text of (await textOf(recordsFile(spoolFolder))).split('\n')) {
    const read = lineSchema.safeParse(parsed(text));
    if (!read.success) continue;
    const line = read.data;
    if (line.k === 'history') history.push(line);
    if (line.k !== 'record') continue;
    const value = text.slice(text.indexOf(payloadMark) + payloadMark.length, -1);
    records.push({ kind: line.kind, id: line.id, value });
  }
  return { records, history };
};
