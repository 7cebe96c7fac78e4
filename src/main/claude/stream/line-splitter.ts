import type { SpoolRange } from '../../../shared/domain/event.ts';

export type SpoolStream = SpoolRange['stream'];

/**
 * A line of a spool. `offset` and `length` are bytes of the file, the line's end (LF or CRLF) left out; `end` is where the
 * next line begins. `text` is the line (bytes that are no UTF-8 show as U+FFFD), of an `overlong` one only its head.
 * `unfinished` is what stood at the end without a newline.
 */
export type SplitLine = {
  readonly kind: 'whole' | 'overlong' | 'unfinished';
  readonly stream: SpoolStream;
  readonly text: string;
  readonly offset: number;
  readonly length: number;
  readonly end: number;
};

export interface LineSplitter {
  /** Takes the next bytes (they may be reused after the call) and gives the lines that they complete. */
  push(chunk: Buffer): readonly SplitLine[];
  /** Gives what is left without a newline, once no more bytes will come; null when nothing is. */
  end(): SplitLine | null;
  /** Where the first line begins that has not been given yet. */
  offset(): number;
}

export type LineSplitterOptions = {
  /** A longer line is `overlong`: its head is given, the rest is passed over without being kept. */
  readonly maxLineBytes?: number;
  /** What the bytes are of; stdout unless said. */
  readonly stream?: SpoolStream;
  /** The place of the first byte in its file. */
  readonly offset?: number;
};

const newline = 0x0a;
const carriageReturn = 0x0d;
const headBytes = 4096;
const sixteenMebibytes = 16 * 1024 * 1024;

/**
 * Splits bytes into lines by newline only, so that a character cut by a chunk border stays whole. Holds at most one
 * line, of at most `maxLineBytes`.
 */
export const createLineSplitter = (options: LineSplitterOptions = {}): LineSplitter => {
  const { stream = 'stdout', maxLineBytes = sixteenMebibytes } = options;
  let start = options.offset ?? 0;
  /** The line that has begun: its bytes (only its head once it is over-long), how many it has, and the last of them. */
  let parts: Buffer[] = [];
  let size = 0;
  let lastByte = 0;

  const keep = (bytes: Buffer): void => {
    const wasWithin = size <= maxLineBytes + 1;
    size += bytes.length;
    lastByte = bytes.at(-1) ?? lastByte;
    if (size <= maxLineBytes + 1) parts.push(Buffer.from(bytes));
    else if (wasWithin) parts = [Buffer.concat([...parts, bytes], Math.min(size, headBytes + 4))];
  };

  /** The line from `parts`, ended by a newline or by the end of the file. */
  const finish = (bytes: Buffer, terminated: boolean): SplitLine => {
    const length = terminated && size > 0 && lastByte === carriageReturn ? size - 1 : size;
    const end = start + size + (terminated ? 1 : 0);
    const overlong = length > maxLineBytes;
    const text = bytes.toString('utf8', 0, overlong ? headEnd(bytes) : length);
    const kind = overlong ? 'overlong' : terminated ? 'whole' : 'unfinished';
    const line: SplitLine = { kind, stream, text, offset: start, length, end };
    start = end;
    parts = [];
    size = 0;
    return line;
  };

  /** The line from `from` to a newline at `at`, all in one chunk: nearly every line is, so nothing is copied for it. */
  const lineIn = (chunk: Buffer, from: number, at: number): SplitLine => {
    const length = at > from && chunk[at - 1] === carriageReturn ? at - from - 1 : at - from;
    if (length > maxLineBytes) return finishWith(chunk.subarray(from, at));
    const offset = start;
    start += at - from + 1;
    const text = chunk.toString('utf8', from, from + length);
    return { kind: 'whole', stream, text, offset, length, end: start };
  };

  /** The line that ends before a newline, with `tail` as its last bytes. */
  const finishWith = (tail: Buffer): SplitLine => {
    if (size > 0) {
      keep(tail);
      return finish(parts.length === 1 ? (parts[0] ?? tail) : Buffer.concat(parts), true);
    }
    size = tail.length;
    lastByte = tail.at(-1) ?? 0;
    return finish(tail, true);
  };

  return {
    push(chunk) {
      const lines: SplitLine[] = [];
      let from = 0;
      for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
        lines.push(size === 0 ? lineIn(chunk, from, at) : finishWith(chunk.subarray(from, at)));
        from = at + 1;
      }
      if (from < chunk.length) keep(chunk.subarray(from));
      return lines;
    },
    end: () => (size === 0 ? null : finish(Buffer.concat(parts), false)),
    offset: () => start,
  };
};

/** Where to cut so that at most `headBytes` stay and no character is cut. */
const headEnd = (bytes: Buffer): number => {
  let end = Math.min(headBytes, bytes.length);
  if (end === bytes.length) return end;
  while (end > headBytes - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
};
