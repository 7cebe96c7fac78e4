import { createStore, type StoreApi } from 'zustand/vanilla';
import type { QueryProblem, SearchHit } from '../../shared/contract/search.ts';
import { failureOf, type Failure } from '../../shared/domain/failure.ts';
import type { Connection } from './connection.ts';
import { ownTimeZone } from './time-zone.ts';

const PAGE = 50;

export type EventSearchState = {
  readonly query: string;
  /** `idle`: nothing is asked for; `loading`: the first page is on its way; `more`: a further one is. */
  readonly status: 'idle' | 'loading' | 'more' | 'ready' | 'failed';
  readonly failure: Failure | null;
  readonly hits: readonly SearchHit[];
  readonly nextCursor: string | null;
  /** How many events are stored and not yet in the index. */
  readonly pending: number;
  readonly problems: readonly QueryProblem[];
};

export type EventSearch = {
  readonly store: StoreApi<EventSearchState>;
  /** Asks for something else; what is shown stays until the answer is here. Blanks only: nothing is asked for, and what is shown already neither. */
  readonly setQuery: (query: string) => void;
  readonly loadMore: () => void;
  readonly reload: () => void;
};

const nothing: EventSearchState = {
  query: '',
  status: 'idle',
  failure: null,
  hits: [],
  nextCursor: null,
  pending: 0,
  problems: [],
};

/** Finds events of all sessions, page by page. An answer to an older query than the current one is dropped. */
export const createEventSearch = (connection: Connection): EventSearch => {
  const store = createStore<EventSearchState>(() => nothing);
  let asking = 0;

  const ask = async (cursor: string | null): Promise<void> => {
    asking += 1;
    const mine = asking;
    const { query } = store.getState();
    store.setState({ status: cursor === null ? 'loading' : 'more', failure: null });
    try {
      const page = await connection.request((client) =>
        client.search.events({
          query,
          limit: PAGE,
          timeZone: ownTimeZone(),
          ...(cursor === null ? {} : { cursor }),
        }),
      );
      if (mine !== asking) return;
      const old = cursor === null ? [] : store.getState().hits;
      const { nextCursor, pending, problems } = page;
      store.setState({ status: 'ready', hits: [...old, ...page.hits], nextCursor, pending, problems });
    } catch (error) {
      if (mine === asking) store.setState({ status: 'failed', failure: failureOf(error, 'console.error') });
    }
  };

  return {
    store,
    setQuery: (query) => {
      if (query.trim() === '') {
        asking += 1;
        store.setState({ ...nothing, query });
        return;
      }
      const { query: before, status } = store.getState();
      if (query === before && status === 'ready') return;
      store.setState({ query });
      void ask(null);
    },
    loadMore: () => {
      const { status, nextCursor } = store.getState();
      if (nextCursor !== null && status === 'ready') void ask(nextCursor);
    },
    reload: () => {
      if (store.getState().query.trim() !== '') void ask(null);
    },
  };
};
