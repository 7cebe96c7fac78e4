import { join, sep } from 'node:path';
import type { HistoryFileRow, HistoryRows } from '../../store/commits/history-rows.ts';
import type { Found, FoundFile, FoundSession } from './scan.ts';
import type { JobFile } from './session-reading.ts';

/** Nobody has written to a file for so long: its last line will get no end. */
const quietAfterMs = 600_000;

/**
 * A session with something new. `mode` says what becomes of it: only its messages are noted of one that is `ours`, and one that was
 * `moved` to another folder is read anew there.
 */
export type PlannedSession = {
  readonly found: FoundSession;
  readonly mode: 'first' | 'grown' | 'moved' | 'ours';
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
  /** The folder of the project of each session that was taken in. */
  readonly taken: ReadonlyMap<string, string>;
  readonly gone: ReadonlySet<string>;
  readonly ours: ReadonlySet<string>;
};

export const knownHistory = ({ files, sessions, ours }: HistoryRows): KnownHistory => ({
  files: new Map(files.map((file) => [file.path, file])),
  taken: new Map(sessions.filter(({ isGone }) => !isGone).map((one) => [one.sessionId, one.project])),
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

const modeOf = ({ sessionId, project }: FoundSession, known: KnownHistory): PlannedSession['mode'] => {
  if (known.ours.has(sessionId)) return 'ours';
  const takenFrom = known.taken.get(sessionId);
  if (takenFrom === undefined) return 'first';
  return takenFrom === project ? 'grown' : 'moved';
};

/** Where each session is read: in the folder it was taken in from, while it is there; else where it was found first. */
const homesOf = ({ sessions }: Found, { taken }: KnownHistory): ReadonlyMap<string, string> => {
  const homes = new Map<string, string>();
  for (const { sessionId, project } of sessions) {
    if (!homes.has(sessionId) || taken.get(sessionId) === project) homes.set(sessionId, project);
  }
  return homes;
};

/** A copy in another folder that has less than what was read takes nothing away. */
const isLess = ({ sessionId, files }: FoundSession, known: KnownHistory): boolean => {
  const from = join(known.taken.get(sessionId) ?? '', sep);
  const rows = [...known.files.values()].filter(
    (row) => row.sessionId === sessionId && row.path.startsWith(from),
  );
  const read = rows.reduce((sum, { readTo }) => sum + readTo, 0);
  return files.reduce((sum, { size }) => sum + size, 0) < read;
};

/**
 * What there is to do: the sessions with files that are new or have changed since they were read, in the order found. The same
 * session in two folders counts once, where it was taken in from. Those deleted here are left alone for ever.
 */
export const planImport = (found: Found, known: KnownHistory, now: number): ImportPlan => {
  const sessions: PlannedSession[] = [];
  const homes = homesOf(found, known);
  const sum = { files: 0, bytes: 0, newFiles: 0, newBytes: 0, ours: 0, gone: 0 };
  for (const session of found.sessions) {
    const { sessionId, files } = session;
    sum.files += files.length;
    sum.bytes += files.reduce((bytes, { size }) => bytes + size, 0);
    if (homes.get(sessionId) !== session.project) continue;
    const mode = modeOf(session, known);
    if (mode === 'ours') sum.ours += 1;
    if (known.gone.has(sessionId)) {
      sum.gone += 1;
      continue;
    }
    const news = files.map((file) => newBytesOf(file, known.files.get(file.path), now));
    const newBytes = news.reduce((bytes, one) => bytes + one, 0);
    if (newBytes === 0 && !isOther(session, known)) continue;
    if (mode === 'moved' && isLess(session, known)) continue;
    sum.newFiles += news.filter((bytes) => bytes > 0).length;
    sum.newBytes += newBytes;
    sessions.push({ found: session, mode, newBytes });
  }
  return { sessions, ...sum };
};

/** An empty file is looked at once; nothing else comes of it. */
const isOther = ({ files }: FoundSession, known: KnownHistory): boolean =>
  files.some(({ path }) => !known.files.has(path));
