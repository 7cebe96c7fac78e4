import { closeSync, openSync, readSync } from 'node:fs';

/** A line of a file. `end` is where the next one begins; `isWhole` is false for what stood at the end without a newline. */
export type TranscriptLine = {
  /** Without the line's end. Good until the next line is asked for. */
  readonly bytes: Buffer;
  readonly end: number;
  readonly isWhole: boolean;
};

const newline = 0x0a;
const carriageReturn = 0x0d;
const leastRoom = 64 * 1024;
/** Memory that is new to a process costs as much as reading into it: a buffer is kept for the next file. */
const mostSpareBytes = 4 * 1024 * 1024;
let spare: Buffer | null = Buffer.allocUnsafe(1024 * 1024);

const takeBuffer = (): Buffer => {
  const taken = spare ?? Buffer.allocUnsafe(2 * leastRoom);
  spare = null;
  return taken;
};
const giveBack = (buffer: Buffer): void => {
  if (buffer.length <= mostSpareBytes && buffer.length > (spare?.length ?? 0)) spare = buffer;
};

export interface TranscriptReader {
  /** The next line; null at the end of the file as it was. @throws as `node:fs` does */
  next(): TranscriptLine | null;
  /** Nothing is asked for any more, and no line that was given is looked at. */
  close(): void;
}

/**
 * Reads the lines of a file from a place on, as they are at this moment. The file is open only while bytes are read of it, so that a
 * thousand may be read in turn.
 */
export const createTranscriptReader = (path: string, from: number): TranscriptReader => {
  let buffer = takeBuffer();
  /** The part of the buffer that was not given yet, and how far it was searched. */
  let start = 0;
  let searched = 0;
  let end = 0;
  let position = from;
  let isAtEnd = false;

  const makeRoom = (): void => {
    if (start > 0) {
      buffer.copyWithin(0, start, end);
      end -= start;
      searched -= start;
      start = 0;
    }
    if (buffer.length - end >= leastRoom) return;
    const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, leastRoom * 2));
    buffer.copy(grown, 0, 0, end);
    buffer = grown;
  };
  const fill = (): void => {
    makeRoom();
    const fd = openSync(path, 'r');
    try {
      const room = buffer.length - end;
      const count = readSync(fd, buffer, end, room, position + (end - start));
      end += count;
      isAtEnd = count < room;
    } finally {
      closeSync(fd);
    }
  };
  const give = (length: number, isWhole: boolean): TranscriptLine => {
    const hasReturn = isWhole && length > 0 && buffer[start + length - 1] === carriageReturn;
    const bytes = buffer.subarray(start, start + length - (hasReturn ? 1 : 0));
    const taken = length + (isWhole ? 1 : 0);
    start += taken;
    searched = start;
    position += taken;
    return { bytes, end: position, isWhole };
  };
  const next = (): TranscriptLine | null => {
    for (;;) {
      const at = end > searched ? buffer.subarray(0, end).indexOf(newline, searched) : -1;
      if (at >= 0) return give(at - start, true);
      searched = end;
      if (isAtEnd) return end > start ? give(end - start, false) : null;
      fill();
    }
  };
  const close = (): void => {
    giveBack(buffer);
    buffer = Buffer.alloc(0);
    isAtEnd = true;
    start = searched = end = 0;
  };
  return { next, close };
};
