import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineClient, StreamBatch } from '../../shared/contract/contract.ts';
import { letterOf, type OrchestrationEvent } from '../../shared/domain/event.ts';
import type { Failure } from '../../shared/domain/failure.ts';
import type { InstanceId, OrchestrationId } from '../../shared/domain/ids.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';
import type { Connection } from './connection.ts';
import { PAGE_SIZE, pageOf, withAppended, type EventPages } from './event-pages.ts';
import { createPageLoader } from './page-loader.ts';
import { createFrameQueue, type Schedule } from './frame-queue.ts';
import { withDeltas, withoutFinished, type LiveBlock } from './live-text.ts';

/** The events of one instance, past and live, as far as they are loaded. */
export type InstanceStreamState = {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly failure: Failure | null;
  readonly instance: InstanceView | null;
  readonly orchestration: OrchestrationView | null;
  /** One letter per event, by `n` (`typeOfLetter`); its length is the number of events. */
  readonly letters: string;
  /** Loaded pages of `PAGE_SIZE` events; read them with `eventAt`. A page's array changes only when it grows. */
  readonly pages: EventPages;
  /** What is being written right now. */
  readonly live: readonly LiveBlock[];
  /** Why events that are looked at are not here; null while nothing is known against it. */
  readonly unread: Failure | null;
  /** True while events still come; false when the orchestration has ended and all is here. */
  readonly following: boolean;
};

export type InstanceStream = {
  readonly store: StoreApi<InstanceStreamState>;
  /** Says which events are looked at: loads their pages and those beside them, and lets far ones go. */
  readonly view: (from: number, to: number) => void;
  /** Asks again for events that are looked at and could not be read. */
  readonly retry: () => void;
  /** Reads events without keeping them, for a search over all; at most 1000 at a time. */
  readonly read: (from: number, limit: number) => Promise<readonly OrchestrationEvent[]>;
  readonly close: () => void;
};

export type InstanceStreamOptions = {
  readonly connection: Connection;
  readonly orchestrationId: OrchestrationId;
  readonly instanceId: InstanceId;
  /** Tells that the instance changed elsewhere (the overview): an ended stream is followed again then. */
  readonly onChange?: (listener: (now: InstanceView) => void) => () => void;
  readonly schedule?: Schedule;
};

type Batch = Extract<StreamBatch, { readonly kind: 'batch' }>;

const empty: InstanceStreamState = {
  status: 'loading',
  failure: null,
  instance: null,
  orchestration: null,
  letters: '',
  pages: new Map(),
  live: [],
  unread: null,
  following: false,
};

const lettersOf = (events: readonly OrchestrationEvent[]): string =>
  events.map((event) => letterOf(event.body.type)).join('');

/** The state with a batch in it; null when events are missing between the two, so that all must be asked for again. */
const applyBatch = (state: InstanceStreamState, batch: Batch): InstanceStreamState | null => {
  const count = state.letters.length;
  const fresh = batch.events.filter((event) => event.n !== null && event.n >= count);
  if (fresh[0] !== undefined && fresh[0].n !== count) return null;
  return {
    ...state,
    letters: state.letters + lettersOf(fresh),
    pages: fresh.length === 0 ? state.pages : withAppended(state.pages, count, fresh),
    // A batch of a frame may hold the last pieces of a block and the event that finished it.
    live: withoutFinished(withDeltas(state.live, batch.deltas), fresh),
    instance: batch.instances.find((one) => one.id === state.instance?.id) ?? state.instance,
    orchestration: batch.orchestration ?? state.orchestration,
  };
};

/** Loads what a viewer sees first: the index, the instance, and the last page. Gives the seq to follow from. */
const loadStart = async (
  client: EngineClient,
  id: InstanceId,
): Promise<Partial<InstanceStreamState> & { seq: number }> => {
  const [{ letters: indexed }, instance] = await Promise.all([
    client.events.index({ id }),
    client.instances.get({ id }),
  ]);
  const last = pageOf(Math.max(0, indexed.length - 1));
  const { events } = await client.events.page({ id, from: last * PAGE_SIZE, limit: PAGE_SIZE });
  const letters = indexed.slice(0, last * PAGE_SIZE) + lettersOf(events);
  return { instance, letters, pages: new Map([[last, events]]), seq: events.at(-1)?.seq ?? 0 };
};

/** Pages that stay true after a reconnection: the full ones. */
const fullPages = (pages: EventPages): EventPages =>
  new Map([...pages].filter(([, events]) => events.length === PAGE_SIZE));

/** Opens the stream of an instance, whether it runs or ended long ago; resumes by itself after a lost connection. */
export const openInstanceStream = (options: InstanceStreamOptions): InstanceStream => {
  const { connection, orchestrationId, instanceId, schedule } = options;
  const store = createStore<InstanceStreamState>(() => empty);
  let gap = false;

  const read = async (from: number, limit: number): Promise<readonly OrchestrationEvent[]> =>
    (await connection.request((client) => client.events.page({ id: instanceId, from, limit }))).events;
  const isGap = (): boolean => gap;

  const queue = createFrameQueue<Batch>((batches) => {
    let state = store.getState();
    for (const batch of batches) {
      const next = applyBatch(state, batch);
      if (next === null) {
        gap = true;
        break;
      }
      state = next;
    }
    store.setState(state, true);
  }, schedule);

  const follow = async (client: EngineClient, signal: AbortSignal): Promise<'ended' | 'again'> => {
    queue.clear();
    gap = false;
    const { seq, ...start } = await loadStart(client, instanceId);
    signal.throwIfAborted();
    const pages = new Map([...fullPages(store.getState().pages), ...(start.pages ?? [])]);
    store.setState({ ...start, pages, status: 'ready', failure: null, live: [], following: true });
    const input = { id: orchestrationId, instanceId, afterSeq: seq };
    for await (const batch of await client.live.stream(input, { signal })) {
      if (batch.kind === 'reset' || isGap()) return 'again';
      queue.push(batch);
    }
    queue.flush();
    return isGap() ? 'again' : 'ended';
  };

  const start = (): (() => void) =>
    connection.keep(
      async (client, signal) => {
        while ((await follow(client, signal)) === 'again') signal.throwIfAborted();
        store.setState({ following: false, live: [] });
      },
      (failure) => {
        store.setState({ status: 'failed', failure, following: false });
      },
    );

  let stop = start();
  const stopListening = options.onChange?.((now) => {
    const state = store.getState();
    if (now.id !== instanceId || state.following || now.eventCount <= state.letters.length) return;
    stop();
    stop = start();
  });

  return {
    store,
    ...createPageLoader(store, read),
    read,
    close: () => {
      stop();
      stopListening?.();
      queue.clear();
    },
  };
};
