import { useSyncExternalStore } from 'react';

/** One shared ticker: every duration on the page moves in the same instant, and none ticks when nothing is shown. */
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

const tick = (): void => {
  now = Date.now();
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  if (timer === null) {
    now = Date.now();
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
};

const never = (): (() => void) => () => undefined;

/** Epoch milliseconds, to the second; changes once a second while `ticking`, else stands still. */
export const useNow = (ticking: boolean): number =>
  useSyncExternalStore(ticking ? subscribe : never, () => now);

/** Midnight before now, in epoch milliseconds: the same all day, so that what is drawn again is right after midnight too. */
export const useToday = (): number => useSyncExternalStore(never, () => new Date().setHours(0, 0, 0, 0));
