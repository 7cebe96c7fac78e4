import type { HistoryProgress } from '../../../shared/contract/history.ts';
import type { Clock } from '../../engine/ports.ts';

/** An import that runs, for any number of listeners. */
export interface ImportRun {
  readonly folder: string;
  /** Goes on when nobody listens. */
  readonly isOwn: boolean;
  readonly done: Promise<HistoryProgress>;
  progress(): HistoryProgress | null;
  hasListeners(): boolean;
  /** News of it, ten times a second at most, the end last. Who stops listening as the last one cancels it. */
  listen(): AsyncGenerator<HistoryProgress, void>;
  cancel(): void;
  isCancelled(): boolean;
}

type RunOptions = Pick<ImportRun, 'folder' | 'isOwn'> & {
  readonly clock: Clock;
  readonly work: (
    signal: AbortSignal,
    onProgress: (progress: HistoryProgress) => void,
  ) => Promise<HistoryProgress>;
};

const tellEveryMs = 100;

/** Starts an import. */
export const startRun = ({ folder, isOwn, clock, work }: RunOptions): ImportRun => {
  const cancelling = new AbortController();
  let progress: HistoryProgress | null = null;
  let listeners = 0;
  const done = work(cancelling.signal, (now) => {
    progress = now;
  });

  const pause = (): Promise<void> => new Promise((resolve) => clock.after(tellEveryMs, resolve));
  async function* listen(): AsyncGenerator<HistoryProgress, void> {
    const ended = done.then(
      () => true,
      () => true,
    );
    let told: HistoryProgress | null = null;
    let isDone = false;
    listeners += 1;
    try {
      while (!isDone) {
        if (progress !== null && progress !== told && progress.state !== 'done') {
          told = progress;
          yield told;
        }
        isDone = await Promise.race([ended, pause().then(() => false)]);
      }
      yield await done;
    } finally {
      listeners -= 1;
      if (!isDone && !isOwn && listeners === 0) cancelling.abort();
    }
  }
  return {
    ...{ folder, isOwn, done, listen },
    progress: () => progress,
    hasListeners: () => listeners > 0,
    isCancelled: () => cancelling.signal.aborted,
    cancel: () => {
      cancelling.abort();
    },
  };
};
