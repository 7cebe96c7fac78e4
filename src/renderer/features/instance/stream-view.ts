import { createStore, type StoreApi } from 'zustand/vanilla';
import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import { PAGE_SIZE, pageOf, sizeOfPage } from '../../data/event-pages.ts';
import type { InstanceStream, InstanceStreamState } from '../../data/instance-stream.ts';
import { membersOf, parentOf, rowsOf, sameRow, type Finish, type Row } from './outline.ts';
import { createRowHeights, type RowHeights } from './row-heights.ts';

/** How high a row is, in pixels, until it was drawn once; by the letter of its event, and 0 for parts of other rows. */
const guesses: Readonly<Record<string, number>> = { t: 76, h: 34, p: 64, u: 64, c: 26, x: 38, f: 0, k: 0 };
const GUESS = 26;

/** How far back the start of a turn is looked for. */
const TURN_MOST = 5000;

/** A stream as rows: which events draw one, what belongs to it, and how high it is. Kept outside of React. */
export type StreamView = {
  /** Changes with each change of the rows; at most once a frame. */
  readonly store: StoreApi<{ readonly version: number; readonly count: number }>;
  readonly heights: RowHeights;
  /** The row of an event: null where it draws none of its own, undefined while it is not loaded. */
  readonly rowAt: (n: number) => Row | null | undefined;
  /** The loaded row that draws an event of its own page. */
  readonly rowWith: (n: number) => Row | null;
  readonly eventAt: (n: number) => OrchestrationEvent | undefined;
  readonly finishOf: (toolUseId: string) => Finish | null;
  /** The number of the call, if it was seen. */
  readonly callOf: (toolUseId: string) => number | null;
  /** How many events of a subagent were seen. */
  readonly nestedIn: (toolUseId: string) => number;
  /** Takes note of calls and their ends in events that were read without being kept. */
  readonly learn: (events: readonly OrchestrationEvent[]) => void;
  /** True when nothing from `n` on is unseen, so that what was not found does not exist (yet). */
  readonly knowsAllFrom: (n: number) => boolean;
  /** The number of the turn at an event, from 1. */
  readonly turnOf: (n: number) => number;
  readonly close: () => void;
};

type Page = { readonly events: readonly OrchestrationEvent[]; readonly rows: ReadonlyMap<number, Row> };

/** Calls and their ends by id, from events seen in any order. */
const createCalls = () => {
  const calls = new Map<string, number>();
  const finishes = new Map<string, Finish>();
  const nested = new Map<string, Set<number>>();
  /** Takes note of an event; gives the number of a call that it ended. */
  const learn = ({ n, body }: OrchestrationEvent): number | null => {
    if (n === null) return null;
    const parent = parentOf(body);
    if (parent !== null) nested.set(parent, (nested.get(parent) ?? new Set<number>()).add(n));
    if (body.type === 'tool.called') calls.set(body.toolUseId, n);
    if (body.type !== 'tool.finished' || finishes.has(body.toolUseId)) return null;
    finishes.set(body.toolUseId, { n, isError: body.isError, durationMs: body.durationMs });
    return calls.get(body.toolUseId) ?? null;
  };
  return { calls, finishes, nested, learn };
};

const speakingAt = (letters: string, n: number): boolean => {
  for (let at = n - 1; at >= Math.max(0, n - TURN_MOST); at -= 1) {
    const letter = letters[at] ?? '';
    if (letter === 't') return true;
    if ('pxa'.includes(letter)) return false;
  }
  return false;
};

/** The first index whose value is not below `value`. */
const lowerBound = (sorted: readonly number[], value: number): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Adds a guessed height for each letter that is new, and notes the ends of turns. */
const addLetters = (letters: string, heights: RowHeights, turnEnds: number[]): void => {
  for (let n = heights.count(); n < letters.length; n += 1) {
    const letter = letters[n] ?? '';
    heights.add(guesses[letter] ?? GUESS);
    if (letter === 'x') turnEnds.push(n);
  }
};

