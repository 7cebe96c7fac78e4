import { createStore, type StoreApi } from 'zustand/vanilla';
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
  /** Refs of rows (`data-n`) and of what follows the last row: their heights are followed. */
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
  /** How often the reader moved by other ways than `toRow` and `toEnd`. */
  readonly moves: () => number;
};

const nothing = (): void => undefined;

const heightOf = (element: HTMLElement): number => element.getBoundingClientRect().height;

const selects = (scroller: HTMLElement): boolean => {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && scroller.contains(selection.anchorNode);
};

/** Opens a window on a stream, at its end. `onRange` learns which events are drawn. */
export const createScrollWindow = (
  view: StreamView,
  onRange: (from: number, to: number) => void,
): ScrollWindow => {
  const { heights } = view;
  const last = (): number => Math.max(0, heights.count() - 1);
  const store = createStore<ScrollWindowState>(() => ({
    from: heights.at(heights.total() - DRAWN_BEYOND * 2),
    to: last(),
    atEnd: true,
    seen: heights.count(),
  }));
  const fresh = new Set<HTMLElement>();
  let elements: Elements | null = null;
  let anchor = { n: 0, delta: 0 };
  let tailHeight = 0;
  let expectedTop = 0;
  let lastTop = 0;
  let moves = 0;
  /**
   * While the reader scrolls, setting the scroll position would break off the browser's smooth motion: what is drawn is
   * shifted by so many pixels instead, until the scroll is over.
   */
  let shift = 0;
  let scrolling: ReturnType<typeof setTimeout> | null = null;

  const stay = (atEnd: boolean): void => {
    if (store.getState().atEnd !== atEnd || atEnd) store.setState({ atEnd, seen: heights.count() });
  };

  /** Puts everything where it belongs after heights or rows changed. */
  const place = (): void => {
    if (elements === null) return;
    const { scroller, spacer, block } = elements;
    if (store.getState().atEnd && selects(scroller)) stay(false);
    const { from, atEnd } = store.getState();
    const total = PAD + heights.total() + tailHeight;
    spacer.style.height = `${String(total)}px`;
    const wanted = atEnd
      ? total - scroller.clientHeight
      : PAD + heights.topOf(anchor.n) + Math.min(anchor.delta, heights.heightOf(anchor.n));
    shift = scrolling === null || atEnd ? 0 : wanted - scroller.scrollTop;
    block.style.top = `${String(PAD + heights.topOf(from) - shift)}px`;
    if (shift === 0 && Math.abs(scroller.scrollTop - wanted) >= 0.5) scroller.scrollTop = wanted;
    expectedTop = scroller.scrollTop;
    lastTop = expectedTop;
  };

  const noteAnchor = (scrollTop: number): void => {
    const n = heights.at(scrollTop - PAD);
    anchor = { n, delta: scrollTop - PAD - heights.topOf(n) };
  };

  /** Draws other rows when those in sight come near the end of those that are drawn. */
  const range = (): void => {
    if (elements === null) return;
    const { scroller } = elements;
    const top = scroller.scrollTop + shift - PAD;
    const bottom = top + scroller.clientHeight;
    const { from, to } = store.getState();
    const isEnough =
      heights.at(top - LEAST_BEYOND) >= from &&
      heights.at(bottom + LEAST_BEYOND) <= to &&
      heights.topOf(to) - heights.topOf(from) < scroller.clientHeight + DRAWN_BEYOND * 4;
    if (isEnough) return;
    const end = bottom + DRAWN_BEYOND >= heights.total();
    const next = {
      from: heights.at(top - DRAWN_BEYOND),
      to: end ? last() : heights.at(bottom + DRAWN_BEYOND),
    };
    if (next.from === from && next.to === to) return;
    store.setState(next);
    onRange(next.from, next.to);
  };

  const measure = (element: HTMLElement): void => {
    const n = Number(element.dataset['n']);
    if (element.isConnected && view.rowAt(n) !== null) heights.set(n, heightOf(element));
  };

  const settle = (): void => {
    place();
    range();
  };

  const rest = (): void => {
    if (scrolling !== null) clearTimeout(scrolling);
    scrolling = null;
  };

  /** The reader scrolled: what is at the top now is what stays there. */
  const moved = (scroller: HTMLElement): void => {
    moves += 1;
    rest();
    scrolling = setTimeout(() => {
      scrolling = null;
      settle();
    }, SCROLL_OVER_MS);
    const { scrollTop, clientHeight, scrollHeight } = scroller;
    if (scrollTop <= 0) shift = 0;
    noteAnchor(scrollTop + shift);
    const isEnd = scrollTop + clientHeight >= scrollHeight - AT_END;
    stay(isEnd || (store.getState().atEnd && scrollTop >= lastTop - 1));
    expectedTop = scrollTop;
  };

  const onScroll = (): void => {
    if (elements === null) return;
    const { scroller } = elements;
    if (Math.abs(scroller.scrollTop - expectedTop) >= 1) moved(scroller);
    lastTop = scroller.scrollTop;
    range();
  };

  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (!(target instanceof HTMLElement)) continue;
      if (target.dataset['n'] !== undefined) measure(target);
      else if (target.dataset['tail'] !== undefined) tailHeight = heightOf(target);
    }
    settle();
  });

  const watched = (element: HTMLElement): (() => void) => {
    sizes.observe(element);
    return () => {
      sizes.unobserve(element);
      fresh.delete(element);
    };
  };

  return {
    store,
    attach: (attached) => {
      elements = attached;
      attached.scroller.addEventListener('scroll', onScroll, { passive: true });
      const stopWatching = watched(attached.scroller);
      const stop = view.store.subscribe(({ count }) => {
        if (store.getState().atEnd) store.setState({ to: Math.max(0, count - 1), seen: count });
      });
      const { from, to } = store.getState();
      onRange(from, to);
      settle();
      return () => {
        attached.scroller.removeEventListener('scroll', onScroll);
        stopWatching();
        stop();
        rest();
        elements = null;
      };
    },
    row: (element) => {
      if (element === null) return nothing;
      fresh.add(element);
      return watched(element);
    },
    tail: (element) => {
      if (element === null) return nothing;
      tailHeight = heightOf(element);
      return watched(element);
    },
    drawn: () => {
      for (const element of fresh) measure(element);
      fresh.clear();
      settle();
    },
    toEnd: () => {
      rest();
      stay(true);
      store.setState({ to: last() });
      settle();
    },
    toStart: () => {
      rest();
      stay(false);
      anchor = { n: 0, delta: -PAD };
      settle();
    },
    page: (share) => {
      elements?.scroller.scrollBy({ top: share * elements.scroller.clientHeight, behavior: 'instant' });
    },
    toRow: (n) => {
      rest();
      stay(false);
      anchor = { n, delta: -2 * PAD };
      settle();
    },
    top: () => (elements === null ? 0 : heights.at(elements.scroller.scrollTop + shift - PAD + 1)),
    moves: () => moves,
  };
};
