import { eventIterator, type } from '@orpc/contract';
import { z } from 'zod';
import type { Instant } from '../domain/ids.ts';
import { base } from './base.ts';

/**
 * Taking in Claude Code's own history. `looking` for files, then `reading` what is new in them; what is counted in
 * `sessionsAdded` and `sessionsGrown` is durable. The last one is `done`. Sizes are bytes.
 */
export type HistoryProgress = {
  readonly state: 'looking' | 'reading' | 'done';
  readonly folder: string;
  /** Transcripts found, and their size; those that have something new, and the size of that. */
  readonly files: number;
  readonly bytes: number;
  readonly newFiles: number;
  readonly newBytes: number;
  /** How much of what is new was read. */
  readonly readBytes: number;
  readonly sessionsAdded: number;
  readonly sessionsGrown: number;
  /** Sessions left out: this program ran them itself. */
  readonly sessionsOurs: number;
  /** Sessions left out: they were deleted here, or there is nothing in them. */
  readonly sessionsLeftOut: number;
  /** Lines that are no JSON; they are kept as they are. */
  readonly brokenLines: number;
  /** Files that could not be read, with the reason, at most 20 of them. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly elapsedMs: number;
};

/** How Claude Code's own history stands here. */
export type HistoryStatus = {
  /** Where Claude Code keeps it on this machine. */
  readonly folder: string;
  /** What was taken in: sessions, files, and the bytes read of them. */
  readonly sessions: number;
  readonly files: number;
  readonly bytes: number;
  /** True while new lines are taken in as they are written. */
  readonly following: boolean;
  /** When something was taken in last. */
  readonly lastAt: Instant | null;
  /** What is being taken in at this moment. */
  readonly importing: HistoryProgress | null;
};

export const historyContract = {
  status: base.output(type<HistoryStatus>()),
  /**
   * Takes in what is new, of Claude Code's own folder or of another that is laid out as it is. Who stops listening cancels it:
   * what was taken in stays, and the next one goes on there. One runs at a time: whoever asks for the same folder meanwhile
   * follows that one. Fails with `history.no_folder`, `history.busy` (of another folder).
   */
  import: base
    .input(z.object({ folder: z.string().min(1).max(4096).optional() }))
    .output(eventIterator(type<HistoryProgress>())),
  /** Takes in what is new by itself from now on, also with the next engine; or no more. */
  follow: base.input(z.object({ on: z.boolean() })).output(type<HistoryStatus>()),
};
