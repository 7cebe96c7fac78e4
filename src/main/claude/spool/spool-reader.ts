import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { failureError } from '../../../shared/domain/failure.ts';
import type { Clock, SpoolOffsets } from '../../engine/ports.ts';
import type { LineSplitter, SplitLine, SpoolStream } from '../stream/line-splitter.ts';
import { createLineSplitter } from '../stream/line-splitter.ts';
import type { SpoolWatch } from './spool-watch.ts';

export type SpoolFiles = Readonly<Record<SpoolStream, string>>;

/** Lines of one read of the files, in order within each stream, and how far they go. */
export type SpoolBatch = { readonly lines: readonly SplitLine[]; readonly offsets: SpoolOffsets };

export type SpoolReaderOptions = {
  readonly files: SpoolFiles;
  readonly clock: Clock;
  readonly watch: SpoolWatch;
  /** Milliseconds between looks at the files when no change is reported. */
  readonly pollMs?: number;
  /** The longest line of stdout that is read whole, in bytes. */
  readonly maxLineBytes?: number;
};

type Take = (batch: SpoolBatch) => Promise<void>;

/**
 * Reads two growing files, from their beginning, at the pace of the one who takes. The files are open only while
 * `follow` or `catchUp` runs. Both throw what `take` throws, and FailureError `spool.missing` when a file is gone.
 */
export interface SpoolReader {
  /**
   * Reads on until `ended` resolves and both files are read to their ends, and gives what stands there without a
   * newline. False when `stop` came before.
   */
  follow(take: Take, ended: Promise<unknown>, stop: AbortSignal): Promise<boolean>;
  /** Reads what the files hold now; with `ended`, also half a last line. May be called again, or followed by `follow`. */
  catchUp(take: Take, ended: boolean): Promise<void>;
}

const chunkBytes = 64 * 1024;
const maxStderrLineBytes = 64 * 1024;

/** Makes a reader of an attempt's two spool files. */
export const createSpoolReader = (options: SpoolReaderOptions): SpoolReader => {
  const { files, maxLineBytes } = options;
  const stdout = newTail(files, 'stdout', maxLineBytes === undefined ? {} : { maxLineBytes });
  const stderr = newTail(files, 'stderr', { maxLineBytes: maxStderrLineBytes });
  return {
    follow: (take, ended, stop) =>
      withOpen(stdout, stderr, async (pair) => {
        await readUntil(pair, take, createWake(options, stop, pair), ended);
        if (stop.aborted) return false;
        await settle(pair, take);
        return true;
      }),
    catchUp: (take, ended) =>
      withOpen(stdout, stderr, (pair) => (ended ? settle(pair, take) : readNow(pair, take))),
  };
};

/** A file and how far it has been read. */
type Tail = {
  readonly path: string;
  readonly splitter: LineSplitter;
  position: number;
  /** There may be more in it than was read. */
  mayHaveMore: boolean;
};

type OpenTail = { readonly tail: Tail; readonly handle: FileHandle };
type Pair = { readonly stdout: OpenTail; readonly stderr: OpenTail; readonly buffer: Buffer };

const newTail = (
  files: SpoolFiles,
  stream: SpoolStream,
  limits: Parameters<typeof createLineSplitter>[0],
): Tail => ({
  path: files[stream],
  splitter: createLineSplitter({ stream, ...limits }),
  position: 0,
  mayHaveMore: true,
});

const withOpen = async <T>(stdout: Tail, stderr: Tail, run: (pair: Pair) => Promise<T>): Promise<T> => {
  const first = await openFile(stdout.path);
  try {
    const second = await openFile(stderr.path);
    try {
      const buffer = Buffer.allocUnsafe(chunkBytes);
      return await run({
        stdout: { tail: stdout, handle: first },
        stderr: { tail: stderr, handle: second },
        buffer,
      });
    } finally {
      await second.close();
    }
  } finally {
    await first.close();
  }
};

const openFile = (path: string): Promise<FileHandle> =>
  open(path, 'r').catch((error: unknown) => {
    throw failureError('spool.missing', `The output of this attempt is gone: ${path} cannot be read.`, error);
  });

