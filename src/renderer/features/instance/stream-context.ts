import { createContext, use, type ComponentType } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { InstanceStream } from '../../data/instance-stream.ts';
import type { Row } from './outline.ts';
import type { StreamView } from './stream-view.ts';

/** Which rows a reader has opened or closed, by the number of their event. */
export type Folds = StoreApi<{ readonly open: ReadonlyMap<number, boolean> }>;

export const createFolds = (): Folds => createStore(() => ({ open: new Map<number, boolean>() }));

/** Opens or closes a row. */
export const setFold = (folds: Folds, n: number, open: boolean): void => {
  folds.setState((state) => ({ open: new Map(state.open).set(n, open) }));
};

/** What every row of a stream may need; the same object for as long as the stream is shown. */
export type StreamTools = {
  readonly stream: InstanceStream;
  readonly view: StreamView;
  readonly folds: Folds;
  /** Draws a row; here, because rows of subagents stand inside rows. */
  readonly Row: ComponentType<{ readonly row: Row }>;
  /** Paths are shown from this folder on. */
  readonly workspace: string;
  /** Shows the raw lines of these events. */
  readonly showRaw: (events: readonly number[]) => void;
};

const StreamContext = createContext<StreamTools | null>(null);

export const StreamProvider = StreamContext.Provider;

export const useStream = (): StreamTools => {
  const tools = use(StreamContext);
  if (tools === null) throw new Error('useStream outside of StreamProvider');
  return tools;
};

/** Whether a row is open, and how to change that. `byDefault` holds until the reader says otherwise. */
export const useFold = (n: number, byDefault: boolean): readonly [boolean, () => void] => {
  const { folds } = useStream();
  const open = useStore(folds, (state) => state.open.get(n)) ?? byDefault;
  return [
    open,
    () => {
      setFold(folds, n, !open);
    },
  ];
};
