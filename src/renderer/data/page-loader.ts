import type { StoreApi } from 'zustand/vanilla';
import type { OrchestrationEvent } from '../../shared/domain/event.ts';
import { failureOf, type Failure } from '../../shared/domain/failure.ts';
import { PAGE_SIZE, pageOf, sizeOfPage, withinLimit, type EventPages } from './event-pages.ts';

/** How many pages are on their way at the same time. */
const LOADS_MOST = 6;
/** A step of more pages is a jump, after which nobody knows where it goes on. */
const JUMP_PAGES = 10;

const pagesFrom = (first: number, count: number, by: 1 | -1 = 1): readonly number[] =>
  Array.from({ length: Math.max(0, count) }, (_, at) => first + at * by);

type Paged = {
  readonly letters: string;
  readonly pages: EventPages;
  /** Why events that are looked at are not here; null while nothing is known against it. */
  readonly unread: Failure | null;
};

export type PageLoader = {
  /** Says which events are looked at. */
  readonly view: (from: number, to: number) => void;
  /** Asks again for what is looked at and could not be read. */
  readonly retry: () => void;
};

const shortPage: Failure = {
  code: 'console.events_missing',
  message:
    'The engine did not give all events of this part of the stream, though it says that they are there.',
};

/**
 * Loads the pages of the events that are looked at, then those ahead if the reader goes on like that, a few at a time, so
 * that a fast scroll leaves no queue behind it; and lets far ones go. What cannot be read is said in `unread`, and not
 * asked for again until the reader moves or says so.
 */
export const createPageLoader = (
  store: Pick<StoreApi<Paged>, 'getState'> & {
    readonly setState: (change: Partial<Pick<Paged, 'pages' | 'unread'>>) => void;
  },
  read: (from: number, limit: number) => Promise<readonly OrchestrationEvent[]>,
): PageLoader => {
  const asked = new Set<number>();
  const failures = new Map<number, Failure>();
  let viewed: readonly [number, number] = [0, 0];
  /** How many pages the reader went with the last move; negative upwards. */
  let step = 0;

  const lastPage = (): number => pageOf(Math.max(0, store.getState().letters.length - 1));

  /** Says why a page in sight is not there. What is not in sight need not be: it is asked for again when it comes. */
  const tell = (): void => {
    const [from, to] = viewed;
    const unread = [...failures].find(([page]) => page >= from && page <= to)?.[1] ?? null;
    if (unread !== store.getState().unread) store.setState({ unread });
  };

  /** Puts a page into the store; false when it cannot be had. */
  const load = async (page: number): Promise<boolean> => {
    asked.add(page);
    const before = sizeOfPage(page, store.getState().letters.length);
    try {
      const events = await read(page * PAGE_SIZE, PAGE_SIZE);
      const { letters, pages } = store.getState();
      const wanted = sizeOfPage(page, letters.length);
      if (events.length < before) {
        failures.set(page, shortPage);
        return false;
      }
      failures.delete(page);
      // What came meanwhile is read with the next try.
      if (events.length >= wanted) {
        const more = new Map(pages).set(page, events.slice(0, wanted));
        store.setState({ pages: withinLimit(more, viewed, lastPage()) });
      }
      return true;
    } catch (error) {
      failures.set(page, failureOf(error, 'console.error'));
      return false;
    } finally {
      asked.delete(page);
      tell();
    }
  };

  const isMissing = (page: number): boolean => {
    const { letters, pages } = store.getState();
    return (pages.get(page)?.length ?? 0) < sizeOfPage(page, letters.length);
  };

  /** What is in sight, what comes next, and what is on the other side: in the order in which it is wanted. */
  const wanted = (): readonly number[] => {
    const [from, to] = viewed;
    const inSight = pagesFrom(from, to - from + 1);
    const above = pagesFrom(from - 1, Math.max(1, 1 - step), -1);
    const below = pagesFrom(to + 1, Math.max(1, 1 + step));
    return step < 0 ? [...inSight.toReversed(), ...above, ...below] : [...inSight, ...below, ...above];
  };

  const loadViewed = (): void => {
    for (const page of wanted()) {
      if (asked.size >= LOADS_MOST) return;
      if (page < 0 || page > lastPage() || asked.has(page) || !isMissing(page)) continue;
      void load(page).then((isThere) => {
        if (isThere) loadViewed();
      });
    }
  };

  return {
    view: (from, to) => {
      const first = pageOf(Math.max(0, from));
      const moved = first - viewed[0];
      if (moved !== 0) step = Math.abs(moved) > JUMP_PAGES ? 0 : moved;
      viewed = [first, Math.min(lastPage(), pageOf(Math.max(0, to)))];
      tell();
      loadViewed();
    },
    retry: () => {
      failures.clear();
      tell();
      loadViewed();
    },
  };
};
