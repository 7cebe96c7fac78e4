import type { HistoryFileRow, HistoryRows } from '../../store/commits/history-rows.ts';
import type { Found, FoundFile, FoundSession } from './scan.ts';
import type { JobFile } from './session-reading.ts';

/** Nobody has written to a file for so long: its last line will get no end. */
const quietAfterMs = 600_000;

/** A session with something new. `mode` says what becomes of it: only its messages are noted of one that is `ours`. */
export type PlannedSession = {
  readonly found: FoundSession;
  readonly mode: 'first' | 'grown' | 'ours';
  readonly newBytes: number;
};

export type ImportPlan = {
  readonly sessions: readonly PlannedSession[];
  readonly files: number;
  readonly bytes: number;
  readonly newFiles: number;
  readonly newBytes: number;
  /** Sessions that are left as they are: of our own runs, and those deleted here. */
  readonly ours: number;
  readonly gone: number;
};

/** What was read of the history, to look up. */
export type KnownHistory = {
  readonly files: ReadonlyMap<string, HistoryFileRow>;
  readonly taken: ReadonlySet<string>;
  readonly gone: ReadonlySet<string>;
  readonly ours: ReadonlySet<string>;
};

export const knownHistory = ({ files, sessions, ours }: HistoryRows): KnownHistory => ({
  files: new Map(files.map((file) => [file.path, file])),
  taken: new Set(sessions.filter(({ isGone }) => !isGone).map(({ sessionId }) => sessionId)),
  gone: new Set(sessions.filter(({ isGone }) => isGone).map(({ sessionId }) => sessionId)),
  ours: new Set(ours),
});

const isQuiet = ({ modifiedAt }: FoundFile, now: number): boolean => now - modifiedAt > quietAfterMs;

/** How many bytes of a file are to be read; 0 for one that is as it was. */
const newBytesOf = (file: FoundFile, row: HistoryFileRow | undefined, now: number): number => {
  if (row === undefined) return file.size;
  const isSame = row.size === file.size && row.modifiedAt === file.modifiedAt;
  if (isSame && (row.readTo >= file.size || row.state === 'empty' || !isQuiet(file, now))) return 0;
  return file.size >= row.readTo ? Math.max(1, file.size - row.readTo) : file.size;
};

/** The files of a session to read on from where they were read to, or from their begin. */
export const jobFiles = (
  { files }: FoundSession,
  known: KnownHistory['files'],
  options: { readonly isAnew: boolean; readonly now: number },
): readonly JobFile[] =>
  files.map((file) => {
    const row = options.isAnew ? undefined : known.get(file.path);
    return {
      path: file.path,
      from: row?.readTo ?? 0,
      head: row?.head ?? null,
      agentId: file.agentId,
      isQuiet: isQuiet(file, options.now),
    };
  });

const modeOf = ({ sessionId }: FoundSession, known: KnownHistory): PlannedSession['mode'] => {
  if (known.ours.has(sessionId)) return 'ours';
  return known.taken.has(sessionId) ? 'grown' : 'first';
};

/**
 * What there is to do: the sessions with files that are new or have changed since they were read, in the order found. The same
 * session in two folders counts once, where it was found first. Those deleted here are left alone for ever.
 */
export const planImport = (found: Found, known: KnownHistory, now: number): ImportPlan => {
  const sessions: PlannedSession[] = [];
  const seen = new Set<string>();
  const sum = { files: 0, bytes: 0, newFiles: 0, newBytes: 0, ours: 0, gone: 0 };
  for (const session of found.sessions) {
    const { sessionId, files } = session;
    sum.files += files.length;
    sum.bytes += files.reduce((bytes, { size }) => bytes + size, 0);
    if (seen.has(sessionId)) continue;
    seen.add(sessionId);
    const mode = modeOf(session, known);
    if (mode === 'ours') sum.ours += 1;
    if (known.gone.has(sessionId)) {
      sum.gone += 1;
      continue;
    }
    const news = files.map((file) => newBytesOf(file, known.files.get(file.path), now));
    const newBytes = news.reduce((bytes, one) => bytes + one, 0);
    if (newBytes === 0 && !isOther(session, known)) continue;
    sum.newFiles += news.filter((bytes) => bytes > 0).length;
    sum.newBytes += newBytes;
    sessions.push({ found: session, mode, newBytes });
  }
  return { sessions, ...sum };
};

/** An empty file is looked at once; nothing else comes of it. */
const isOther = ({ files }: FoundSession, known: KnownHistory): boolean =>
  files.some(({ path }) => !known.files.has(path));
