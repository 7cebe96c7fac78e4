import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineClient } from '../../shared/contract/contract.ts';
import { failureError, failureOf, FailureError, type Failure } from '../../shared/domain/failure.ts';
import { isEngineFailure, requestFailure } from './request-failure.ts';

/** One working way to the engine. `ended` settles once, with the reason, when it is gone. */
export type Link = {
  readonly client: EngineClient;
  readonly ended: Promise<Failure>;
  readonly close: () => void;
};

/** Opens a way to the engine; throws a `FailureError` (`console.signed_out` when the cookie is missing). */
export type OpenLink = () => Promise<Link>;

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly failure: Failure; readonly retryAt: number }
  | { readonly kind: 'signed_out'; readonly failure: Failure; readonly retryAt: number };

/** A piece of work that needs a connection; `signal` aborts when the connection is gone or the work was called off. */
export type Job = (client: EngineClient, signal: AbortSignal) => Promise<void>;

export type Connection = {
  readonly state: StoreApi<ConnectionState>;
  /** Asks the engine once. Waits for the first connection; throws a `FailureError` when there is none later on. */
  readonly request: <T>(ask: (client: EngineClient) => Promise<T>) => Promise<T>;
  /**
   * Runs a job now and again after each reconnection, until it returns by itself, the engine reports a failure (given
   * to `onFailure`), or the returned function is called.
   */
  readonly keep: (job: Job, onFailure?: (failure: Failure) => void) => () => void;
  readonly retryNow: () => void;
  readonly close: () => void;
};

type Kept = { readonly start: (client: EngineClient) => void; readonly abort: () => void };

const BACK_OFF_MS = [250, 500, 1000, 2000, 5000, 10_000] as const;
const SIGNED_OUT_RETRY_MS = 5000;
const JOB_RETRY_MS = 1000;
/** A connection that held so long was a good one: the next loss starts the back-off anew. */
const LASTING_MS = 10_000;

const closedFailure: Failure = { code: 'console.closed', message: 'This console was closed.' };

const keptJob = (job: Job, done: () => void, onFailure?: (failure: Failure) => void): Kept => {
  let run = new AbortController();
  const start = (client: EngineClient): void => {
    run.abort();
    const mine = new AbortController();
    run = mine;
    job(client, mine.signal).then(
      () => {
        if (!mine.signal.aborted) done();
      },
      (error: unknown) => {
        if (mine.signal.aborted) return;
        if (isEngineFailure(error) || error instanceof FailureError) {
          done();
          onFailure?.(requestFailure(error));
          return;
        }
        setTimeout(() => {
          if (!mine.signal.aborted) start(client);
        }, JOB_RETRY_MS);
      },
    );
  };
  return {
    start,
    abort: () => {
      run.abort();
    },
  };
};

/** Waits so many milliseconds, or until `wake` is called. */
const sleeper = (): { readonly wait: (ms: number) => Promise<void>; readonly wake: () => void } => {
  let wake = (): void => undefined;
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
    });
  return {
    wait,
    wake: () => {
      wake();
    },
  };
};

/** Keeps a way to the engine open, with back-off, until it is closed. */
export const openConnection = (openLink: OpenLink, now: () => number = Date.now): Connection => {
  const state = createStore<ConnectionState>(() => ({ kind: 'connecting' }));
  const jobs = new Set<Kept>();
  const sleep = sleeper();
  const life = new AbortController();
  let link: Link | null = null;

  const isClosed = (): boolean => life.signal.aborted;

  const connectedUntilEnd = async (): Promise<Failure> => {
    const opened = await openLink();
    if (isClosed()) {
      opened.close();
      return closedFailure;
    }
    link = opened;
    state.setState({ kind: 'connected' }, true);
    for (const job of [...jobs]) job.start(opened.client);
    const failure = await opened.ended;
    link = null;
    for (const job of jobs) job.abort();
    return failure;
  };

  const live = async (): Promise<void> => {
    for (let tries = 0; ; tries += 1) {
      const openedAt = now();
      const failure = await connectedUntilEnd().catch((error: unknown) =>
        failureOf(error, 'console.unreachable'),
      );
      if (isClosed()) return;
      if (now() - openedAt > LASTING_MS) tries = 0;
      const signedOut = failure.code === 'console.signed_out';
      const delay = signedOut ? SIGNED_OUT_RETRY_MS : (BACK_OFF_MS[tries] ?? 10_000);
      const kind = signedOut ? 'signed_out' : 'disconnected';
      state.setState({ kind, failure, retryAt: now() + delay }, true);
      await sleep.wait(delay);
      if (isClosed()) return;
    }
  };
  void live();

  const whenSettled = (): Promise<ConnectionState> =>
    new Promise((resolve) => {
      const current = state.getState();
      if (current.kind !== 'connecting') {
        resolve(current);
        return;
      }
      const stop = state.subscribe((next) => {
        stop();
        resolve(next);
      });
    });

  return {
    state,
    request: async (ask) => {
      const settled = await whenSettled();
      if (link === null) {
        const why =
          settled.kind === 'disconnected' || settled.kind === 'signed_out' ? settled.failure : closedFailure;
        throw failureError('console.disconnected', `There is no connection to the engine. ${why.message}`);
      }
      try {
        return await ask(link.client);
      } catch (error) {
        throw new FailureError(requestFailure(error), { cause: error });
      }
    },
    keep: (job, onFailure) => {
      const kept = keptJob(
        job,
        () => {
          jobs.delete(kept);
        },
        onFailure,
      );
      jobs.add(kept);
      if (link !== null) kept.start(link.client);
      return () => {
        jobs.delete(kept);
        kept.abort();
      };
    },
    retryNow: sleep.wake,
    close: () => {
      life.abort();
      link?.close();
      sleep.wake();
    },
  };
};
