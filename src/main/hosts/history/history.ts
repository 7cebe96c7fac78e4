import { homedir } from 'node:os';
import { join } from 'node:path';
import { failureError } from '../../../shared/domain/failure.ts';
import type { HistoryStatus } from '../../../shared/contract/history.ts';
import type { HistorySource } from '../../api/history-routes.ts';

/** Where Claude Code keeps its own history. */
export const claudeHistoryFolder = (): string =>
  join(process.env['CLAUDE_CONFIG_DIR'] || join(homedir(), '.claude'), 'projects');

/** Claude Code's own history, taken in. */
export const createHistory = (): HistorySource => {
  const status = async (): Promise<HistoryStatus> => ({
    folder: claudeHistoryFolder(),
    sessions: 0,
    files: 0,
    bytes: 0,
    following: false,
    lastAt: null,
    importing: null,
  });
  return {
    status,
     
    async *import () {
      throw failureError(
        'history.unavailable',
        'This version cannot take in the history of Claude Code yet.',
      );
    },
    follow: status,
  };
};
