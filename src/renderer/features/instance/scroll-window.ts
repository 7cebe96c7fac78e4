import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RowHeights } from './row-heights.ts';
import type { StreamView } from './stream-view.ts';

/** Space above the first row; rows drawn beyond the visible ones, and how near their end may come (pixels). */
const PAD = 8;
const DRAWN_BEYOND = 900;
const LEAST_BEYOND = 300;
/** So near to the end a reader is at the end. */
const AT_END = 24;
/** So long after its last step a scroll is over (milliseconds). */
const SCROLL_OVER_MS = 140;

export type ScrollWindowState = {
  /** The events between which rows are drawn, both included. */
  readonly from: number;
  readonly to: number;
  /** True while the end is kept in sight. */
  readonly atEnd: boolean;
  /** How many events there were when the reader left the end. */
  readonly seen: number;
};

type Elements = {
  readonly scroller: HTMLElement;
  readonly spacer: HTMLElement;
  readonly block: HTMLElement;
};

/**
 * Which part of a stream is drawn, and where: draws what is in sight and some more; keeps the row at the top where it
 * stands, whatever changes above it; keeps to the end while the reader is there and selects nothing.
 */
export type ScrollWindow = {
  readonly store: StoreApi<ScrollWindowState>;
  readonly attach: (elements: Elements) => () => void;
  /** Refs of rows (`data-n`) and of what follows the last row (`data-tail`): their heights are followed. */
  readonly row: (element: HTMLElement | null) => () => void;
  readonly tail: (element: HTMLElement | null) => () => void;
  /** To be called when rows were drawn, before the frame is painted. */
  readonly drawn: () => void;
  readonly toEnd: () => void;
  readonly toStart: () => void;
  /** Scrolls by a part of what is in sight, at once. */
  readonly page: (share: number) => void;
  /** Puts a row to the top, a little below the edge. */
  readonly toRow: (n: number) => void;
  /** The first row in sight. */
  readonly top: () => number;
  /** How often the reader moved by other ways than `toRow`, `toStart` and `toEnd`. */
  readonly moves: () => number;
};

/** The state of a window, changed in place by the functions below. */
type Scroll = {
  readonly view: StreamView;
  readonly heights: RowHeights;
  readonly store: StoreApi<ScrollWindowState>;
  readonly onRange: (from: number, to: number) => void;
  /** Rows that were drawn and not measured yet. */
  readonly fresh: Set<HTMLElement>;
  elements: Elements | null;
  /** The row that keeps its place, and how far its top is above the edge. */
  anchor: { readonly n: number; readonly delta: number };
  tailHeight: number;
  /** Where we put the scroll position: a position elsewhere is the reader's doing. */
  expectedTop: number;
  lastTop: number;
  moves: number;
  /**
   * While the reader scrolls, setting the scroll position would break off the browser's smooth motion: what is drawn is
   * shifted by so many pixels instead, until the scroll is over.
   */
  shift: number;
  /** Runs out when the scroll is over. */
  scrolling: ReturnType<typeof setTimeout> | null;
};

const nothing = (): void => undefined;

const heightOf = (element: HTMLElement): number => element.getBoundingClientRect().height;

const lastOf = ({ heights }: Scroll): number => Math.max(0, heights.count() - 1);

const selects = (scroller: HTMLElement): boolean => {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && scroller.contains(selection.anchorNode);
};

const stay = ({ store, heights }: Scroll, atEnd: boolean): void => {
  if (store.getState().atEnd !== atEnd || atEnd) store.setState({ atEnd, seen: heights.count() });
};

/** Puts everything where it belongs after heights or rows changed. */
const place = (scroll: Scroll): void => {
  const { heights, store, elements, anchor } = scroll;
  if (elements === null) return;
  const { scroller, spacer, block } = elements;
  if (store.getState().atEnd && selects(scroller)) stay(scroll, false);
  const { from, atEnd } = store.getState();
  const total = PAD + heights.total() + scroll.tailHeight;
  spacer.style.height = `${String(total)}px`;
  const wanted = atEnd
    ? total - scroller.clientHeight
    : PAD + heights.topOf(anchor.n) + Math.min(anchor.delta, heights.heightOf(anchor.n));
  scroll.shift = scroll.scrolling === null || atEnd ? 0 : wanted - scroller.scrollTop;
  block.style.top = `${String(PAD + heights.topOf(from) - scroll.shift)}px`;
  if (scroll.shift === 0 && Math.abs(scroller.scrollTop - wanted) >= 0.5) scroller.scrollTop = wanted;
  scroll.expectedTop = scroller.scrollTop;
  scroll.lastTop = scroll.expectedTop;
};

/** Draws other rows when those in sight come near the end of those that are drawn. */
const range = (scroll: Scroll): void => {
  const { heights, store, elements } = scroll;
  if (elements === null) return;
  const { scrollTop, clientHeight } = elements.scroller;
  const top = scrollTop + scroll.shift - PAD;
  const bottom = top + clientHeight;
  const { from, to } = store.getState();
  const isEnough =
    heights.at(top - LEAST_BEYOND) >= from &&
    heights.at(bottom + LEAST_BEYOND) <= to &&
    heights.topOf(to) - heights.topOf(from) < clientHeight + DRAWN_BEYOND * 4;
  if (isEnough) return;
  const isEnd = bottom + DRAWN_BEYOND >= heights.total();
  const next = {
    from: heights.at(top - DRAWN_BEYOND),
    to: isEnd ? lastOf(scroll) : heights.at(bottom + DRAWN_BEYOND),
  };
  if (next.from === from && next.to === to) return;
  store.setState(next);
  scroll.onRange(next.from, next.to);
};

