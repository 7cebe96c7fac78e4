import { createStore, type StoreApi } from 'zustand/vanilla';
import type { OverviewUpdate, StoreTrouble } from '../../shared/contract/contract.ts';
import type { Failure } from '../../shared/domain/failure.ts';
import type { InstanceId, OrchestrationId } from '../../shared/domain/ids.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';
import { totalOf } from '../../shared/domain/usage.ts';
import type { Connection } from './connection.ts';
import { createFrameQueue, type Schedule } from './frame-queue.ts';
import { createThroughput, type Throughput } from './throughput.ts';

/** All that runs or ended not long ago, as the engine last told it. */
export type OverviewState = {
  /** False until the first snapshot came. */
  readonly loaded: boolean;
  readonly failure: Failure | null;
  /** Why what happens cannot be stored at the moment; null while it can. */
  readonly storeTrouble: StoreTrouble | null;
  readonly orchestrations: ReadonlyMap<OrchestrationId, OrchestrationView>;
  readonly instances: ReadonlyMap<InstanceId, InstanceView>;
  /** Instances of orchestrations that somebody deleted since: they are back when that is taken back. */
  readonly deleted: ReadonlyMap<OrchestrationId, readonly InstanceView[]>;
};

export type Overview = {
  readonly store: StoreApi<OverviewState>;
  readonly throughput: Throughput;
  /** Calls back with each instance that changed and what it was before (null when it is new), once per frame. */
  readonly onChange: (listener: (now: InstanceView, before: InstanceView | null) => void) => () => void;
  readonly close: () => void;
};

const byId = <T extends { readonly id: string }>(items: readonly T[]): Map<T['id'], T> =>
  new Map(items.map((item) => [item.id, item]));

const merged = <T extends { readonly id: string }>(
  old: ReadonlyMap<T['id'], T>,
  changed: readonly T[],
): ReadonlyMap<T['id'], T> => {
  if (changed.length === 0) return old;
  const next = new Map(old);
  for (const item of changed) next.set(item.id, item);
  return next;
};

/** Takes what was deleted out of sight, and puts back what is there again. */
const withoutDeleted = (state: OverviewState, changed: readonly OrchestrationView[]): OverviewState => {
  const gone = changed.filter(({ deletedAt }) => deletedAt !== null).map(({ id }) => id);
  const back = changed.filter(({ id, deletedAt }) => deletedAt === null && state.deleted.has(id));
  if (gone.length === 0 && back.length === 0) return state;
  const orchestrations = new Map(state.orchestrations);
  const instances = new Map(state.instances);
  const deleted = new Map(state.deleted);
  for (const { id } of back) {
    for (const one of deleted.get(id) ?? []) instances.set(one.id, one);
    deleted.delete(id);
  }
  for (const id of gone) {
    const own = [...instances.values()].filter((one) => one.orchestrationId === id);
    deleted.set(id, own);
    for (const one of own) instances.delete(one.id);
    orchestrations.delete(id);
  }
  return { ...state, orchestrations, instances, deleted };
};

/** True for what an update is about here: marks on what ended long ago are not. */
const isOfOverview = (state: OverviewState, update: OverviewUpdate, one: OrchestrationView): boolean =>
  one.endedAt === null ||
  state.orchestrations.has(one.id) ||
  (state.deleted.get(one.id)?.length ?? 0) > 0 ||
  update.instances.some(({ orchestrationId }) => orchestrationId === one.id);

/** The state after an update: a snapshot replaces all, a change replaces what it names. */
const applyOverview = (state: OverviewState, update: OverviewUpdate): OverviewState => {
  if (update.kind === 'snapshot') {
    return {
      loaded: true,
      failure: null,
      storeTrouble: update.storeTrouble ?? null,
      deleted: new Map(),
      orchestrations: byId(update.orchestrations),
      instances: byId(update.instances),
    };
  }
  const changed = update.orchestrations.filter((one) => isOfOverview(state, update, one));
  const next = {
    ...state,
    orchestrations: merged(state.orchestrations, changed),
    instances: merged(state.instances, update.instances),
    storeTrouble: update.storeTrouble === undefined ? state.storeTrouble : update.storeTrouble,
  };
  return withoutDeleted(next, changed);
};

type Change = (now: InstanceView, before: InstanceView | null) => void;

/** Follows the engine's overview for as long as it is open. A reconnection brings a new snapshot. */
export const openOverview = (
  connection: Connection,
  options: { readonly schedule?: Schedule; readonly now?: () => number } = {},
): Overview => {
  const now = options.now ?? Date.now;
  const empty: OverviewState = {
    loaded: false,
    failure: null,
    storeTrouble: null,
    orchestrations: new Map(),
    instances: new Map(),
    deleted: new Map(),
  };
  const store = createStore<OverviewState>(() => empty);
  const throughput = createThroughput(now());
  const listeners = new Set<Change>();

  const tell = (before: OverviewState, after: OverviewState): void => {
    if (!before.loaded || before.instances === after.instances) return;
    for (const [id, instance] of after.instances) {
      const old = before.instances.get(id) ?? null;
      if (old === instance) continue;
      const grown =
        totalOf(instance.usage).outputTokens - (old === null ? 0 : totalOf(old.usage).outputTokens);
      throughput.add(grown, now());
      for (const listener of listeners) listener(instance, old);
    }
  };

  const queue = createFrameQueue<OverviewUpdate>((updates) => {
    const before = store.getState();
    const after = updates.reduce(applyOverview, before);
    store.setState(after, true);
    tell(before, after);
  }, options.schedule);

  const stop = connection.keep(
    async (client, signal) => {
      for await (const update of await client.live.overview(undefined, { signal })) queue.push(update);
      throw new Error('the overview ended');
    },
    (failure) => {
      store.setState({ failure });
    },
  );

  return {
    store,
    throughput,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      stop();
      queue.clear();
    },
  };
};
