import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Failure } from '../../shared/domain/failure.ts';
import { failureOf } from '../../shared/domain/failure.ts';
import type { OrchestrationState, OrchestrationView } from '../../shared/domain/orchestration.ts';
import type { Connection } from './connection.ts';

const PAGE = 50;

export type SessionQuery = { readonly search: string; readonly states: readonly OrchestrationState[] };

export type SessionListState = {
  readonly query: SessionQuery;
  /** `loading`: the first page of this query is on its way; `more`: a further one is. */
  readonly status: 'loading' | 'more' | 'ready' | 'failed';
  readonly failure: Failure | null;
  readonly items: readonly OrchestrationView[];
  readonly total: number;
  readonly nextCursor: string | null;
};

export type SessionList = {
  readonly store: StoreApi<SessionListState>;
  /** Asks for another list; what is shown stays until the answer is here. */
  readonly setQuery: (query: SessionQuery) => void;
  /** Adds the next page, if there is one and none is on its way. */
  readonly loadMore: () => void;
  readonly reload: () => void;
};

/** A list of orchestrations, newest first, page by page. An answer to an older query than the current one is dropped. */
export const createSessionList = (connection: Connection, first: SessionQuery): SessionList => {
  const store = createStore<SessionListState>(() => ({
    query: first,
    status: 'loading',
    failure: null,
    items: [],
    total: 0,
    nextCursor: null,
  }));
  let asking = 0;

  const ask = async (cursor: string | null): Promise<void> => {
    asking += 1;
    const mine = asking;
    const { query } = store.getState();
    const search = query.search.trim();
    store.setState({ status: cursor === null ? 'loading' : 'more', failure: null });
    try {
      const page = await connection.request((client) =>
        client.orchestrations.list({
          limit: PAGE,
          ...(search === '' ? {} : { search }),
          ...(query.states.length === 0 ? {} : { states: [...query.states] }),
          ...(cursor === null ? {} : { cursor }),
        }),
      );
      if (mine !== asking) return;
      const old = cursor === null ? [] : store.getState().items;
      store.setState({
        status: 'ready',
        items: [...old, ...page.items],
        total: page.total,
        nextCursor: page.nextCursor,
      });
    } catch (error) {
      if (mine === asking) store.setState({ status: 'failed', failure: failureOf(error, 'console.error') });
    }
  };

  return {
    store,
    setQuery: (query) => {
      store.setState({ query });
      void ask(null);
    },
    loadMore: () => {
      const { status, nextCursor } = store.getState();
      if (nextCursor !== null && status !== 'more' && status !== 'loading') void ask(nextCursor);
    },
    reload: () => void ask(null),
  };
};
