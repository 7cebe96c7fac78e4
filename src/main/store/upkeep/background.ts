import type { Log } from '../../engine/ports.ts';
import { createKeeper, type Keeper, type KeeperTerms } from './keeper.ts';
import type { SliceName, StoreRequest, WorkerStart } from '../protocol.ts';
import { openWorkerLink, type WorkerLink } from '../worker-link.ts';

/** A commit that comes meanwhile waits for the writer. */
const writerSliceMs = 15;

/** The store's own background work (slices.ts): the thread that does it, and when. */
type Work = KeeperTerms & {
  readonly name: SliceName;
  readonly thread: 'writer' | 'keeper';
  /** It leaves free pages behind: when it has nothing more to do, there may be something to give back. */
  readonly frees?: true;
};
const work: readonly Work[] = [
  { name: 'checkpoint', thread: 'keeper' },
  { name: 'compact', thread: 'writer', sliceMs: writerSliceMs, frees: true },
  { name: 'remove', thread: 'writer', sliceMs: writerSliceMs, frees: true },
  { name: 'vacuum', thread: 'writer', sliceMs: writerSliceMs },
  { name: 'index', thread: 'keeper', whileBusy: true },
  { name: 'tidyIndex', thread: 'keeper', everyMs: 60_000 },
  { name: 'compress', thread: 'keeper', everyMs: 60_000 },
];

const timers = {
  monotonic: () => performance.now(),
  after: (delayMs: number, run: () => void) => {
    const timer = setTimeout(run, delayMs).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/** The store's background work: in quiet moments, on the writer's thread or on one of its own that the first slice starts. */
export type Background = {
  readonly keeper: Keeper;
  /** Something was stored of these orchestrations. */
  committed(orchestrationIds: readonly string[]): void;
  /** Lets the index of words catch up with what is stored, for at most about so many milliseconds. */
  catchUp(ms: number): Promise<void>;
  /** Asks its thread what takes longer than the one that answers people should take. */
  ask(request: StoreRequest): Promise<string>;
  /** Ends with the slice that is under way, and brings the ledgers up to date. */
  close(): Promise<void>;
};

/** What is not in the ledgers by then is written by the next engine. */
const flushMs = 2_000;

/** Keeps the ledgers up with what is stored. */
const createLedgerTask = () => {
  let changed = new Set<string>();
  let mayBeBehind = false;
  const ask = async (thread: WorkerLink, ms: number, isFlush: boolean): Promise<boolean> => {
    const asked = changed;
    changed = new Set();
    try {
      return (await thread.ask({ kind: 'ledgers', changed: [...asked], ms, isFlush })) === 'true';
    } catch (error) {
      changed = new Set([...asked, ...changed]);
      throw error;
    }
  };
  return {
    committed: (ids: readonly string[]): void => {
      mayBeBehind = true;
      for (const id of ids) changed.add(id);
    },
    run: (thread: WorkerLink, ms: number): Promise<boolean> => ask(thread, ms, false),
    flush: async (thread: WorkerLink): Promise<void> => {
      if (mayBeBehind) await ask(thread, flushMs, true);
    },
  };
};

export const openBackground = (
  start: Omit<WorkerStart, 'role'>,
  writer: WorkerLink,
  log: Log | undefined,
): Background => {
  const keeper = createKeeper({ clock: timers, log });
  let thread: WorkerLink | undefined;
  let isClosed = false;
  const threads = {
    writer: () => writer,
    // One that failed is replaced by the next slice.
    keeper: () => {
      if (thread === undefined || thread.isGone()) thread = openWorkerLink({ ...start, role: 'keeper' }, log);
      return thread;
    },
  };
  const wakes = new Map<SliceName, () => void>();
  for (const { name, thread: where, frees, ...terms } of work) {
    const run = async (ms: number): Promise<boolean> => {
      const hasMore = (await threads[where]().ask({ kind: 'slice', name, ms })) === 'true';
      if (frees === true && !hasMore) wakes.get('vacuum')?.();
      if (name === 'vacuum' && !hasMore) wakes.get('checkpoint')?.();
      return hasMore;
    };
    wakes.set(name, keeper.add({ name, run }, terms));
  }
  const ledgers = createLedgerTask();
  keeper.add({ name: 'ledgers', run: (ms) => ledgers.run(threads.keeper(), ms) }, { whileBusy: true });
  return {
    keeper,
    committed: (ids) => {
      ledgers.committed(ids);
      keeper.committed();
    },
    catchUp: async (ms) => {
      await threads.keeper().ask({ kind: 'slice', name: 'index', ms });
    },
    // After the end the writer refuses, as it does everything.
    ask: (request) => (isClosed ? writer : threads.keeper()).ask(request),
    close: async () => {
      isClosed = true;
      await keeper.close();
      try {
        // A thread takes longer to start than a short command's ledger to write: one that was not needed yet is not now.
        await ledgers.flush(thread === undefined ? writer : threads.keeper());
      } catch (error) {
        // A full disk, say: the next engine writes what is missing.
        log?.error('the ledgers could not be brought up to date', error);
      }
      await thread?.close();
    },
  };
};
