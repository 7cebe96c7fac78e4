import type { Clock } from '../../../src/main/engine/ports.ts';

/** Lets everything that waits for promises only go on until nothing does. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

export type ManualClock = Clock & {
  /** Moves time on, running the timers that come due, in order, each at its time. */
  advance(ms: number): Promise<void>;
};

/** A clock that stands still until it is moved. */
export const createManualClock = (startMs = Date.parse('2026-11-23T08:00:00.000Z')): ManualClock => {
  let time = startMs;
  let timers: { readonly at: number; readonly run: () => void }[] = [];

  const nextDue = (until: number) => timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];

  return {
    now: () => time,
    after: (delayMs, run) => {
      const timer = { at: time + Math.max(0, delayMs), run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    advance: async (ms) => {
      const until = time + ms;
      await settled();
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        const timer = due;
        timers = timers.filter((one) => one !== timer);
        time = timer.at;
        timer.run();
        await settled();
      }
      time = until;
      await settled();
    },
  };
};
