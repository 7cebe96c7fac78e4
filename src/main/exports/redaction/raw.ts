import type { StreamName } from '../archive/raw.ts';
import { createKeyFilter } from './key-lines.ts';
import type { Redactor, Tally } from './redactor.ts';

/** Shorter than any secret, so that a line without its secrets is no longer than it was. */
export const rawMark = '***';

const newline = 10;
const space = 0x20;

/** Lines beyond this are not looked at, and blanked. */
const longestLine = 64 * 1024 * 1024;

const fitted = (text: string, length: number): Buffer => {
  const bytes = Buffer.from(text, 'utf8');
  const line = Buffer.alloc(length, space);
  if (bytes.length <= length) bytes.copy(line);
  return line;
};

/** What may be written in escapes and is a letter of a secret all the same. */
const escapes = /\\(?:u00[2-7]|\/)/i;

const isPartial = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'stream_event';

/**
 * Takes secrets out of what an attempt printed, and keeps every line at its place: each has as many bytes as before, with spaces
 * behind what is left of it, so that the offsets of events hold. Pieces of messages while they stream are blanked, for
 * a secret may lie across several; their messages come whole in a line of their own.
 */
export const createRawRedaction = (stream: StreamName, redactor: Redactor, tally: Tally) => {
  const isKey = createKeyFilter(tally);
  /** What is written in another way than we would may say something twice, or in escapes: that has to be innocent, too. */
  const isSame = (text: string, written: string, redacted: string): boolean =>
    redacted === written && (text === written || (!text.includes('\\u') && redactor.text(text) === text));
  /** Said without parsing it, as nearly all lines are. */
  const isInnocent = (text: string): boolean =>
    text.startsWith('{') &&
    text.endsWith('}') &&
    !text.includes('stream_event') &&
    !escapes.test(text) &&
    !redactor.isSuspect(text);
  const redactedLine = (bytes: Buffer): Buffer => {
    const text = bytes.toString('utf8');
    if (stream === 'stdout') {
      if (isInnocent(text)) return bytes;
      try {
        const value: unknown = JSON.parse(text);
        if (isPartial(value)) return Buffer.alloc(bytes.length, space);
        const redacted = JSON.stringify(redactor.value(value));
        return isSame(text, JSON.stringify(value), redacted) ? bytes : fitted(redacted, bytes.length);
      } catch {
        // A broken line, or one of another program: a text like those of stderr.
      }
    }
    if (isKey(text)) return Buffer.alloc(bytes.length, space);
    const redacted = redactor.text(text);
    return redacted === text ? bytes : fitted(redacted, bytes.length);
  };
  return async function* (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    let waiting: Buffer = Buffer.alloc(0);
    for await (const piece of pieces) {
      waiting = waiting.length === 0 ? Buffer.from(piece) : Buffer.concat([waiting, piece]);
      // As large as what came: whoever puts pieces together copies what waits with each of them.
      const lines: Buffer[] = [];
      let from = 0;
      for (let end = waiting.indexOf(newline); end >= 0; end = waiting.indexOf(newline, from)) {
        lines.push(redactedLine(waiting.subarray(from, end)), waiting.subarray(end, end + 1));
        from = end + 1;
      }
      if (lines.length > 0) yield Buffer.concat(lines);
      waiting = waiting.subarray(from);
      if (waiting.length <= longestLine) continue;
      yield Buffer.alloc(waiting.length, space);
      waiting = Buffer.alloc(0);
    }
    if (waiting.length > 0) yield redactedLine(waiting);
  };
};
