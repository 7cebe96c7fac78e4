import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Clock } from '../../engine/ports.ts';

/** Tells readers that their file has grown: one watch on the spool's folder, shared by all who read in it. */
export interface SpoolWatch {
  /** Calls `changed` at each change of the file until the answer is called. */
  onChange(file: string, changed: () => void): () => void;
  close(): void;
}

const longestRestMs = 100;

/**
 * Tells of changed files in beats, the first at once. The rest after each is as many milliseconds as there were files in
 * it: one alone is told of as it grows, and fifty together cost about a thousand looks a second, however much they print.
 */
export const createBeats = (clock: Clock, tell: (name: string) => void): ((name: string) => void) => {
  const changed = new Set<string>();
  let isResting = false;
  const beat = (): void => {
    const names = [...changed];
    changed.clear();
    isResting = names.length > 0;
    if (isResting) clock.after(Math.min(longestRestMs, names.length), beat);
    for (const name of names) tell(name);
  };
  return (name) => {
    changed.add(name);
    if (!isResting) beat();
  };
};

/**
 * Watches a folder. Where the system gives no watch (limits, network drives), `onError` is told and readers live by
 * their poll alone.
 */
export const openSpoolWatch = (
  folder: string,
  clock: Clock,
  onError: (error: unknown) => void,
): SpoolWatch => {
  const listeners = new Map<string, Set<() => void>>();
  const home = resolve(folder);
  const changed = createBeats(clock, (name) => listeners.get(name)?.forEach((listener) => listener()));
  const start = (): { close(): void } => {
    try {
      const watcher = watch(home, { persistent: false }, (_kind, name) => {
        if (name !== null && listeners.has(name)) changed(name);
      });
      watcher.on('error', onError);
      return watcher;
    } catch (error) {
      onError(error);
      return { close: () => undefined };
    }
  };
  const watcher = start();

  return {
    onChange(file, changed) {
      if (dirname(resolve(file)) !== home) return () => undefined;
      const name = basename(file);
      const own = listeners.get(name) ?? new Set();
      listeners.set(name, own.add(changed));
      return () => {
        own.delete(changed);
        if (own.size === 0 && listeners.get(name) === own) listeners.delete(name);
      };
    },
    close: () => watcher.close(),
  };
};
