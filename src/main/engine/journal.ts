import type { StoreTrouble } from '../../shared/contract/contract.ts';
import { failureOf } from '../../shared/domain/failure.ts';
import { instantOf, type InstanceId, type OrchestrationId } from '../../shared/domain/ids.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';
import type { Clock, Log } from './ports.ts';
import type { AttemptRecord, RecordChange, Remark, Store, StoreBatch } from './store-ports.ts';

/** What one step of the engine makes durable; the parts left out are empty. */
export type Change = Partial<StoreBatch>;

/** Writes changes in order, many to a commit, and tells of each commit after it. */
export interface Journal {
  /** Takes a change in; resolves once it is durable. Never rejects: while the store fails, the change waits. */
  append(change: Change): Promise<void>;
  /** Resolves when everything taken in so far is durable. */
  flushed(): Promise<void>;
  /** Why what happens cannot be made durable at the moment; null while it can. */
  trouble(): StoreTrouble | null;
  /**
   * As `flushed`, but while the store fails it gives up after some tries: what the spools hold is read again by the next
   * engine.
   */
  end(): Promise<void>;
}

type JournalOptions = {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Called after each commit, in order: persist first, then publish. */
  readonly onCommitted: (batch: StoreBatch) => void;
  /** Called when changes cannot be made durable any more, for another reason than before, or (null) can again. */
  readonly onTrouble: (trouble: StoreTrouble | null) => void;
};

const retryAfterMs = 1000;

/** So often a commit is tried once the engine is to end. */
const lastTries = 3;

/** Later rows of the same id replace earlier ones, so a batch holds each row once. */
type Pending = {
  readonly events: StoreBatch['events'][number][];
  readonly created: StoreBatch['created'][number][];
  readonly orchestrations: Map<OrchestrationId, OrchestrationView>;
  readonly instances: Map<InstanceId, InstanceView>;
  readonly attempts: Map<AttemptRecord['id'], AttemptRecord>;
  readonly specs: Map<InstanceId, StoreBatch['specs'][number]>;
  /** By kind and id. */
  readonly records: Map<string, RecordChange>;
  readonly remarks: Remark[];
};

const nothingPending = (): Pending => ({
  events: [],
  created: [],
  orchestrations: new Map(),
  instances: new Map(),
  attempts: new Map(),
  specs: new Map(),
  records: new Map(),
  remarks: [],
});

const putAll = <Key, Row>(
  rows: Map<Key, Row>,
  added: readonly Row[] | undefined,
  keyOf: (row: Row) => Key,
): void => {
  for (const row of added ?? []) rows.set(keyOf(row), row);
};

const add = (pending: Pending, change: Change): void => {
  // Not in one call: bursts are longer than what a call takes.
  for (const event of change.events ?? []) pending.events.push(event);
  pending.created.push(...(change.created ?? []));
  pending.remarks.push(...(change.remarks ?? []));
  putAll(pending.orchestrations, change.orchestrations, ({ id }) => id);
  putAll(pending.instances, change.instances, ({ id }) => id);
  putAll(pending.attempts, change.attempts, ({ id }) => id);
  putAll(pending.specs, change.specs, ({ instanceId }) => instanceId);
  putAll(pending.records, change.records, ({ kind, id }) => `${kind} ${id}`);
};

const batchOf = (pending: Pending): StoreBatch => ({
  events: pending.events,
  created: pending.created,
  orchestrations: [...pending.orchestrations.values()],
  instances: [...pending.instances.values()],
  attempts: [...pending.attempts.values()],
  specs: [...pending.specs.values()],
  records: [...pending.records.values()],
  ...(pending.remarks.length > 0 && { remarks: pending.remarks }),
});

const pauseOf = (clock: Clock): Promise<void> => new Promise((resolve) => clock.after(retryAfterMs, resolve));

/**
 * Group commit: one commit is under way at a time, and what comes in meanwhile goes into the next. So a quiet engine
 * commits at once and a busy one in large batches, without a timer. A failed commit (disk full) is tried again every
 * second with its changes kept, which holds up the reading of spools but loses nothing: the spools grow on.
 */
export const createJournal = ({ store, clock, log, onCommitted, onTrouble }: JournalOptions): Journal => {
  let pending = nothingPending();
  let waiting: (() => void)[] = [];
  let running: Promise<void> | null = null;

  let trouble: StoreTrouble | null = null;
  let triesLeft = Number.POSITIVE_INFINITY;

  const failed = (error: unknown): void => {
    const failure = failureOf(error, 'store.failed');
    triesLeft -= 1;
    // Told with its code, and once: each second the same would fill a disk that is full already.
    if (trouble?.message === failure.message) return;
    log.warn(`the store takes no commits: ${failure.message}`, { code: failure.code, error });
    trouble = { ...failure, since: trouble?.since ?? instantOf(clock.now()) };
    onTrouble(trouble);
  };
  const worked = (): void => {
    if (trouble === null) return;
    log.warn('the store takes commits again', { code: trouble.code });
    trouble = null;
    onTrouble(null);
  };
  /** False when it gave up. */
  const commit = async (batch: StoreBatch): Promise<boolean> => {
    while (triesLeft > 0) {
      try {
        await store.commit(batch);
        worked();
        return true;
      } catch (error) {
        failed(error);
        if (triesLeft > 0) await pauseOf(clock);
      }
    }
    return false;
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = batchOf(pending);
      const resolvers = waiting;
      pending = nothingPending();
      waiting = [];
      if (!(await commit(batch))) return;
      onCommitted(batch);
      for (const resolve of resolvers) resolve();
    }
    running = null;
  };

  return {
    append: (change) => {
      add(pending, change);
      const durable = new Promise<void>((resolve) => waiting.push(resolve));
      // Started after this turn of the event loop, so that what one turn brings goes into one commit.
      running ??= Promise.resolve().then(run);
      return durable;
    },
    flushed: () => running ?? Promise.resolve(),
    trouble: () => trouble,
    end: async () => {
      triesLeft = lastTries;
      await running;
    },
  };
};
