import type { SpoolRange } from '../../../shared/domain/event.ts';
import type { AttemptId } from '../../../shared/domain/ids.ts';
import type { ArchiveLine } from './lines.ts';

export type StreamName = SpoolRange['stream'];

/** A stream of an attempt, being taken in; until `finish` it is not there. */
export type NewRaw = {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Makes what was written durable. */
  readonly ready: () => Promise<void>;
  readonly finish: () => Promise<void>;
  readonly discard: () => Promise<void>;
};

/** What attempts printed, byte for byte. */
export interface RawStreams {
  /** The bytes of a stream from the first on; null when they are gone, or were never there. */
  read(attemptId: AttemptId, stream: StreamName): Promise<AsyncIterable<Uint8Array> | null>;
  exists(attemptId: AttemptId, stream: StreamName): Promise<boolean>;
  create(attemptId: AttemptId, stream: StreamName): Promise<NewRaw>;
  /** Bytes that are free for them. */
  room(): Promise<number>;
  /** Takes away what an earlier process had begun to take in. */
  tidy(): Promise<void>;
}

type RawLine = Extract<ArchiveLine, { kind: 'raw' }>;

const mostBytes = 64 * 1024;
const newline = 10;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const lineOf = (attemptId: AttemptId, stream: StreamName, bytes: Uint8Array): RawLine => {
  const head = { kind: 'raw', attemptId, stream } as const;
  try {
    return { ...head, text: utf8.decode(bytes) };
  } catch {
    // No UTF-8: as it is, then.
    return { ...head, base64: Buffer.from(bytes).toString('base64') };
  }
};

/** Cuts a stream into lines of an archive: after a line's end where one is near, so that texts stay texts. */
export async function* rawLines(
  attemptId: AttemptId,
  stream: StreamName,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<RawLine, void> {
  let waiting = Buffer.alloc(0);
  for await (const piece of bytes) {
    waiting = waiting.length === 0 ? Buffer.from(piece) : Buffer.concat([waiting, piece]);
    while (waiting.length >= mostBytes) {
      const end = waiting.lastIndexOf(newline, mostBytes - 1) + 1;
      const length = end > 0 ? end : mostBytes;
      yield lineOf(attemptId, stream, waiting.subarray(0, length));
      waiting = waiting.subarray(length);
    }
  }
  if (waiting.length > 0) yield lineOf(attemptId, stream, waiting);
}

/** The bytes of a line. */
export const rawBytes = ({ text, base64 }: RawLine): Buffer =>
  text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8');
