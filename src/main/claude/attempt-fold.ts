import type { Instant } from '../../shared/domain/ids.ts';
import type { Usage } from '../../shared/domain/usage.ts';
import type { AttemptOutput, AttemptProgress } from '../engine/ports.ts';
import type { PriceTable } from './price-table.ts';
import type { SpoolLine } from './spool-reader.ts';

export type AttemptFoldOptions = {
  /** Prices of live estimates; exact figures are the CLI's own. */
  readonly prices: PriceTable;
  /** Null for a new session; for a resumed one, all that it had reported at its last end, where that is known. */
  readonly resumed: { readonly from: Usage | null } | null;
};

/** What the stream showed that tells success from failure. */
export type AttemptEvidence = {
  /** The last `result` line, if one came. */
  readonly lastResult: {
    readonly subtype: string;
    readonly isError: boolean;
    readonly terminalReason: string | null;
    readonly apiErrorStatus: number | null;
    readonly text: string | null;
    readonly errors: readonly string[];
  } | null;
  /** The error code of the last assistant message of the CLI's own making: `authentication_failed`, `rate_limit`, … */
  readonly messageError: string | null;
  /** The last retry, while nothing came after it. */
  readonly retrying: { readonly error: string; readonly status: number | null } | null;
  /** Lines of stdout that were a stream's, and lines that were none. */
  readonly known: number;
  readonly broken: number;
  /** The first line that was none, at most 200 characters of it. */
  readonly firstBroken: string | null;
  /** The end of stderr, at most 4,000 characters. */
  readonly stderrTail: string;
};

/** A fold of an attempt's lines into events, phases, deltas and figures; it knows no clock and no file. */
export interface AttemptFold {
  /** Takes the next line. `readAt` stands in for the time of a line that has none. Never throws on what a line holds. */
  push(line: SpoolLine, readAt: Instant): void;
  /** Gives what came of the lines pushed since the last call, and forgets it. */
  take(): Pick<AttemptOutput, 'items' | 'deltas'>;
  progress(): AttemptProgress;
  evidence(): AttemptEvidence;
}

export declare const createAttemptFold: (options: AttemptFoldOptions) => AttemptFold;
