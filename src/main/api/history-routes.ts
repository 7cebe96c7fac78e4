import type { Router } from '@orpc/server';
import type { HistoryProgress, HistoryStatus, historyContract } from '../../shared/contract/history.ts';
import { base, pieces, type Caller } from './base.ts';

/** Claude Code's own history, as the host takes it in. */
export type HistorySource = {
  readonly status: () => Promise<HistoryStatus>;
  /** Of Claude Code's own folder unless one is given. Ends early when nobody listens any more. */
  readonly import: (folder: string | null) => AsyncGenerator<HistoryProgress, void>;
  readonly follow: (on: boolean) => Promise<HistoryStatus>;
};

export const historyRoutes = (source: HistorySource): Router<typeof historyContract, Caller> => ({
  status: base.history.status.handler(() => source.status()),
  import: base.history.import.handler(({ input }) => pieces(source.import(input.folder ?? null))),
  follow: base.history.follow.handler(({ input }) => source.follow(input.on)),
});
