import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Tells readers that their file has grown: one watch on the spool's folder, shared by all who read in it. */
export interface SpoolWatch {
  /** Calls `changed` at each change of the file until the answer is called. */
  onChange(file: string, changed: () => void): () => void;
  close(): void;
}

/**
 * Watches a folder. Where the system gives no watch (limits, network drives), `onError` is told and readers live by
 * their poll alone.
 */
export const openSpoolWatch = (folder: string, onError: (error: unknown) => void): SpoolWatch => {
  const listeners = new Map<string, Set<() => void>>();
  const home = resolve(folder);
  const tell = (name: string): void => listeners.get(name)?.forEach((listener) => listener());
  const start = (): { close(): void } => {
    try {
      const watcher = watch(home, { persistent: false }, (_kind, name) => {
        if (name !== null) tell(name);
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
