import { watch, type FSWatcher } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { Clock, Log } from '../../engine/ports.ts';

export type FollowOptions = {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes in what is new. */
  readonly takeIn: () => Promise<unknown>;
  /** True when something is new that is not taken in yet: it is looked at again soon. */
  readonly hasYoung: () => boolean;
};

export type Following = { close(): void };

/** After a change, so that what is written together is read together. */
const settleMs = 1_000;
/** What is not told of (network drives, subagents' folders, projects that were quiet for long) is seen after so long. */
const pollMs = 60_000;
const soonMs = 5_000;
/** Looking is to take at most a twentieth of the time. */
const restFactor = 20;
const longestRestMs = 5_000;
/** So many projects are watched, those that changed last. */
const mostWatched = 128;

const projectsOf = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  const dated = await Promise.all(
    folders.map(async (path) => ({ path, at: (await stat(path).catch(() => null))?.mtimeMs ?? 0 })),
  );
  return dated
    .toSorted((a, b) => b.at - a.at)
    .slice(0, mostWatched)
    .map(({ path }) => path);
};

/** The folders that are watched. */
const createWatches = (onChange: () => void, log: Log) => {
  const watchers = new Map<string, FSWatcher>();
  const unwatch = (path: string): void => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  const add = (path: string): void => {
    if (watchers.has(path)) return;
    try {
      const watcher = watch(path, { persistent: false }, onChange);
      // Then it is looked at once a minute, as everything is.
      watcher.on('error', () => {
        unwatch(path);
      });
      watchers.set(path, watcher);
    } catch (error) {
      log.warn('a folder of the history of Claude Code cannot be watched: it is looked at once a minute', {
        ...{ path, error },
      });
    }
  };
  return {
    set: (wanted: readonly string[]): void => {
      for (const path of [...watchers.keys()]) if (!wanted.includes(path)) unwatch(path);
      for (const path of wanted) add(path);
    },
  };
};

const isAbsent = (error: unknown): boolean =>
  failureOf(error, 'history.unreadable').code === 'history.no_folder' ||
  (error instanceof Error && 'code' in error && error.code === 'ENOENT');

/** Takes in what is new in a folder of Claude Code's history as it comes: it is watched, and looked at once a minute. */
export const followFolder = ({ folder, clock, log, takeIn, hasYoung }: FollowOptions): Following => {
  /** What is planned: when, by the monotonic clock, and how to cancel it. */
  const next = { at: Number.POSITIVE_INFINITY, earliest: 0, cancel: (): void => undefined };
  const state = { isLooking: false, isClosed: false, hasChanged: false };
  const watches = createWatches(() => {
    state.hasChanged = true;
    plan(settleMs);
  }, log);

  const changed = (): boolean => state.hasChanged;
  const plan = (delayMs: number): void => {
    const at = Math.max(clock.monotonic() + delayMs, next.earliest);
    if (state.isClosed || state.isLooking || at >= next.at) return;
    next.cancel();
    next.at = at;
    next.cancel = clock.after(Math.max(0, at - clock.monotonic()), () => void look());
  };
  const lookOnce = async (): Promise<void> => {
    try {
      const projects = await projectsOf(folder);
      if (state.isClosed) return;
      watches.set([folder, ...projects]);
      await takeIn();
    } catch (error) {
      // Nobody has worked with Claude Code here yet.
      if (!isAbsent(error)) log.error('the history of Claude Code could not be looked at', error);
    }
  };
  const look = async (): Promise<void> => {
    state.isLooking = true;
    state.hasChanged = false;
    next.at = Number.POSITIVE_INFINITY;
    const begun = clock.monotonic();
    await lookOnce();
    const now = clock.monotonic();
    next.earliest = now + Math.min(restFactor * (now - begun), longestRestMs);
    state.isLooking = false;
    const usual = hasYoung() ? soonMs : pollMs;
    plan(changed() ? settleMs : usual);
  };
  plan(0);
  return {
    close: () => {
      state.isClosed = true;
      next.cancel();
      watches.set([]);
    },
  };
};
