import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineClient, OrchestrationList } from '../../shared/contract/contract.ts';
import type { QueryProblem } from '../../shared/contract/search.ts';
import type { Failure } from '../../shared/domain/failure.ts';
import { failureOf } from '../../shared/domain/failure.ts';
import type { OrchestrationId } from '../../shared/domain/ids.ts';
import type { OrchestrationState, OrchestrationView } from '../../shared/domain/orchestration.ts';
import type { Connection } from './connection.ts';
import { ownTimeZone } from './time-zone.ts';

const PAGE = 50;
/** As many as the engine gives at once. */
const PAGE_MOST = 200;

/** What a list can be sorted by, and which way. */
export type SessionSort = NonNullable<Parameters<EngineClient['orchestrations']['list']>[0]['sort']>;

/** Those that began last first: as they come to mind. */
export const newestFirst: SessionSort = { by: 'started', direction: 'desc' };

export type SessionQuery = {
  /** In the query language of the search. */
  readonly search: string;
  readonly states: readonly OrchestrationState[];
  /** Without it the newest are first. */
  readonly sort?: SessionSort;
};

export type SessionListState = {
  readonly query: SessionQuery;
  /** `loading`: the first page of this query is on its way; `more`: a further one is. */
  readonly status: 'loading' | 'more' | 'ready' | 'failed';
  readonly failure: Failure | null;
  readonly items: readonly OrchestrationView[];
  readonly total: number;
  readonly nextCursor: string | null;
  /** What in the query could not be understood; places are in the query as it was sent, without blanks around it. */
  readonly problems: readonly QueryProblem[];
};

export type SessionList = {
  readonly store: StoreApi<SessionListState>;
  /** Asks for another list, or for this one anew; what is shown stays until the answer is here. */
  readonly setQuery: (query: SessionQuery) => void;
  /** Adds the next page, if there is one and none is on its way. */
  readonly loadMore: () => void;
  /** Asks anew for all that is shown. */
  readonly reload: () => void;
  /** Shows sessions as they are now, where they stand. */
  readonly change: (views: readonly OrchestrationView[]) => void;
  /** Takes sessions out of what is shown. */
  readonly remove: (ids: readonly OrchestrationId[]) => void;
};

/** The same for the same list. */
export const keyOfQuery = ({ search, states, sort = newestFirst }: SessionQuery): string =>
  JSON.stringify([search.trim(), states, sort.by, sort.direction]);

/** A list of orchestrations, page by page. An answer to an older query than the current one is dropped. */
export const createSessionList = (connection: Connection, first: SessionQuery): SessionList => {
  const store = createStore<SessionListState>(() => ({
    query: first,
    status: 'loading',
    failure: null,
    items: [],
    total: 0,
    nextCursor: null,
    problems: [],
  }));
  let asking = 0;

  const pageOf = (cursor: string | null, limit: number): Promise<OrchestrationList> => {
    const { search, states, sort = newestFirst } = store.getState().query;
    return connection.request((client) =>
      client.orchestrations.list({
        limit: Math.min(PAGE_MOST, Math.max(PAGE, limit)),
        sort,
        timeZone: ownTimeZone(),
        ...(search.trim() === '' ? {} : { search }),
        ...(states.length === 0 ? {} : { states: [...states] }),
        ...(cursor === null ? {} : { cursor }),
      }),
    );
  };

  /** From a cursor on, or from the beginning until so many are there. */
  const ask = async (cursor: string | null, wanted = PAGE): Promise<void> => {
    asking += 1;
    const mine = asking;
    store.setState({ status: cursor === null ? 'loading' : 'more', failure: null });
    try {
      let items = cursor === null ? [] : store.getState().items;
      let at = cursor;
      do {
        const { total, nextCursor, problems, ...page } = await pageOf(at, wanted - items.length);
        if (mine !== asking) return;
        items = [...items, ...page.items];
        at = nextCursor;
        if (at === null || items.length >= wanted)
          store.setState({ status: 'ready', items, total, nextCursor, problems });
      } while (at !== null && items.length < wanted);
    } catch (error) {
      if (mine === asking) store.setState({ status: 'failed', failure: failureOf(error, 'console.error') });
    }
  };

  return {
    store,
    setQuery: (query) => {
      const before = store.getState();
      store.setState({ query });
      void ask(null, keyOfQuery(query) === keyOfQuery(before.query) ? before.items.length : PAGE);
    },
    loadMore: () => {
      const { status, nextCursor } = store.getState();
      if (nextCursor !== null && status !== 'more' && status !== 'loading') void ask(nextCursor);
    },
    reload: () => void ask(null, store.getState().items.length),
    change: (views) => {
      const byId = new Map(views.map((view) => [view.id, view]));
      store.setState(({ items }) => ({ items: items.map((item) => byId.get(item.id) ?? item) }));
    },
    remove: (ids) => {
      const gone = new Set(ids);
      store.setState(({ items, total }) => {
        const left = items.filter(({ id }) => !gone.has(id));
        return { items: left, total: total - (items.length - left.length) };
      });
    },
  };
};
