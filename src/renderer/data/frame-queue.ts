/** Runs a function soon and once; gives a function that calls it off. */
export type Schedule = (run: () => void) => () => void;

/** How long a hidden page, which gets no animation frames, leaves its updates lying. */
const HIDDEN_PAGE_MS = 250;

/** The next animation frame, or a quarter of a second when there is none. */
const nextFrame: Schedule = (run) => {
  const cancel = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const go = (): void => {
    cancel();
    run();
  };
  const frame = requestAnimationFrame(go);
  const timer = setTimeout(go, HIDDEN_PAGE_MS);
  return cancel;
};

export type FrameQueue<T> = {
  readonly push: (item: T) => void;
  /** Applies what waits, now. */
  readonly flush: () => void;
  /** Forgets what waits. */
  readonly clear: () => void;
};

/** Gathers items and gives them to `apply` together, once per frame: a store behind it changes at most that often. */
export const createFrameQueue = <T>(
  apply: (items: readonly T[]) => void,
  schedule: Schedule = nextFrame,
): FrameQueue<T> => {
  let waiting: T[] = [];
  let isScheduled = false;
  let cancel = (): void => undefined;
  const clear = (): void => {
    cancel();
    isScheduled = false;
    waiting = [];
  };
  const flush = (): void => {
    const items = waiting;
    clear();
    if (items.length > 0) apply(items);
  };
  return {
    push: (item) => {
      waiting.push(item);
      if (isScheduled) return;
      isScheduled = true;
      cancel = schedule(flush);
    },
    flush,
    clear,
  };
};
