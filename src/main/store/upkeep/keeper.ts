import type { Clock, Log } from '../../engine/ports.ts';

/** Work that nobody waits for, done in small slices. It knows nothing of when it runs. */
export type KeeperTask = {
  readonly name: string;
  /** Does at most about `ms` milliseconds of work; true when there is more. */
  run(ms: number): Promise<boolean>;
};

export type KeeperTerms = {
  /** It also gets a short slice now and then while commits come without a pause. */
  readonly whileBusy?: boolean;
  /** It has work at each so many milliseconds; without it, after each commit. */
  readonly everyMs?: number;
  /** What a slice is at most; less for what holds up the writer. */
  readonly sliceMs?: number;
};

type KeeperClock = Pick<Clock, 'monotonic' | 'after'>;

/** Runs its tasks one at a time, in turn, when nothing else goes on. */
export interface Keeper {
  /** Takes a task on; it has work from the start. What it gives says that it has work now. */
  add(task: KeeperTask, terms?: KeeperTerms): () => void;
  /** A commit came: it is no quiet moment, and there may be work. */
  committed(): void;
  /** Resolves when nothing is left to do now, or the keeper is closed. */
  idle(): Promise<void>;
  /** Ends with the slice that is under way. */
  close(): Promise<void>;
}

/** Milliseconds without a commit after which nobody minds. */
const quietMs = 500;

/** A program that only looks something up is gone by then: it has better to do than to tidy up. */
const firstMs = 5_000;

/** A slice in a quiet moment; a reader of the disk or a commit that comes meanwhile is held up by no more than this. */
const quietSliceMs = 50;

/** While commits come without a pause: 20 ms each 2 s are 1 % of a processor. */
const busySliceMs = 20;
const busyEveryMs = 2_000;

const firstBackOffMs = 1_000;
const longestBackOffMs = 600_000;

type Job = {
  readonly task: KeeperTask;
  readonly terms: KeeperTerms;
  hasWork: boolean;
  /** By the monotonic clock. */
  notBefore: number;
  failures: number;
};

type Chore = { readonly job: Job; readonly ms: number };

/** What may run at a moment, and when to look again. */
const createRota = (clock: KeeperClock) => {
  const jobs: Job[] = [];
  let quietFrom = clock.monotonic() + firstMs;
  let nextBusySlice = clock.monotonic() + firstMs;
  let turn = 0;
  /** The next job with work that may run now, after the one that ran last. */
  const pick = (may: (job: Job) => boolean): Job | undefined => {
    for (let step = 1; step <= jobs.length; step++) {
      const at = (turn + step) % jobs.length;
      const job = jobs[at];
      if (job === undefined || !job.hasWork || job.notBefore > clock.monotonic() || !may(job)) continue;
      turn = at;
      return job;
    }
    return undefined;
  };
  return {
    jobs,
    committed: () => {
      quietFrom = Math.max(quietFrom, clock.monotonic() + quietMs);
      for (const job of jobs) if (job.terms.everyMs === undefined) job.hasWork = true;
    },
    next: (): Chore | undefined => {
      const now = clock.monotonic();
      if (now >= quietFrom) {
        const job = pick(() => true);
        return job && { job, ms: job.terms.sliceMs ?? quietSliceMs };
      }
      if (now < nextBusySlice) return undefined;
      const job = pick(({ terms }) => terms.whileBusy === true);
      // Each of them has its slice in a row, then all of them rest.
      if (job !== undefined) {
        const others = jobs.filter(({ terms }) => terms.whileBusy === true).length;
        nextBusySlice = now + busyEveryMs / others;
      }
      return job && { job, ms: busySliceMs };
    },
    /** By the monotonic clock; undefined while nothing can come of looking. */
    nextLook: (): number | undefined => {
      const working = jobs.filter(({ hasWork }) => hasWork);
      const looks = working.flatMap(({ notBefore, terms }) => {
        const when = terms.whileBusy === true ? Math.min(quietFrom, nextBusySlice) : quietFrom;
        return [Math.max(when, notBefore)];
      });
      return looks.length === 0 ? undefined : Math.min(...looks);
    },
  };
};

const run = async ({ job, ms }: Chore, clock: KeeperClock, log: Log | undefined): Promise<void> => {
  // Before the slice: what comes meanwhile is new work.
  job.hasWork = false;
  try {
    const hasMore = await job.task.run(ms);
    job.failures = 0;
    job.hasWork ||= hasMore;
    const { everyMs } = job.terms;
    if (everyMs !== undefined && !job.hasWork) {
      job.notBefore = clock.monotonic() + everyMs;
      job.hasWork = true;
    }
  } catch (error) {
    if (job.failures === 0) {
      log?.error(`the background task ${job.task.name} failed, and is tried again later`, error);
    }
    job.notBefore = clock.monotonic() + Math.min(longestBackOffMs, firstBackOffMs * 2 ** job.failures);
    job.failures += 1;
    job.hasWork = true;
  }
};

/** One timer, that is set to a time by the monotonic clock. */
const createAlarm = (clock: KeeperClock, ring: () => void) => {
  let setTo: number | undefined;
  let cancel = (): void => undefined;
  return {
    /** One that is set to an earlier time stays so: commits come often, and each of them moves the time away. */
    set: (at: number | undefined): void => {
      if (at !== undefined && setTo !== undefined && setTo <= at) return;
      cancel();
      setTo = at;
      if (at === undefined) return;
      cancel = clock.after(Math.max(0, at - clock.monotonic()), () => {
        setTo = undefined;
        ring();
      });
    },
  };
};

/** Makes a keeper; the first quiet moment is some seconds away, so that nothing it does is in the way of a start. */
export const createKeeper = ({
  clock,
  log,
}: {
  readonly clock: KeeperClock;
  readonly log?: Log | undefined;
}): Keeper => {
  const rota = createRota(clock);
  const waiting: (() => void)[] = [];
  let slice: Promise<void> | undefined;
  let isClosed = false;

  const isIdle = (): boolean =>
    isClosed || rota.jobs.every(({ hasWork, notBefore }) => !hasWork || notBefore > clock.monotonic());
  const settle = (): void => {
    if (slice === undefined && isIdle()) for (const resolve of waiting.splice(0)) resolve();
  };
  const lookAgain = (): void => {
    settle();
    alarm.set(isClosed || slice !== undefined ? undefined : rota.nextLook());
  };
  const look = (): void => {
    const chore = isClosed ? undefined : rota.next();
    if (chore === undefined) {
      lookAgain();
      return;
    }
    slice = run(chore, clock, log).then(() => {
      slice = undefined;
      lookAgain();
    });
  };
  const alarm = createAlarm(clock, look);
  return {
    add: (task, terms = {}) => {
      const job: Job = { task, terms, hasWork: true, notBefore: 0, failures: 0 };
      rota.jobs.push(job);
      lookAgain();
      return () => {
        job.hasWork = true;
        if (job.failures === 0) job.notBefore = 0;
        lookAgain();
      };
    },
    committed: () => {
      rota.committed();
      lookAgain();
    },
    idle: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        settle();
      }),
    close: async () => {
      isClosed = true;
      lookAgain();
      await slice;
      settle();
    },
  };
};
