import { scanHistory } from './scan.ts';

/**
 * Gives what tells whether a folder of Claude Code's history has anything new since it was asked last, by the sizes and times of
 * its files: no engine is needed for that. Always true at first.
 */
export const createChanges = (folder: string): (() => boolean) => {
  const sessions = new Map<string, string>();
  let before: ReadonlyMap<string, string> = new Map([['', 'nothing was looked at']]);
  return () => {
    const found = scanHistory(folder, sessions);
    const now = new Map<string, string>();
    for (const { sessionId, files } of found.sessions) {
      for (const { path, size, modifiedAt } of files) {
        sessions.set(path, sessionId);
        now.set(path, `${String(size)} ${String(modifiedAt)}`);
      }
    }
    const isSame = now.size === before.size && [...now].every(([path, was]) => before.get(path) === was);
    before = now;
    return !isSame;
  };
};