/** True when `learned` of each page from that of `n` on is all that the page has. */
const isLearnedFrom = (n: number, count: number, learned: ReadonlyMap<number, number>): boolean => {
  for (let page = pageOf(n); page * PAGE_SIZE < count; page += 1) {
    if ((learned.get(page) ?? 0) < sizeOfPage(page, count)) return false;
  }
  return true;
};

/** Makes rows of a stream, and keeps them up to date for as long as it is open. */
export const openStreamView = (stream: InstanceStream): StreamView => {
  const heights = createRowHeights();
  const facts = createCalls();
  const pages = new Map<number, Page>();
  const learned = new Map<number, number>();
  const turnEnds: number[] = [];
  const store = createStore(() => ({ version: 0, count: 0 }));

  const finishOf = (id: string): Finish | null => facts.finishes.get(id) ?? null;

  /** Learns what is new on a page; gives the other pages on which a call has ended by that. */
  const learnPage = (page: number, events: readonly OrchestrationEvent[]): readonly number[] => {
    const touched = events
      .slice(learned.get(page) ?? 0)
      .map(facts.learn)
      .filter((n) => n !== null)
      .map(pageOf);
    learned.set(page, Math.max(learned.get(page) ?? 0, events.length));
    return touched.filter((other) => other !== page);
  };

  const outline = (page: number, events: readonly OrchestrationEvent[], letters: string): void => {
    const start = page * PAGE_SIZE;
    const old = pages.get(page)?.rows;
    const rows = rowsOf(events, { parent: null, speaking: speakingAt(letters, start), finishOf });
    const byNumber = new Map(
      rows.map((row) => {
        const before = old?.get(row.n);
        return [row.n, before !== undefined && sameRow(before, row) ? before : row] as const;
      }),
    );
    pages.set(page, { events, rows: byNumber });
    for (let n = start; n < start + events.length; n += 1) {
      if (!byNumber.has(n)) heights.set(n, 0);
      else if (heights.heightOf(n) === 0) heights.set(n, GUESS);
    }
  };

  const refresh = (state: InstanceStreamState): void => {
    addLetters(state.letters, heights, turnEnds);
    const stale = new Set<number>();
    for (const [page, events] of state.pages) {
      if (pages.get(page)?.events === events) continue;
      stale.add(page);
      for (const other of learnPage(page, events)) stale.add(other);
    }
    for (const page of pages.keys()) if (!state.pages.has(page)) pages.delete(page);
    for (const page of stale) {
      const events = state.pages.get(page);
      if (events !== undefined) outline(page, events, state.letters);
    }
    store.setState(({ version }) => ({ version: version + 1, count: state.letters.length }));
  };

  refresh(stream.store.getState());
  const stop = stream.store.subscribe((now, before) => {
    if (now.letters !== before.letters || now.pages !== before.pages) refresh(now);
  });

  return {
    store,
    heights,
    rowAt: (n) => {
      const page = pages.get(pageOf(n));
      if (page === undefined || n % PAGE_SIZE >= page.events.length) return undefined;
      return page.rows.get(n) ?? null;
    },
    rowWith: (n) => {
      const rows = pages.get(pageOf(n))?.rows.values() ?? [];
      for (const row of rows) if (membersOf(row).includes(n)) return row;
      return null;
    },
    eventAt: (n) => pages.get(pageOf(n))?.events[n % PAGE_SIZE],
    finishOf,
    callOf: (id) => facts.calls.get(id) ?? null,
    nestedIn: (id) => facts.nested.get(id)?.size ?? 0,
    learn: (events) => {
      const { pages: loaded, letters } = stream.store.getState();
      const touched = new Set(
        events
          .map(facts.learn)
          .filter((n) => n !== null)
          .map(pageOf),
      );
      for (const page of touched) {
        const own = loaded.get(page);
        if (own !== undefined) outline(page, own, letters);
      }
      if (touched.size > 0) store.setState(({ version }) => ({ version: version + 1 }));
    },
    knowsAllFrom: (n) => isLearnedFrom(n, heights.count(), learned),
    turnOf: (n) => lowerBound(turnEnds, n) + 1,
    close: stop,
  };
};