const settle = (scroll: Scroll): void => {
  place(scroll);
  range(scroll);
};

const measure = ({ heights, view }: Scroll, element: HTMLElement): void => {
  const n = Number(element.dataset['n']);
  if (element.isConnected && view.rowAt(n) !== null) heights.set(n, heightOf(element));
};

const rest = (scroll: Scroll): void => {
  if (scroll.scrolling !== null) clearTimeout(scroll.scrolling);
  scroll.scrolling = null;
};

/** The reader scrolled: what is at the top now is what stays there. */
const moved = (scroll: Scroll, scroller: HTMLElement): void => {
  const { heights, store } = scroll;
  const { scrollTop, clientHeight, scrollHeight } = scroller;
  scroll.moves += 1;
  rest(scroll);
  scroll.scrolling = setTimeout(() => {
    scroll.scrolling = null;
    settle(scroll);
  }, SCROLL_OVER_MS);
  if (scrollTop <= 0) scroll.shift = 0;
  const y = scrollTop + scroll.shift - PAD;
  const n = heights.at(y);
  scroll.anchor = { n, delta: y - heights.topOf(n) };
  const isEnd = scrollTop + clientHeight >= scrollHeight - AT_END;
  stay(scroll, isEnd || (store.getState().atEnd && scrollTop >= scroll.lastTop - 1));
  scroll.expectedTop = scrollTop;
};

const onScroll = (scroll: Scroll): void => {
  if (scroll.elements === null) return;
  const { scroller } = scroll.elements;
  if (Math.abs(scroller.scrollTop - scroll.expectedTop) >= 1) moved(scroll, scroller);
  scroll.lastTop = scroller.scrollTop;
  range(scroll);
};

const goTo = (scroll: Scroll, n: number, above: number): void => {
  rest(scroll);
  stay(scroll, false);
  scroll.anchor = { n, delta: -above };
  settle(scroll);
};

/** Follows the heights of rows, of the tail, and of the window itself. */
const followSizes = (scroll: Scroll): ResizeObserver =>
  new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (!(target instanceof HTMLElement)) continue;
      if (target.dataset['n'] !== undefined) measure(scroll, target);
      else if (target.dataset['tail'] !== undefined) scroll.tailHeight = heightOf(target);
    }
    settle(scroll);
  });

const attach = (scroll: Scroll, sizes: ResizeObserver, elements: Elements): (() => void) => {
  const { store, view } = scroll;
  const { scroller } = elements;
  const listener = (): void => {
    onScroll(scroll);
  };
  scroll.elements = elements;
  scroller.addEventListener('scroll', listener, { passive: true });
  sizes.observe(scroller);
  const stop = view.store.subscribe(({ count }) => {
    if (store.getState().atEnd) store.setState({ to: Math.max(0, count - 1), seen: count });
  });
  const { from, to } = store.getState();
  scroll.onRange(from, to);
  settle(scroll);
  return () => {
    scroller.removeEventListener('scroll', listener);
    sizes.unobserve(scroller);
    stop();
    rest(scroll);
    scroll.elements = null;
  };
};

/** A window on a stream, at its end. `onRange` learns which events are drawn, whenever that or the stream changed. */
export const createScrollWindow = (
  view: StreamView,
  onRange: (from: number, to: number) => void,
): ScrollWindow => {
  const { heights } = view;
  const store = createStore<ScrollWindowState>(() => ({
    from: heights.at(heights.total() - DRAWN_BEYOND * 2),
    to: Math.max(0, heights.count() - 1),
    atEnd: true,
    seen: heights.count(),
  }));
  const scroll: Scroll = {
    view,
    heights,
    store,
    onRange,
    fresh: new Set(),
    elements: null,
    anchor: { n: 0, delta: 0 },
    tailHeight: 0,
    expectedTop: 0,
    lastTop: 0,
    moves: 0,
    shift: 0,
    scrolling: null,
  };
  const sizes = followSizes(scroll);
  const watched = (element: HTMLElement | null): (() => void) => {
    if (element === null) return nothing;
    if (element.dataset['tail'] === undefined) scroll.fresh.add(element);
    else scroll.tailHeight = heightOf(element);
    sizes.observe(element);
    return () => {
      sizes.unobserve(element);
      scroll.fresh.delete(element);
    };
  };
  return {
    store,
    attach: (elements) => attach(scroll, sizes, elements),
    row: watched,
    tail: watched,
    drawn: () => {
      for (const element of scroll.fresh) measure(scroll, element);
      scroll.fresh.clear();
      settle(scroll);
      const { from, to } = store.getState();
      onRange(from, to);
    },
    toEnd: () => {
      rest(scroll);
      stay(scroll, true);
      store.setState({ to: lastOf(scroll) });
      settle(scroll);
    },
    toStart: () => {
      goTo(scroll, 0, PAD);
    },
    page: (share) => {
      const scroller = scroll.elements?.scroller;
      scroller?.scrollBy({ top: share * scroller.clientHeight, behavior: 'instant' });
    },
    toRow: (n) => {
      goTo(scroll, n, 2 * PAD);
    },
    top: () => heights.at((scroll.elements?.scroller.scrollTop ?? 0) + scroll.shift - PAD + 1),
    moves: () => scroll.moves,
  };
};