/** Reads the next chunk of a file and adds the lines that it completes. One that is not full is the last for now. */
const readChunk = async ({ tail, handle }: OpenTail, buffer: Buffer, lines: SplitLine[]): Promise<void> => {
  // Before the read, for it may grow meanwhile.
  tail.mayHaveMore = false;
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, tail.position);
  tail.position += bytesRead;
  if (bytesRead === buffer.length) tail.mayHaveMore = true;
  for (const line of tail.splitter.push(buffer.subarray(0, bytesRead))) lines.push(line);
};

const give = async ({ stdout, stderr }: Pair, take: Take, lines: readonly SplitLine[]): Promise<void> => {
  if (lines.length === 0) return;
  const offsets = { stdout: stdout.tail.splitter.offset(), stderr: stderr.tail.splitter.offset() };
  await take({ lines, offsets });
};

const mayHaveMore = ({ stdout, stderr }: Pair): boolean => stdout.tail.mayHaveMore || stderr.tail.mayHaveMore;

const lookAgain = ({ stdout, stderr }: Pair): void => {
  stdout.tail.mayHaveMore = true;
  stderr.tail.mayHaveMore = true;
};

/**
 * Reads chunk by chunk, each given before the next is read, until neither file has more or `isOver` says so. While stdout
 * fills whole chunks there is a lot to catch up with, and stderr waits.
 */
const readToEnd = async (pair: Pair, take: Take, isOver = (): boolean => false): Promise<void> => {
  const { stdout, stderr, buffer } = pair;
  while (mayHaveMore(pair) && !isOver()) {
    const lines: SplitLine[] = [];
    if (stdout.tail.mayHaveMore) await readChunk(stdout, buffer, lines);
    if (!stdout.tail.mayHaveMore && stderr.tail.mayHaveMore) await readChunk(stderr, buffer, lines);
    await give(pair, take, lines);
  }
};

const readNow = (pair: Pair, take: Take): Promise<void> => {
  lookAgain(pair);
  return readToEnd(pair, take);
};

/** Reads to the end of files that grow no more, and gives what stands there without a newline. */
const settle = async (pair: Pair, take: Take): Promise<void> => {
  await readNow(pair, take);
  const rest = [pair.stdout.tail.splitter.end(), pair.stderr.tail.splitter.end()];
  await give(
    pair,
    take,
    rest.filter((line) => line !== null),
  );
};

/** Reads on as the files grow, until `ended` resolves or the wake is stopped. */
const readUntil = async (pair: Pair, take: Take, wake: Wake, ended: Promise<unknown>): Promise<void> => {
  ended.then(wake.end, wake.end);
  try {
    while (!wake.isOver()) {
      await readToEnd(pair, take, wake.isOver);
      if (!wake.isOver()) await wake.wait();
    }
  } finally {
    wake.close();
  }
};

type Wake = {
  /** Resolves at a change of the files, at the end, or after `pollMs`, whichever comes first. */
  readonly wait: () => Promise<void>;
  readonly end: () => void;
  readonly isOver: () => boolean;
  readonly close: () => void;
};

const createWake = (
  { files, clock, watch, pollMs = 200 }: SpoolReaderOptions,
  stop: AbortSignal,
  pair: Pair,
): Wake => {
  let over = false;
  let resume: (() => void) | null = null;
  const wake = (): void => resume?.();
  const grown = ({ tail }: OpenTail): void => {
    tail.mayHaveMore = true;
    wake();
  };
  const unwatch = [
    watch.onChange(files.stdout, () => {
      grown(pair.stdout);
    }),
    watch.onChange(files.stderr, () => {
      grown(pair.stderr);
    }),
  ];
  stop.addEventListener('abort', wake);
  return {
    end() {
      over = true;
      wake();
    },
    isOver: () => over || stop.aborted,
    wait: () =>
      new Promise((resolve) => {
        if (mayHaveMore(pair)) {
          resolve();
          return;
        }
        const done = (): void => {
          cancel();
          resume = null;
          resolve();
        };
        const cancel = clock.after(pollMs, () => {
          lookAgain(pair);
          done();
        });
        resume = done;
      }),
    close() {
      for (const stopWatching of unwatch) stopWatching();
      stop.removeEventListener('abort', wake);
    },
  };
};
