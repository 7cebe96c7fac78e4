import type { HistoryAgent } from '../../claude/history/history-fold.ts';
import { readHistoryBytes } from '../../claude/history/history-bytes.ts';
import { readHistoryLine, type ReadLine } from '../../claude/history/history-line.ts';
import { createTranscriptReader } from './transcript-reader.ts';

/** A file of a session, its transcript or one of a subagent; what is before `from` was read. */
export type SessionFile = {
  readonly path: string;
  readonly from: number;
  readonly agent: HistoryAgent | null;
  /** True when nobody has written to it for a while: then a last line without a newline is taken as it is. */
  readonly isQuiet: boolean;
};

/** A line in its turn. */
export type SessionLine = {
  readonly file: number;
  readonly kind: 'whole' | 'overlong';
  /** Its begin, where it is kept as it came. */
  readonly text: string;
  readonly read: ReadLine;
  readonly bytes: Buffer;
  /** Where the next line of its file begins. */
  readonly end: number;
};

type Source = {
  readonly next: () => SessionLine | null;
  readonly close: () => void;
  head: SessionLine | null;
  order: string;
};

const maxLineBytes = 16 * 1024 * 1024;
/** More than is kept of a raw line, in whatever characters. */
const headBytes = 8192;

const overlong: ReadLine = { at: null, line: { kind: 'unknown' } };
const isKeptRaw = ({ line }: ReadLine): boolean => line.kind === 'unknown' || line.kind === 'broken';

const lineOf = (
  file: number,
  { bytes, end, isWhole }: { readonly bytes: Buffer; readonly end: number; readonly isWhole: boolean },
  isQuiet: boolean,
): SessionLine | null => {
  const isLong = bytes.length > maxLineBytes;
  const kind = isLong ? 'overlong' : 'whole';
  // Of what may have been cut nothing is passed over.
  const readWhole = (): ReadLine =>
    isWhole ? readHistoryBytes(bytes) : readHistoryLine(bytes.toString('utf8'));
  const read = isLong ? overlong : readWhole();
  // What is no whole line yet may become one, unless it can be read already.
  if (!isWhole && !isQuiet && (isLong || read.line.kind === 'broken')) return null;
  const text = isKeptRaw(read) ? bytes.toString('utf8', 0, headBytes) : '';
  return { file, kind, text, read, bytes, end };
};

const openSource = ({ path, from, isQuiet }: SessionFile, file: number): Source => {
  const reader = createTranscriptReader(path, from);
  const next = (): SessionLine | null => {
    const line = reader.next();
    const read = line === null ? null : lineOf(file, line, isQuiet);
    if (read === null) reader.close();
    return read;
  };
  const head = next();
  const close = (): void => {
    reader.close();
  };
  return { next, close, head, order: head?.read.at ?? '' };
};

const advance = (source: Source): void => {
  source.head = source.next();
  source.order = source.head?.read.at ?? source.order;
};

/** The source whose line is the oldest, the first of the list among equals; and the time from which on another one is. */
const oldestOf = (sources: readonly Source[]): { readonly oldest: Source; readonly until: string } | null => {
  let oldest: Source | null = null;
  let until = '\uffff';
  for (const source of sources) {
    if (source.head === null) continue;
    if (oldest === null) oldest = source;
    else if (source.order < oldest.order) {
      until = oldest.order;
      oldest = source;
    } else if (source.order < until) until = source.order;
  }
  return oldest === null ? null : { oldest, until };
};

/**
 * The lines of a session's files as one stream: each file's in its order, and those of subagents among those of the transcript by
 * their times. Lines without a time go with the one before. A line's bytes are good until the next is asked for.
 */
export function* sessionLines(files: readonly SessionFile[]): Generator<SessionLine, void> {
  const sources = files.map(openSource);
  try {
    for (let turn = oldestOf(sources); turn !== null; turn = oldestOf(sources)) {
      const { oldest, until } = turn;
      do {
        if (oldest.head !== null) yield oldest.head;
        advance(oldest);
      } while (oldest.head !== null && oldest.order < until);
    }
  } finally {
    for (const { close } of sources) close();
  }
}
