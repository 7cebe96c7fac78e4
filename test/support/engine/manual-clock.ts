import type { Clock } from '../../../src/main/engine/ports.ts';

/** Lets everything that waits for promises only go on until nothing does. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

export type ManualClock = Clock & {
  /** Moves time on, running the timers that come due, in order, each at its time. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock, as a person or a time server would; nothing else moves. */
  setWall(ms: number): void;
  /**
   * The machine sleeps: no timer runs. The monotonic clock stands still meanwhile and timers wait so much longer, or it goes
   * on and what has come due runs at waking up: systems differ.
   */
  sleep(ms: number, monotonic: 'stops' | 'goes on'): Promise<void>;
};

type Timer = { readonly at: number; readonly run: () => void };

/** A clock that stands still until it is moved. */
export const createManualClock = (startMs = Date.parse('2026-11-23T08:00:00.000Z')): ManualClock => {
  let monotonic = 0;
  /** What the wall clock is ahead of the monotonic one. */
  let ahead = startMs;
  const timers = new Set<Timer>();

  const runDue = async (until: number): Promise<void> => {
    const nextDue = () => [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
    await settled();
    for (let due = nextDue(); due !== undefined; due = nextDue()) {
      const timer = due;
      timers.delete(timer);
      monotonic = Math.max(monotonic, timer.at);
      timer.run();
      await settled();
    }
  };

  return {
    now: () => monotonic + ahead,
    monotonic: () => monotonic,
    after: (delayMs, run) => {
      const timer = { at: monotonic + Math.max(0, delayMs), run };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    advance: async (ms) => {
      const until = monotonic + ms;
      await runDue(until);
      monotonic = until;
      await settled();
    },
    setWall: (ms) => {
      ahead = ms - monotonic;
    },
    sleep: async (ms, how) => {
      if (how === 'stops') ahead += ms;
      else monotonic += ms;
      await runDue(monotonic);
    },
  };
};
