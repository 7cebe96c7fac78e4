import { z } from 'zod';
import { eventTypes, type EventBody } from '../../../shared/domain/event.ts';
import {
  attemptIdSchema,
  instanceIdSchema,
  instantSchema,
  orchestrationIdSchema,
} from '../../../shared/domain/ids.ts';
import { instanceViewSchema, toolStatsSchema } from '../../../shared/domain/instance-schema.ts';
import { orchestrationViewSchema } from '../../../shared/domain/orchestration-schema.ts';
import { usageSchema } from '../../../shared/domain/usage-schema.ts';

/**
 * An archive is zstd-compressed NDJSON: a header; then of each orchestration its head, its instances, its attempts, its events,
 * what its attempts printed, and `done` with the checksum of these lines; last `end` with the checksum of all lines before it.
 */
export const archiveFormat = 'netra-archive';
export const archiveVersion = 1;

export const headerSchema = z.object({
  format: z.literal(archiveFormat),
  version: z.int().positive(),
  netra: z.string(),
  exportedAt: instantSchema,
  redacted: z.boolean(),
});
export type ArchiveHeader = Readonly<z.infer<typeof headerSchema>>;

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Specs and plans were checked when they were made, and are only read here, not run. */
const specSchema = z.looseObject({ name: z.string(), workspace: z.string() });
const planSchema = z.looseObject({
  name: z.string(),
  workspace: z.string(),
  instances: z.array(specSchema),
});

const attemptRecordSchema = z.object({
  id: attemptIdSchema,
  instanceId: instanceIdSchema,
  orchestrationId: orchestrationIdSchema,
  number: z.int().positive(),
  spec: z.object({ attemptId: attemptIdSchema, instance: specSchema, workspace: z.string() }),
  process: z.null(),
  offsets: z.object({ stdout: count, stderr: count }),
  startedAt: instantSchema,
  endedAt: instantSchema,
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  sessionId: z.string().nullable(),
  usage: usageSchema,
  stopRequested: z.boolean(),
  answered: z.array(z.string()),
  before: z.object({
    usage: usageSchema,
    turns: count,
    retries: count,
    toolCalls: count,
    tools: z.record(z.string(), toolStatsSchema),
  }),
});

/** The bodies of events go through as they are: their readers take care of what is in them. */
const bodySchema = z.custom<EventBody>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    eventTypes.has(value.type),
);

export const lineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('orchestration'),
    view: orchestrationViewSchema,
    source: z.object({ plan: planSchema, planText: z.string() }),
  }),
  z.object({ kind: z.literal('instance'), view: instanceViewSchema, spec: specSchema.nullable() }),
  z.object({ kind: z.literal('attempt'), record: attemptRecordSchema }),
  z.object({
    kind: z.literal('event'),
    seq: z.int().positive(),
    instanceId: instanceIdSchema.nullable(),
    n: count.nullable(),
    attemptId: attemptIdSchema.nullable(),
    at: instantSchema,
    source: z.object({ stream: z.enum(['stdout', 'stderr']), offset: count, length: count }).nullable(),
    body: bodySchema,
  }),
  z.object({
    kind: z.literal('raw'),
    attemptId: attemptIdSchema,
    stream: z.enum(['stdout', 'stderr']),
    /** One of the two: base64 where the bytes are no UTF-8. */
    text: z.string().exactOptional(),
    base64: z.base64().exactOptional(),
  }),
  z.object({ kind: z.literal('done'), id: orchestrationIdSchema, events: count, content: sha256, sha256 }),
  z.object({ kind: z.literal('end'), orchestrations: count, events: count, sha256 }),
]);
export type ArchiveLine = Readonly<z.infer<typeof lineSchema>>;
