import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import type { HistoryProgress, HistoryStatus } from '../../../shared/contract/history.ts';
import { failureError } from '../../../shared/domain/failure.ts';
import { instantOf, type Instant } from '../../../shared/domain/ids.ts';
import type { HistorySource } from '../../api/history-routes.ts';
import type { PriceTable } from '../../claude/stream/price-table.ts';
import type { Clock, Log } from '../../engine/ports.ts';
import type { OpenedStore } from '../../store/store.ts';
import { startRun, type ImportRun } from './import-run.ts';
import { runImport } from './importer.ts';
import { followFolder, type Following } from './follow.ts';
import { createReadingThreads } from './reading-threads.ts';
import { createSeenMessages } from './seen-messages.ts';

export type HistoryOptions = {
  readonly store: OpenedStore;
  readonly prices: PriceTable;
  readonly clock: Clock;
  readonly log: Log;
  readonly owner: string;
  readonly spoolFolder: string;
  /** Where Claude Code keeps its history. */
  readonly folder: string;
  /** Whether to follow it where nobody has said anything about that yet. */
  readonly follows: boolean;
};

/** The history, and what ends its work. */
export type History = HistorySource & {
  /** Goes on following where it was asked for. */
  begin(): Promise<void>;
  close(): Promise<void>;
};

/** Where Claude Code keeps its own history on this machine. */
export const claudeHistoryFolder = (): string =>
  join(process.env['CLAUDE_CONFIG_DIR'] || join(homedir(), '.claude'), 'projects');

/** A session that is new is looked at so long before it is taken in while following: it may turn out to be a run of ours. */
const youngMs = 5_000;

const mostThreads = 4;

/** Imports, one at a time. */
const createRuns = (options: HistoryOptions, onEnded: () => void) => {
  const { store, clock, log, folder: ownFolder } = options;
  const threads = createReadingThreads(Math.min(mostThreads, Math.max(1, availableParallelism())));
  const seen = createSeenMessages(store.history);
  const young = createYoung(clock);
  let run: ImportRun | null = null;

  const start = (folder: string, isOwn: boolean): ImportRun => {
    const { prices, owner, spoolFolder } = options;
    const started = startRun({
      ...{ folder, isOwn, clock },
      work: (signal, onProgress) =>
        runImport({
          ...{ store: store.history, engineStore: store, threads, seen, prices, owner, spoolFolder },
          ...{ folder, signal, onProgress, now: () => clock.now() },
          isTooYoung: isOwn ? young.isTooYoung : () => false,
        }),
    });
    run = started;
    const ended = (): void => {
      run = null;
      onEnded();
    };
    started.done.then(ended, (error: unknown) => {
      ended();
      // Who listens is told.
      if (!started.isOwn && started.hasListeners()) return;
      log.error('the history of Claude Code could not be taken in', error);
    });
    return started;
  };
  return {
    threads,
    young,
    current: () => run,
    /** An import of its own. */
    own: () => (run ?? start(ownFolder, true)).done,
    async *import(asked: string | null): AsyncGenerator<HistoryProgress, void> {
      const folder = asked ?? ownFolder;
      while (run !== null && (run.isOwn || run.isCancelled())) await run.done.catch(() => null);
      if (run !== null && run.folder !== folder) {
        throw failureError(
          'history.busy',
          `The history in ${run.folder} is being taken in at this moment. Try again when that is done.`,
        );
      }
      yield* (run ?? start(folder, false)).listen();
    },
  };
};

/** Sessions that were seen for the first time a moment ago. */
const createYoung = (clock: Clock) => {
  const firstSeen = new Map<string, number>();
  return {
    hasAny: () => firstSeen.size > 0,
    isTooYoung: (sessionId: string): boolean => {
      const since = firstSeen.get(sessionId) ?? clock.now();
      firstSeen.set(sessionId, since);
      const isYoung = clock.now() - since < youngMs;
      if (!isYoung) firstSeen.delete(sessionId);
      return isYoung;
    },
  };
};

/** Claude Code's own history, taken in when it is asked for, and followed where that is wanted. */
export const createHistory = (options: HistoryOptions): History => {
  const { store, clock, log, folder } = options;
  let following: Following | null = null;
  let lastAt: Instant | null = null;
  const runs = createRuns(options, () => {
    lastAt = instantOf(clock.now());
    if (following === null) void runs.threads.close();
  });
  const setFollowing = (on: boolean): void => {
    if (on === (following !== null)) return;
    following?.close();
    following = on
      ? followFolder({ folder, clock, log, takeIn: runs.own, hasYoung: runs.young.hasAny })
      : null;
  };
  const status = async (): Promise<HistoryStatus> => {
    const { files, sessions } = await store.history.rows();
    const read = files.filter(({ state }) => state === 'read');
    return {
      folder,
      sessions: sessions.filter(({ isGone }) => !isGone).length,
      files: read.length,
      bytes: read.reduce((sum, { readTo }) => sum + readTo, 0),
      following: following !== null,
      lastAt,
      importing: runs.current()?.progress() ?? null,
    };
  };
  return {
    status,
    import: (asked) => runs.import(asked),
    follow: async (on) => {
      const nothing = { events: [], created: [], orchestrations: [], instances: [], attempts: [], specs: [] };
      await store.commit({ ...nothing, records: [{ kind: 'history', id: 'follow', value: on }] });
      setFollowing(on);
      return status();
    },
    begin: async () => {
      const said = (await store.records('history')).find(({ id }) => id === 'follow')?.value;
      setFollowing(said === undefined ? options.follows : said === true);
    },
    close: async () => {
      following?.close();
      following = null;
      const run = runs.current();
      run?.cancel();
      await run?.done.catch(() => null);
      await runs.threads.close();
    },
  };
};
