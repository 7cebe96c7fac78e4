import { createStore, type StoreApi } from 'zustand/vanilla';
import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import { eventAt } from '../../data/event-pages.ts';
import type { InstanceStream } from '../../data/instance-stream.ts';
import { parentOf } from './outline.ts';
import type { StreamView } from './stream-view.ts';

const CHUNK = 1000;

export type NestedState = {
  /** The events of the subagent so far, in their order. */
  readonly events: readonly OrchestrationEvent[];
  /** The first event that was not looked at yet. */
  readonly next: number;
  readonly reading: boolean;
  readonly failure: Failure | null;
};

/** The events under a call, read from the call on as far as `wanted` of them, and followed while they come. */
export type NestedEvents = {
  readonly store: StoreApi<NestedState>;
  readonly want: (events: number) => void;
  readonly close: () => void;
};

type NestedOptions = {
  readonly stream: InstanceStream;
  readonly view: StreamView;
  /** The number of the call, and of the event that ends it if that is known. */
  readonly n: number;
  readonly end: number | null;
  readonly toolUseId: string;
};

/** Opens the events of a subagent. */
export const openNestedEvents = ({ stream, view, n, end, toolUseId }: NestedOptions): NestedEvents => {
  const store = createStore<NestedState>(() => ({ events: [], next: n + 1, reading: false, failure: null }));
  let wanted = 0;
  let closed = false;

  /** The loaded events from `from` on, without a gap. */
  const loaded = (from: number, to: number): readonly OrchestrationEvent[] => {
    const { pages } = stream.store.getState();
    const events: OrchestrationEvent[] = [];
    for (let at = from; at < to && at < from + CHUNK; at += 1) {
      const event = eventAt(pages, at);
      if (event === undefined) break;
      events.push(event);
    }
    return events;
  };

  const chunk = async (from: number, to: number): Promise<readonly OrchestrationEvent[]> => {
    const here = loaded(from, to);
    if (here.length > 0) return here;
    const events = await stream.read(from, Math.min(CHUNK, to - from));
    view.learn(events);
    return events;
  };

  const advance = async (): Promise<void> => {
    if (store.getState().reading) return;
    store.setState({ reading: true, failure: null });
    try {
      for (;;) {
        const { next, events } = store.getState();
        const to = end ?? stream.store.getState().letters.length;
        if (next >= to || events.length >= wanted) break;
        const read = await chunk(next, to);
        if (closed || read.length === 0) break;
        const own = read.filter(({ body }) => parentOf(body) === toolUseId);
        store.setState({
          next: next + read.length,
          ...(own.length === 0 ? {} : { events: [...events, ...own] }),
        });
      }
      store.setState({ reading: false });
    } catch (error) {
      store.setState({ reading: false, failure: failureOf(error, 'console.error') });
    }
  };

  const stop = stream.store.subscribe((now, before) => {
    if (end === null && now.letters !== before.letters) void advance();
  });
  return {
    store,
    want: (events) => {
      wanted = events;
      void advance();
    },
    close: () => {
      closed = true;
      stop();
    },
  };
};
