import { stat } from 'node:fs/promises';
import type { HistoryProgress } from '../../../shared/contract/history.ts';
import { failureError, failureOf } from '../../../shared/domain/failure.ts';
import { instantOf } from '../../../shared/domain/ids.ts';
import type { Store } from '../../engine/store-ports.ts';
import type { HistoryRows } from '../../store/commits/history-rows.ts';
import { knownHistory, planImport, type ImportPlan, type PlannedSession } from './import-plan.ts';
import { importSession, type ImportTools, type PartDone, type SessionImport } from './import-session.ts';

export type ImportOptions = ImportTools & {
  readonly folder: string;
  /** To put what turned out to be a run of ours out of the lists. */
  readonly engineStore: Pick<Store, 'commit' | 'orchestration'>;
  readonly signal: AbortSignal;
  /** Sessions that are not to be taken in yet. */
  readonly isTooYoung: (sessionId: string) => boolean;
  readonly onProgress: (progress: HistoryProgress) => void;
};

const mostProblems = 20;
/** Sessions that are read before it is their turn, for each thread: while a long one is kept, part by part, nobody waits. */
const readAheadEach = 6;

/** Counts what an import comes to, and tells of it. */
const createReport = ({ folder, now, onProgress }: ImportOptions) => {
  const begun = now();
  let progress: HistoryProgress = {
    ...{ state: 'looking', folder, files: 0, bytes: 0, newFiles: 0, newBytes: 0, readBytes: 0 },
    ...{ sessionsAdded: 0, sessionsGrown: 0, sessionsOurs: 0, sessionsLeftOut: 0, brokenLines: 0 },
    ...{ problems: [], elapsedMs: 0 },
  };
  const change = (changes: Partial<HistoryProgress>): void => {
    progress = { ...progress, ...changes, elapsedMs: now() - begun };
    onProgress(progress);
  };
  return {
    change,
    current: () => progress,
    found: ({ files, bytes, newFiles, newBytes, ours, gone }: ImportPlan): void => {
      change({
        state: 'reading',
        files,
        bytes,
        newFiles,
        newBytes,
        sessionsOurs: ours,
        sessionsLeftOut: gone,
      });
    },
    failed: (path: string, error: unknown): void => {
      const { message } = failureOf(error, 'history.unreadable');
      change({ problems: [...progress.problems, { path, message }].slice(0, mostProblems) });
    },
  };
};
type Report = ReturnType<typeof createReport>;

/** Counts a session once, however many parts it has. */
const sessionReport = (report: Report): ((done: PartDone) => void) => {
  let isCounted = false;
  return ({ bytes, brokenLines, outcome }) => {
    const {
      readBytes,
      brokenLines: broken,
      sessionsAdded,
      sessionsGrown,
      sessionsLeftOut,
      sessionsOurs,
    } = report.current();
    const once = isCounted ? 0 : 1;
    isCounted = true;
    report.change({
      readBytes: readBytes + bytes,
      brokenLines: broken + brokenLines,
      ...(outcome === 'added' && { sessionsAdded: sessionsAdded + once }),
      ...(outcome === 'grown' && once === 1 && bytes > 0 && { sessionsGrown: sessionsGrown + 1 }),
      ...(outcome === 'empty' && { sessionsLeftOut: sessionsLeftOut + once }),
      ...(outcome === 'ours' && { sessionsOurs: sessionsOurs + 0 }),
    });
  };
};

/** What was taken in before our own run of it was on record: it goes out of the lists, as what is deleted does. */
const dropOurs = async (rows: HistoryRows, { engineStore, now }: ImportOptions): Promise<void> => {
  const ours = new Set(rows.ours);
  for (const { sessionId, orchestrationId, isGone } of rows.sessions) {
    if (isGone || orchestrationId === null || !ours.has(sessionId)) continue;
    const stored = await engineStore.orchestration(orchestrationId);
    if (stored?.orchestration.deletedAt !== null) continue;
    const gone = { ...stored.orchestration, deletedAt: instantOf(now()) };
    const nothing = { events: [], created: [], instances: [], attempts: [], specs: [], records: [] };
    await engineStore.commit({ ...nothing, orchestrations: [gone] });
  }
};

/** Reads some sessions ahead, and keeps them one after the other, so that what they share is counted where it came first. */
const takeIn = async (
  sessions: readonly PlannedSession[],
  start: (planned: PlannedSession) => SessionImport,
  { signal, threads }: ImportOptions,
  report: Report,
): Promise<void> => {
  type Ahead = {
    readonly planned: PlannedSession;
    readonly session: SessionImport;
    readonly begun: Promise<{ readonly ok: true } | { readonly ok: false; readonly error: unknown }>;
  };
  const ahead: Ahead[] = [];
  const rest = sessions.values();
  const readAhead = (): void => {
    while (ahead.length < readAheadEach * threads.count && !signal.aborted) {
      const next = rest.next();
      if (next.done === true) return;
      const session = start(next.value);
      // An error is told when it is its turn.
      const begun = session.begin().then(
        () => ({ ok: true }) as const,
        (error: unknown) => ({ ok: false, error }) as const,
      );
      ahead.push({ planned: next.value, session, begun });
    }
  };
  const keep = async ({ planned, session, begun }: Ahead): Promise<void> => {
    const first = await begun;
    readAhead();
    try {
      if (!first.ok) throw first.error;
      await session.finish(sessionReport(report), () => signal.aborted);
    } catch (error) {
      if (isOfStore(error)) throw error;
      report.failed(planned.found.files[0]?.path ?? planned.found.project, error);
    }
  };
  readAhead();
  for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
    if (signal.aborted) await next.begun;
    else await keep(next);
  }
};

/** A store that fails ends the import; a file that cannot be read does not. */
const isOfStore = (error: unknown): boolean =>
  failureOf(error, 'history.unreadable').code.startsWith('store.');

const checkFolder = async (folder: string): Promise<void> => {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return;
  throw failureError(
    'history.no_folder',
    `There is no folder ${folder}: Claude Code keeps its history in ~/.claude/projects unless CLAUDE_CONFIG_DIR says otherwise.`,
  );
};

/**
 * Takes in what is new in a folder of Claude Code's history. Only reads there. What it tells of as added is durable; it may be killed
 * or cancelled at any moment, and the next one goes on where it was. @throws FailureError `history.no_folder`, `store.…`
 */
export const runImport = async (options: ImportOptions): Promise<HistoryProgress> => {
  const { folder, store, threads, now, isTooYoung } = options;
  const report = createReport(options);
  report.change({});
  await checkFolder(folder);
  const rows = await store.rows();
  await dropOurs(rows, options);
  const sessionOf = new Map(rows.files.map(({ path, sessionId }) => [path, sessionId]));
  const found = await threads.ask({ kind: 'scan', folder, known: sessionOf });
  for (const { path, message } of found.problems) report.failed(path, new Error(message));
  const known = knownHistory(rows);
  const plan = planImport(found, known, now());
  report.found(plan);
  const due = plan.sessions.filter(
    ({ found: { sessionId }, mode }) => mode !== 'first' || !isTooYoung(sessionId),
  );
  await takeIn(due, (planned) => importSession(planned, known.files, options), options, report);
  report.change({ state: 'done' });
  return report.current();
};
