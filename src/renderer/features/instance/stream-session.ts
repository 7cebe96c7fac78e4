import { createStore, type StoreApi } from 'zustand/vanilla';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { InstanceStream } from '../../data/instance-stream.ts';
import { wholeNumber } from '../../ui/format.ts';
import { createFind, type Find } from './find-store.ts';
import { nextOf, type JumpKind } from './jumps.ts';
import { placeOf } from './reveal.ts';
import { createScrollWindow, type ScrollWindow } from './scroll-window.ts';
import { createFolds, setFold, type Folds } from './stream-context.ts';
import { openStreamView, type StreamView } from './stream-view.ts';

export type SessionState = {
  /** The row that was jumped to last: shown for a moment. */
  readonly flash: number | null;
  /** What the last jump came to, when it led nowhere or takes long. */
  readonly word: string | null;
};

/** Everything of one reader of one stream: rows, folds, place, search. */
export type StreamSession = {
  readonly view: StreamView;
  readonly window: ScrollWindow;
  readonly folds: Folds;
  readonly find: Find;
  readonly store: StoreApi<SessionState>;
  /** Brings an event into sight, wherever it is, and opens what it is folded in. */
  readonly goTo: (n: number) => Promise<void>;
  /** Goes to the next (1) or previous (-1) event of a kind. */
  readonly jump: (kind: JumpKind, step: 1 | -1) => Promise<void>;
  readonly close: () => void;
};

/** Opens a loaded stream for a reader. */
export const openStreamSession = (stream: InstanceStream): StreamSession => {
  const view = openStreamView(stream);
  const window = createScrollWindow(view, stream.view);
  const folds = createFolds();
  const store = createStore<SessionState>(() => ({ flash: null, word: null }));
  const find = createFind(stream.read, () => stream.store.getState().letters.length);
  let going = new AbortController();
  let cursor: { readonly n: number; readonly moves: number } | null = null;

  const begin = (): AbortSignal => {
    going.abort();
    going = new AbortController();
    store.setState({ word: null });
    return going.signal;
  };

  const show = async (n: number, signal: AbortSignal): Promise<void> => {
    const place = await placeOf({ stream, view, signal }, n);
    if (place === null) return;
    for (const fold of place.open) setFold(folds, fold, true);
    store.setState({ flash: place.row, word: null });
    window.toRow(place.row);
    cursor = { n, moves: window.moves() };
  };

  const attempt = async (signal: AbortSignal, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) store.setState({ word: failureOf(error, 'console.error').message });
    }
  };

  const goTo = (n: number): Promise<void> => {
    const signal = begin();
    return attempt(signal, () => show(n, signal));
  };

  const jump = (kind: JumpKind, step: 1 | -1): Promise<void> => {
    const signal = begin();
    const from = cursor?.moves === window.moves() ? cursor.n : window.top();
    return attempt(signal, async () => {
      const next = await nextOf({
        kind,
        step,
        from,
        index: stream.store.getState().letters,
        read: stream.read,
        signal,
        onProgress: (looked) => {
          if (!signal.aborted) store.setState({ word: `Looked through ${wholeNumber(looked)} events…` });
        },
      });
      if (signal.aborted) return;
      if (next === null) store.setState({ word: `No ${kind} ${step === 1 ? 'after' : 'before'} this` });
      else await show(next, signal);
    });
  };

  const stop = find.store.subscribe((now, before) => {
    const hit = now.hits[now.current];
    if (hit !== undefined && hit !== before.hits[before.current]) void goTo(hit);
  });

  return {
    view,
    window,
    folds,
    find,
    store,
    goTo,
    jump,
    close: () => {
      going.abort();
      stop();
      find.close();
      view.close();
    },
  };
};
