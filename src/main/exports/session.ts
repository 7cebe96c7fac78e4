import { failureError } from '../../shared/domain/failure.ts';
import type { OrchestrationEvent } from '../../shared/domain/event.ts';
import type { InstanceId, OrchestrationId } from '../../shared/domain/ids.ts';
import type { Store, StoredOrchestration } from '../engine/store-ports.ts';

/** As much of a store as exporting reads. */
export type ReadableStore = Pick<
  Store,
  'orchestration' | 'orchestrations' | 'eventsAfter' | 'instanceEvents'
>;

type Events = AsyncGenerator<readonly OrchestrationEvent[], void>;

/**
 * An orchestration as it was at one moment: what its views say and its events come to the same, also while it runs on.
 * Events come a page at a time, so that a long one takes no more memory than a short one.
 */
export type Session = {
  readonly stored: StoredOrchestration;
  /** All of them, by seq. */
  readonly events: () => Events;
  /** Those of an instance, by n. */
  readonly eventsOf: (instanceId: InstanceId) => Events;
  /** Texts that must not be in what attempts printed; null when it goes as it is. */
  readonly secrets: readonly string[] | null;
};

const pageSize = 500;

async function* allEvents(store: ReadableStore, id: OrchestrationId, lastSeq: number): Events {
  for (let after = 0; after < lastSeq;) {
    const page = await store.eventsAfter(id, after, Math.min(pageSize, lastSeq - after));
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.seq;
    yield page.filter(({ seq }) => seq <= lastSeq);
  }
}

async function* eventsOfInstance(store: ReadableStore, id: InstanceId, count: number): Events {
  for (let from = 0; from < count;) {
    const page = await store.instanceEvents(id, from, Math.min(pageSize, count - from));
    if (page.length === 0) return;
    from = (page.at(-1)?.n ?? count) + 1;
    yield page;
  }
}

const sessionOf = (store: ReadableStore, stored: StoredOrchestration): Session => {
  const { id, lastSeq } = stored.orchestration;
  const counts = new Map(stored.instances.map((view) => [view.id, view.eventCount]));
  return {
    stored,
    events: () => allEvents(store, id, lastSeq),
    eventsOf: (instanceId) => eventsOfInstance(store, instanceId, counts.get(instanceId) ?? 0),
    secrets: null,
  };
};

/** Opens an orchestration for reading. @throws FailureError `orchestration.unknown` */
export const openSession = async (store: ReadableStore, id: OrchestrationId): Promise<Session> => {
  const stored = await store.orchestration(id);
  if (stored !== null) return sessionOf(store, stored);
  throw failureError('orchestration.unknown', `There is no orchestration ${id} in this data directory.`);
};

async function* allIds(store: ReadableStore): AsyncGenerator<OrchestrationId, void> {
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await store.orchestrations({ limit: 200, ...(cursor !== undefined && { cursor }) });
    for (const { id } of page.items) yield id;
    cursor = page.nextCursor;
  }
}

/** Opens one after the other; null: all that are not deleted, newest first. @throws as `openSession` */
export async function* openSessions(
  store: ReadableStore,
  ids: readonly OrchestrationId[] | null,
): AsyncGenerator<Session, void> {
  for await (const id of ids ?? allIds(store)) yield await openSession(store, id);
}

/** As `openSessions`, but the oldest first: what is stored in this order is in the same order again. */
export async function* openOldestFirst(
  store: ReadableStore,
  ids: readonly OrchestrationId[] | null,
): AsyncGenerator<Session, void> {
  const all: OrchestrationId[] = [];
  for await (const id of ids ?? allIds(store)) all.push(id);
  yield* openSessions(store, ids === null ? all.reverse() : all);
}
