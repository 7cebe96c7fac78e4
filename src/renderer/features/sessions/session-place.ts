import { createStore } from 'zustand/vanilla';
import type { OrchestrationState } from '../../../shared/domain/orchestration.ts';
import { newestFirst, type SessionSort } from '../../data/session-list.ts';

type SessionPlace = {
  /** One text for both: the list of sessions, and the search in what was said. */
  readonly search: string;
  readonly states: readonly OrchestrationState[];
  readonly sort: SessionSort;
};

/** What was looked for last: it is there again when one comes back. */
export const sessionPlace = createStore<SessionPlace>(() => ({ search: '', states: [], sort: newestFirst }));

/** Shows everything again, in the order that was chosen. */
export const clearFilters = (): void => {
  sessionPlace.setState({ search: '', states: [] });
};
