import { createStore, type StoreApi } from 'zustand/vanilla';
import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import { pause } from '../../data/pause.ts';
import { searchableText } from './event-text.ts';
import { scan, type ReadEvents } from './scan.ts';

const HITS_MOST = 10_000;

export type FindState = {
  readonly query: string;
  /** The numbers of the events that have it, ascending. */
  readonly hits: readonly number[];
  /** Which of the hits is looked at, or -1. */
  readonly current: number;
  /** How many events were looked through, of how many. */
  readonly looked: number;
  readonly of: number;
  readonly searching: boolean;
  readonly failure: Failure | null;
};

export type Find = {
  readonly store: StoreApi<FindState>;
  /** Looks for a text, from the event `from` on to the end and then from the start; the first hit becomes the current. */
  readonly search: (query: string, from: number) => Promise<void>;
  readonly step: (by: 1 | -1) => void;
  readonly close: () => void;
};

const noFind: FindState = {
  query: '',
  hits: [],
  current: -1,
  looked: 0,
  of: 0,
  searching: false,
  failure: null,
};

/** True when an event has the text, in whatever case. */
const hasText = (event: OrchestrationEvent, lowerCaseQuery: string): boolean =>
  searchableText(event.body).toLowerCase().includes(lowerCaseQuery);

/** While somebody types on, nothing is read (milliseconds). */
const TYPING_MS = 150;

/** Finds text in all events of a stream by reading them; `count` tells how many there are. */
export const createFind = (
  read: ReadEvents,
  count: () => number,
  wait: (ms: number) => Promise<void> = pause,
): Find => {
  const store = createStore<FindState>(() => noFind);
  let running = new AbortController();

  const take = (found: readonly number[], looked: number): boolean => {
    if (found.length === 0) {
      store.setState({ looked });
      return false;
    }
    const { hits, current } = store.getState();
    const at = hits[current] ?? found[0];
    const all = [...hits, ...found].sort((a, b) => a - b);
    store.setState({ looked, hits: all, current: at === undefined ? -1 : all.indexOf(at) });
    return all.length >= HITS_MOST;
  };

  const search = async (query: string, from: number): Promise<void> => {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    const text = query.trim().toLowerCase();
    const of = count();
    store.setState({ ...noFind, query, of, searching: text !== '' });
    if (text === '') return;
    await wait(TYPING_MS);
    const part = async (start: number, to: number, before: number): Promise<void> => {
      if (start >= to || signal.aborted || store.getState().hits.length >= HITS_MOST) return;
      await scan({
        read,
        from: start,
        to,
        signal,
        onEvents: (events, looked) =>
          take(
            events.filter((event) => hasText(event, text)).flatMap(({ n }) => n ?? []),
            before + looked,
          ),
      });
    };
    try {
      await part(from, of, 0);
      await part(0, Math.min(from, of), of - from);
      if (!signal.aborted) store.setState({ searching: false });
    } catch (error) {
      if (!signal.aborted) store.setState({ searching: false, failure: failureOf(error, 'console.error') });
    }
  };

  return {
    store,
    search,
    step: (by) => {
      const { hits, current } = store.getState();
      if (hits.length > 0) store.setState({ current: (current + by + hits.length) % hits.length });
    },
    close: () => {
      running.abort();
      store.setState(noFind, true);
    },
  };
};
