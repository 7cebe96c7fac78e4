import type { HistoryProgress, HistoryStatus } from '../../src/shared/contract/history.ts';

/** Claude Code's own history, of which nothing was taken in yet. */
export const fakeHistoryStatus: HistoryStatus = {
  folder: '/home/ada/.claude/projects',
  sessions: 0,
  files: 0,
  bytes: 0,
  following: false,
  lastAt: null,
  importing: null,
};

/** The end of an import that found two sessions. */
export const fakeHistoryProgress: HistoryProgress = {
  state: 'done',
  folder: fakeHistoryStatus.folder,
  files: 2,
  bytes: 4096,
  newFiles: 2,
  newBytes: 4096,
  readBytes: 4096,
  sessionsAdded: 2,
  sessionsGrown: 0,
  sessionsOurs: 0,
  sessionsLeftOut: 0,
  brokenLines: 0,
  problems: [],
  elapsedMs: 12,
};
