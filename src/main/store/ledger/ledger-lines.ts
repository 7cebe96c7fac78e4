import { z } from 'zod';
import { attemptIdSchema, instanceIdSchema, orchestrationIdSchema } from '../../../shared/domain/ids.ts';
import { orchestrationStateSchema } from '../../../shared/domain/orchestration-schema.ts';
import { payloadMark } from './ledger-text.ts';

// The lines that ledger-text.ts describes.

const payload = z.looseObject({});
const count = z.int().nonnegative();

/** As much of a row as is needed to put it in its place; it was whole when this program wrote it. */
const orchestrationSchema = z.looseObject({
  id: orchestrationIdSchema,
  name: z.string(),
  state: orchestrationStateSchema,
  startedAt: z.string(),
  lastSeq: count,
});
const instanceSchema = z.looseObject({
  id: instanceIdSchema,
  orchestrationId: orchestrationIdSchema,
  name: z.string(),
  position: count,
  state: z.string(),
  eventCount: count,
});
const attemptSchema = z.looseObject({
  id: attemptIdSchema,
  instanceId: instanceIdSchema,
  number: count,
  startedAt: z.string(),
  offsets: z.object({ stdout: count, stderr: count }),
});

const sourceRange = z.tuple([z.union([z.literal(0), z.literal(1)]), count, count]);

const lineSchema = z.discriminatedUnion('k', [
  z.object({ k: z.literal('head'), v: z.int().positive(), id: orchestrationIdSchema, key: count }),
  z.object({ k: z.literal('source'), d: payload }),
  z.object({ k: z.literal('orchestration'), d: orchestrationSchema }),
  z.object({ k: z.literal('instance'), sessions: z.array(z.string()), d: instanceSchema }),
  z.object({ k: z.literal('spec'), id: instanceIdSchema, d: payload }),
  z.object({ k: z.literal('attempt'), d: attemptSchema }),
  z.object({ k: z.literal('attempt_spec'), id: attemptIdSchema, d: payload }),
  z.object({
    k: z.literal('event'),
    seq: z.int().positive(),
    instance: instanceIdSchema.nullable(),
    n: count.nullable(),
    attempt: attemptIdSchema.nullable(),
    at: z.int(),
    source: sourceRange.nullable(),
    d: z.looseObject({ type: z.string() }),
  }),
  z.object({ k: z.literal('end'), seq: count, hash: z.string().nullable() }),
]);

type Parsed = z.infer<typeof lineSchema>;

/** A line, with its payload also as the text that it was stored as (empty where there is none). */
export type LedgerLine = Parsed & { readonly text: string };
export type LedgerRow<K extends Parsed['k']> = Extract<Parsed, { readonly k: K }> & { readonly text: string };

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** Reads a line; null for one that is damaged, or of a kind that this version does not know. */
export const readLine = (text: string): LedgerLine | null => {
  const read = lineSchema.safeParse(json(text));
  if (!read.success) return null;
  // No field before the payload holds text that could look like the mark: ids, numbers, names of sessions.
  const at = text.indexOf(payloadMark);
  return { ...read.data, text: at < 0 ? '' : text.slice(at + payloadMark.length, -1) };
};
