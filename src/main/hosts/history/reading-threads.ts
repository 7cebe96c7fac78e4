import { Worker } from 'node:worker_threads';
import { FailureError, failureError } from '../../../shared/domain/failure.ts';
import type { ThreadAnswers, ThreadReply, ThreadRequest } from './reading-thread.ts';

// The build names this entry so and puts it beside every other file of the main process.
const entry = new URL(
  import.meta.url.endsWith('.ts') ? './reading-thread.ts' : './history-thread.js',
  import.meta.url,
);

type Waiting = {
  readonly resolve: (answer: ThreadAnswers[ThreadRequest['kind']]) => void;
  readonly reject: (error: Error) => void;
};

/** Threads that read transcripts, started when they are first needed. */
export interface ReadingThreads {
  readonly count: number;
  /** @throws FailureError `history.unreadable` */
  ask<K extends ThreadRequest['kind']>(
    request: Extract<ThreadRequest, { readonly kind: K }> | (ThreadRequest & { readonly kind: K }),
  ): Promise<ThreadAnswers[K]>;
  close(): Promise<void>;
}

type Thread = { readonly worker: Worker; readonly waiting: Map<number, Waiting> };

const openThread = (onGone: (thread: Thread) => void): Thread => {
  const worker = new Worker(entry, { name: 'history', execArgv: [] });
  const thread: Thread = { worker, waiting: new Map() };
  const gone = (why: string): void => {
    for (const { reject } of thread.waiting.values()) reject(failureError('history.unreadable', why));
    thread.waiting.clear();
    onGone(thread);
  };
  worker.on('error', (error: unknown) => {
    gone(`The thread that reads the history failed: ${String(error)}.`);
  });
  worker.once('exit', () => {
    gone('The thread that reads the history has ended.');
  });
  worker.on('message', (reply: ThreadReply) => {
    const one = thread.waiting.get(reply.id);
    thread.waiting.delete(reply.id);
    if (thread.waiting.size === 0) worker.unref();
    if ('failure' in reply) one?.reject(new FailureError(reply.failure));
    else one?.resolve(reply.answer);
  });
  worker.unref();
  return thread;
};

/** Threads for the history; each request goes to the one with the fewest. */
export const createReadingThreads = (count: number): ReadingThreads => {
  const threads = new Set<Thread>();
  let lastId = 0;
  const free = (): Thread => {
    const idle = [...threads].toSorted((a, b) => a.waiting.size - b.waiting.size)[0];
    if (idle !== undefined && (idle.waiting.size === 0 || threads.size >= count)) return idle;
    const thread = openThread((gone) => threads.delete(gone));
    threads.add(thread);
    return thread;
  };
  return {
    count,
    ask: <K extends ThreadRequest['kind']>(request: ThreadRequest) =>
      new Promise<ThreadAnswers[K]>((resolve, reject) => {
        const { worker, waiting } = free();
        lastId += 1;
        waiting.set(lastId, {
          // The thread answers what it was asked.
          resolve: (answer) => {
            resolve(answer as ThreadAnswers[K]);
          },
          reject,
        });
        worker.ref();
        worker.postMessage({ id: lastId, request });
      }),
    close: async () => {
      const open = [...threads];
      threads.clear();
      await Promise.all(open.map(({ worker }) => worker.terminate()));
    },
  };
};
