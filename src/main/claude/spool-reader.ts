import { closeSync, fstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { failureError } from '../../shared/domain/failure.ts';
import type { Clock, SpoolOffsets } from '../engine/ports.ts';
import type { LineSplitter, SplitLine } from './line-splitter.ts';
import { createLineSplitter } from './line-splitter.ts';
import type { SpoolWatch } from './spool-watch.ts';

export type SpoolStream = 'stdout' | 'stderr';
export type SpoolFiles = Readonly<Record<SpoolStream, string>>;
export type SpoolLine = SplitLine & { readonly stream: SpoolStream };

/** Lines of one read of the files, in order within each stream, and how far they go. */
export type SpoolBatch = { readonly lines: readonly SpoolLine[]; readonly offsets: SpoolOffsets };

export type SpoolReaderOptions = {
  readonly files: SpoolFiles;
  readonly clock: Clock;
  readonly watch: SpoolWatch;
  /** Milliseconds between looks at the files when no change is reported. */
  readonly pollMs?: number;
  /** The longest line of stdout that is read whole, in bytes. */
  readonly maxLineBytes?: number;
};

/** Reads two growing files, from their beginning, at the pace of the one who takes. */
export interface SpoolReader {
  /**
   * Reads on until `ended` resolves and both files are read to their ends, gives what stands there without a newline,
   * and closes the files. False when `stop` came before. What `take` throws, this throws.
   */
  follow(
    take: (batch: SpoolBatch) => Promise<void>,
    ended: Promise<unknown>,
    stop: AbortSignal,
  ): Promise<boolean>;
  /** Reads what the files hold now; with `ended`, also half a last line, and closes the files. */
  catchUp(take: (batch: SpoolBatch) => Promise<void>, ended: boolean): Promise<void>;
  close(): void;
}

const chunkBytes = 256 * 1024;
const maxStderrLineBytes = 64 * 1024;
const readFile = promisify(read);

/** Opens both files. @throws FailureError `spool.missing` when one cannot be opened */
export const openSpoolReader = (options: SpoolReaderOptions): SpoolReader => {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const stdout = openTail(options.files, 'stdout', options.maxLineBytes);
  const stderr = openTail(options.files, 'stderr', maxStderrLineBytes, stdout);
  const close = (): void => {
    stdout.close();
    stderr.close();
  };

  /** Reads one chunk of each file and gives it. False when neither had any. */
  const step = async (take: (batch: SpoolBatch) => Promise<void>): Promise<boolean> => {
    const fromStdout = await stdout.read(buffer);
    const fromStderr = await stderr.read(buffer);
    if (fromStdout === null && fromStderr === null) return false;
    await give(take, [...(fromStdout ?? []), ...(fromStderr ?? [])]);
    return true;
  };

  const give = async (
    take: (batch: SpoolBatch) => Promise<void>,
    lines: readonly SpoolLine[],
  ): Promise<void> => {
    if (lines.length === 0) return;
    await take({ lines, offsets: { stdout: stdout.offset(), stderr: stderr.offset() } });
  };

  const readToEnd = async (take: (batch: SpoolBatch) => Promise<void>, stop?: AbortSignal): Promise<void> => {
    while (stop?.aborted !== true && (await step(take)));
  };

  const settle = async (take: (batch: SpoolBatch) => Promise<void>): Promise<void> => {
    await readToEnd(take);
    await give(take, [...stdout.rest(), ...stderr.rest()]);
  };

  const followOn = async (
    take: (batch: SpoolBatch) => Promise<void>,
    ended: Promise<unknown>,
    stop: AbortSignal,
  ): Promise<boolean> => {
    const wake = createWake(options, stop);
    let over = false;
    const markEnd = (): void => {
      over = true;
      wake.now();
    };
    ended.then(markEnd, markEnd);
    try {
      while (!over && !stop.aborted) {
        await readToEnd(take, stop);
        if (!over && !stop.aborted) await wake.wait();
      }
    } finally {
      wake.close();
    }
    if (stop.aborted) return false;
    await settle(take);
    return true;
  };

  return {
    async follow(take, ended, stop) {
      try {
        return await followOn(take, ended, stop);
      } finally {
        close();
      }
    },
    async catchUp(take, ended) {
      if (!ended) return readToEnd(take);
      try {
        await settle(take);
      } finally {
        close();
      }
    },
    close,
  };
};

type Tail = {
  read(buffer: Buffer): Promise<readonly SpoolLine[] | null>;
  rest(): readonly SpoolLine[];
  offset(): number;
  close(): void;
};

/** Opens one file of the two; `opened` is the other one, closed when this one cannot be opened. */
const openTail = (files: SpoolFiles, stream: SpoolStream, maxLineBytes?: number, opened?: Tail): Tail => {
  const splitter = createLineSplitter(maxLineBytes === undefined ? {} : { maxLineBytes });
  const file = open(files[stream], opened);
  let position = 0;
  let closed = false;
  return {
    async read(buffer) {
      if (closed || fstatSync(file).size <= position) return null;
      const { bytesRead } = await readFile(file, buffer, 0, buffer.length, position);
      if (bytesRead === 0) return null;
      position += bytesRead;
      return linesOf(splitter, buffer.subarray(0, bytesRead), stream);
    },
    rest() {
      const last = splitter.end();
      return last === null ? [] : [{ ...last, stream }];
    },
    offset: () => splitter.offset(),
    close() {
      if (closed) return;
      closed = true;
      closeSync(file);
    },
  };
};

const open = (path: string, opened: Tail | undefined): number => {
  try {
    return openSync(path, 'r');
  } catch (error) {
    opened?.close();
    throw failureError('spool.missing', `The output of this attempt is gone: ${path} cannot be read.`, error);
  }
};

const linesOf = (splitter: LineSplitter, bytes: Buffer, stream: SpoolStream): SpoolLine[] =>
  splitter.push(bytes).map((line) => ({ ...line, stream }));

/** Waits for a change of the files, a call of `now` or `pollMs`, whichever comes first. */
const createWake = (
  { files, clock, watch, pollMs = 200 }: SpoolReaderOptions,
  stop: AbortSignal,
): { wait(): Promise<void>; now(): void; close(): void } => {
  let missed = false;
  let resume: (() => void) | null = null;
  const now = (): void => {
    missed = true;
    resume?.();
  };
  const unwatch = [watch.onChange(files.stdout, now), watch.onChange(files.stderr, now)];
  stop.addEventListener('abort', now);
  return {
    now,
    wait: () =>
      new Promise((resolve) => {
        const done = (): void => {
          cancel();
          resume = null;
          missed = false;
          resolve();
        };
        const cancel = clock.after(missed ? 0 : pollMs, done);
        resume = done;
      }),
    close() {
      unwatch.forEach((stopWatching) => stopWatching());
      stop.removeEventListener('abort', now);
    },
  };
};
