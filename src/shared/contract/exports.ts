import { eventIterator, type } from '@orpc/contract';
import { z } from 'zod';
import type { OrchestrationId } from '../domain/ids.ts';
import { orchestrationIdSchema } from '../domain/ids.ts';
import { base } from './base.ts';

/** What sessions can be written as. `archive` is what `importArchive` takes in again. */
export const exportFormats = ['markdown', 'html', 'json', 'ndjson', 'csv', 'archive'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const exportRequestSchema = z.object({
  /** In the order in which they are written; null: all that are not deleted, newest first. */
  ids: z.array(orchestrationIdSchema).min(1).max(100_000).nullable(),
  format: z.enum(exportFormats),
  /** Takes secrets out, by their well-known shapes. */
  redact: z.boolean(),
});
export type ExportRequest = Readonly<z.infer<typeof exportRequestSchema>>;

/** How many secrets of each kind were taken out. */
export type RedactionCounts = Readonly<Record<string, number>>;

/** First `start`, then the file's content in order, then `end`; without an `end` the file is not whole. */
export type ExportPiece =
  | { readonly kind: 'start'; readonly fileName: string; readonly mediaType: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly base64: string }
  | {
      readonly kind: 'end';
      readonly orchestrations: number;
      readonly events: number;
      /** Null when nothing was to be redacted. */
      readonly redacted: RedactionCounts | null;
      /** What a person should know of the file, as sentences. */
      readonly notes: readonly string[];
    };

/**
 * `checked`: the archive is whole, and has so many orchestrations. Then what becomes of each: `present` is there already
 * with the same content; `refused` is not taken in, for the reason given. What is `imported` is durable.
 */
export type ImportStep =
  | { readonly kind: 'checked'; readonly orchestrations: number; readonly events: number }
  | {
      readonly kind: 'orchestration';
      readonly id: OrchestrationId;
      readonly name: string;
      readonly outcome: 'imported' | 'present' | 'refused';
      readonly reason: string | null;
      readonly events: number;
    }
  | {
      readonly kind: 'end';
      readonly imported: number;
      readonly present: number;
      readonly refused: number;
      readonly notes: readonly string[];
    };

export const exportsContract = {
  /** Fails with `orchestration.unknown`, `export.empty` when there is nothing to write, and `export.too_large` (a report). */
  run: base.input(exportRequestSchema).output(eventIterator(type<ExportPiece>())),
  /** Takes in an archive of this machine; the path is absolute. Fails with `archive.unreadable`, `archive.damaged`, `archive.newer`, `archive.too_large`. */
  importArchive: base
    .input(z.object({ file: z.string().min(1).max(4096) }))
    .output(eventIterator(type<ImportStep>())),
};
