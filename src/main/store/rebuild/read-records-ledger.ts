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
  head: z.string(),
  state: z.string(),
});
const sessionSchema = z.object({
  k: z.literal('history_session'),
  session: z.string(),
  project: z.string(),
  orchestration: z.string(),
  state: z.string(),
  /** 1: it was deleted here. Versions before did not say. */
  gone: z.int().default(1),
});
const messagesSchema = z.object({
  k: z.literal('history_messages'),
  project: z.string(),
  session: z.string(),
  keys: z.base64(),
});
const otherSchema = z.object({ k: z.enum(['head', 'end']) });
const lineSchema = z.union([recordSchema, historySchema, sessionSchema, messagesSchema, otherSchema]);

export type KeptRecord = { readonly kind: string; readonly id: string; readonly value: string };
export type KeptHistory = Readonly<z.infer<typeof historySchema>>;
export type Kept = {
  readonly records: readonly KeptRecord[];
  readonly history: readonly KeptHistory[];
  readonly sessions: readonly Readonly<z.infer<typeof sessionSchema>>[];
  readonly messages: readonly Readonly<z.infer<typeof messagesSchema>>[];
};

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
  const sessions: Kept['sessions'][number][] = [];
  const messages: Kept['messages'][number][] = [];
  for (const text of (await textOf(recordsFile(spoolFolder))).split('\n')) {
    const read = lineSchema.safeParse(parsed(text));
    if (!read.success) continue;
    const line = read.data;
    if (line.k === 'history') history.push(line);
    if (line.k === 'history_session') sessions.push(line);
    if (line.k === 'history_messages') messages.push(line);
    if (line.k !== 'record') continue;
    const value = text.slice(text.indexOf(payloadMark) + payloadMark.length, -1);
    records.push({ kind: line.kind, id: line.id, value });
  }
  return { records, history, sessions, messages };
};
