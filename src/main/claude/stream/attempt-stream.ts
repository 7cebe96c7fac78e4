import type { Failure } from '../../../shared/domain/failure.ts';
import { instantOf, type Instant } from '../../../shared/domain/ids.ts';
import type { AttemptOutput, AttemptProgress, Clock, SpoolOffsets } from '../../engine/ports.ts';
import type { AttemptFoldOptions } from './attempt-fold.ts';
import { createAttemptFold } from './attempt-fold.ts';
import type { SplitLine } from './line-splitter.ts';
import type { AttemptExit } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import type { SpoolBatch, SpoolFiles } from '../spool/spool-reader.ts';
import { createSpoolReader } from '../spool/spool-reader.ts';
import type { SpoolWatch } from '../spool/spool-watch.ts';
import type { TurnStanding } from './turn-account.ts';
import { limitResetsAt } from './usage-limit.ts';

export type AttemptStreamOptions = AttemptFoldOptions & {
  readonly files: SpoolFiles;
  /** What is stored already: it is folded again, and its items are not given. Zeros for a new attempt. */
  readonly stored: SpoolOffsets;
  readonly clock: Clock;
  readonly watch: SpoolWatch;
  /** Milliseconds between looks at the files when no change is reported; 200 unless said. */
  readonly pollMs?: number;
  readonly maxLineBytes?: number;
};

/**
 * An attempt's spool, read, folded and given in batches. The same bytes give the same items, whoever reads them. The
 * files are open only while `follow` or `catchUp` runs; both throw what `take` throws, and FailureError `spool.missing`
 * when a file is gone.
 */
export interface AttemptStream {
  /**
   * Reads on until `ended` resolves and every byte is read. False when `stop` let go before. `take` gets one batch at a
   * time and is awaited.
   */
  follow(
    take: (output: AttemptOutput) => Promise<void>,
    ended: Promise<unknown>,
    stop: AbortSignal,
  ): Promise<boolean>;
  /**
   * Reads what the files hold now. `ended` says that no more will come, so that half a line at the end is given too;
   * otherwise `catchUp` may be called again, or `follow` go on.
   */
  catchUp(take: (output: AttemptOutput) => Promise<void>, ended: boolean): Promise<void>;
  progress(): AttemptProgress;
  /** What the exit means, together with what was read: null for a success, else what went wrong and what to do. */
  outcome(exit: AttemptExit): Failure | null;
  /** How the conversation stands, by what was read. */
  standing(): TurnStanding;
  /** When the usage limit ends that the attempt met; null where nothing says it. */
  limitResetsAt(): Instant | null;
  /** The whole input that an open permission prompt asked about (questions show it cut to size); null if not open. */
  permissionInput(requestId: string): Readonly<Record<string, unknown>> | null;
}

/** Makes the stream of an attempt; nothing is read yet. */
export const createAttemptStream = (options: AttemptStreamOptions): AttemptStream => {
  const { files, stored, clock, watch, pollMs, maxLineBytes, ...foldOptions } = options;
  const fold = createAttemptFold(foldOptions);
  const reader = createSpoolReader({
    files,
    clock,
    watch,
    ...(pollMs === undefined ? {} : { pollMs }),
    ...(maxLineBytes === undefined ? {} : { maxLineBytes }),
  });

  const isStored = (line: SplitLine): boolean => line.offset < stored[line.stream];

  const isAllStored = ({ stdout, stderr }: SpoolOffsets): boolean =>
    stdout >= stored.stdout && stderr >= stored.stderr;

  const giveTo =
    (take: (output: AttemptOutput) => Promise<void>) =>
    async ({ lines, offsets }: SpoolBatch): Promise<void> => {
      const at = instantOf(clock.now());
      const fresh = lines.filter((line) => !isStored(line));
      if (fresh.length < lines.length) {
        for (const line of lines) if (isStored(line)) fold.push(line, at);
        fold.take();
        // Who takes it over hears how it stands, though not yet anything new.
        if (fresh.length === 0 && !isAllStored(offsets)) return;
      }
      for (const line of fresh) fold.push(line, at);
      await take({
        ...fold.take(),
        progress: fold.progress(),
        offsets: {
          stdout: Math.max(offsets.stdout, stored.stdout),
          stderr: Math.max(offsets.stderr, stored.stderr),
        },
      });
    };

  return {
    follow: (take, ended, stop) => reader.follow(giveTo(take), ended, stop),
    catchUp: (take, ended) => reader.catchUp(giveTo(take), ended),
    progress: () => fold.progress(),
    outcome: (exit) => outcomeOf(fold.evidence(), exit),
    standing: () => fold.standing(),
    limitResetsAt: () => limitResetsAt(fold.evidence()),
    permissionInput: (requestId) => fold.permissionInput(requestId),
  };
};
