import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { compressedSuffix } from './files.ts';
import { createSeekableWriter, frameBytes } from './seekable-writer.ts';

/** A file that is being compressed, frame by frame. */
export type Compression = {
  /**
   * Compresses up to a frame's worth; true once the compressed file has taken the place of the other. A file that is removed meanwhile
   * does not come back. @throws the file system's error; the file is as it was, and nothing is left beside it
   */
  step(): boolean;
  /** Leaves the file as it was. */
  abort(): void;
};

/**
 * Begins to compress `path` to `path.zst`. Killed at any moment, there is the one file, or both and the compressed one is
 * whole, and it can be begun again.
 * @throws the file system's error
 */
export const beginCompression = (path: string): Compression => {
  const file = openSync(path, 'r');
  const writer = createSeekableWriter(path + compressedSuffix);
  const buffer = Buffer.allocUnsafe(frameBytes);
  let isOver = false;
  const close = (): void => {
    isOver = true;
    closeSync(file);
  };
  const abort = (): void => {
    if (isOver) return;
    close();
    writer.abort();
  };
  /** Whoever removes it does so before the compressed one: what is looked at behind its name's appearance is enough. */
  const finish = (): void => {
    const isRemoved = fstatSync(file).nlink === 0;
    close();
    rmSync(isRemoved ? path + compressedSuffix : path, { force: true });
  };
  return {
    step: () => {
      try {
        const count = readSync(file, buffer, 0, buffer.length, null);
        writer.write(buffer.subarray(0, count));
        if (count > 0) return false;
        writer.end();
      } catch (error) {
        abort();
        throw error;
      }
      finish();
      return true;
    },
    abort,
  };
};

/** Compresses a file as a whole. */
export const compressFile = (path: string): void => {
  const compression = beginCompression(path);
  while (!compression.step());
};
