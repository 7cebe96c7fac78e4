import type { Clock } from './ports.ts';

/** Wakes those who were told to wait. Only while somebody waits is there a timer. */
export interface WakeUp {
  subscribe(wake: () => void): () => void;
  /** Somebody waits: until `soon`, or at the latest until then (epoch milliseconds; null: nobody knows when). */
  wait(at: number | null): void;
  /** What is waited for may have come. All are woken once, after this turn of the event loop; nothing if nobody waits. */
  soon(): void;
  close(): void;
}

/** A wait is cut at this, so that one over a sleep or a set clock is not much too long. */
const longestMs = 60_000;

export const createWakeUp = (clock: Clock): WakeUp => {
  const listeners = new Set<() => void>();
  let isAwaited = false;
  let timer: { readonly at: number; readonly cancel: () => void } | null = null;

  const disarm = (): void => {
    timer?.cancel();
    timer = null;
  };

  const soon = (): void => {
    if (!isAwaited) return;
    isAwaited = false;
    disarm();
    queueMicrotask(() => {
      for (const wake of [...listeners]) wake();
    });
  };

  return {
    subscribe: (wake) => {
      listeners.add(wake);
      return () => {
        listeners.delete(wake);
      };
    },
    wait: (at) => {
      isAwaited = true;
      if (at === null || (timer !== null && timer.at <= at)) return;
      disarm();
      const delay = Math.min(longestMs, Math.max(0, at - clock.now()));
      timer = { at, cancel: clock.after(delay, soon) };
    },
    soon,
    close: () => {
      listeners.clear();
      disarm();
    },
  };
};
