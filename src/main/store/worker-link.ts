import { Worker } from 'node:worker_threads';
import type { Log } from '../engine/ports.ts';
import { failureError, FailureError } from '../../shared/domain/failure.ts';
import type { Reply, StoreRequest, WorkerStart } from './protocol.ts';

/** One of the store's threads, seen from outside. */
export type WorkerLink = {
  /** The answer's JSON text. The memory of what is handed over is no longer the caller's. @throws FailureError the thread's own, `store.closed`, or `store.failed` if it is gone */
  ask(request: StoreRequest, handedOver?: readonly ArrayBuffer[]): Promise<string>;
  /** True when it answers nothing more. */
  isGone(): boolean;
  /** Lets it answer what it was asked, then ends it. */
  close(): Promise<void>;
};

/** What takes longer than this, in milliseconds, is logged. */
const slowMs = 40;

/** These wait for the disk by their nature, or say themselves how long they may take. */
const unhurried: readonly StoreRequest['kind'][] = [
  'open',
  'repair',
  'import',
  'slice',
  'ledgers',
  'vacuum',
  'census',
  'removable',
  'close',
];

// The build names this entry so and puts it beside every other file of the main process.
const entry = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './store-worker.js', import.meta.url);

type Waiting = {
  readonly kind: StoreRequest['kind'];
  readonly resolve: (result: string) => void;
  readonly reject: (error: FailureError) => void;
};

/** Starts a thread. Requests may be made at once: they wait until it runs. */
export const openWorkerLink = (start: WorkerStart, log?: Log): WorkerLink => {
  const worker = new Worker(entry, {
    workerData: start,
    name: `store-${start.role}`,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let refusal: FailureError | undefined;
  let closing: Promise<void> | undefined;

  const refuse = (error: FailureError): void => {
    refusal ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      refuse(failureError('store.failed', `The ${start.role} of the database has ended. Start again.`));
      resolve();
    });
  });
  worker.on('error', (error) => {
    log?.error(`the store's ${start.role} thread failed`, error);
    refuse(failureError('store.failed', `The ${start.role} of the database failed. Start again.`, error));
  });
  worker.on('message', (reply: Reply) => {
    const request = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (request === undefined) return;
    if (reply.ms >= slowMs && !unhurried.includes(request.kind)) {
      log?.warn('slow query', { query: request.kind, ms: Math.round(reply.ms) });
    }
    if ('failure' in reply) request.reject(new FailureError(reply.failure));
    else request.resolve(reply.result);
  });

  const ask: WorkerLink['ask'] = (request, handedOver = []) =>
    new Promise((resolve, reject) => {
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      const id = ++lastId;
      waiting.set(id, { kind: request.kind, resolve, reject });
      worker.postMessage({ id, request }, handedOver);
    });
  const end = async (): Promise<void> => {
    try {
      if (refusal === undefined) {
        const closed = ask({ kind: 'close' });
        refusal = failureError('store.closed', 'The database was closed.');
        await closed;
      }
    } finally {
      await ended;
    }
  };
  return { ask, isGone: () => refusal !== undefined, close: () => (closing ??= end()) };
};
