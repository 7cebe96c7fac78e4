import type { Clock } from './ports.ts';

/**
 * What happened to the clocks. `slept`: the machine slept, or this program was stopped. `set_forward`: the wall clock is
 * ahead of what passed, because it was set, or because the machine slept on a system whose monotonic clock stops meanwhile
 * (the two look alike). `set_back`: it was set back.
 */
export type ClockJump = {
  readonly kind: 'slept' | 'set_forward' | 'set_back';
  /** By how much, in milliseconds. */
  readonly ms: number;
};

/** Timers that count only the time in which the machine is awake, whatever is done to its clock. */
export interface RunningTimers {
  /** Calls `run` once when the machine has been awake for so long from now on; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Tells of sleep and set clocks, noticed while a timer is armed; the answer ends it. */
  onJump(listener: (jump: ClockJump) => void): () => void;
  close(): void;
}

/** How often the clocks are looked at while a timer is armed. */
const beatMs = 5000;

/** A beat that comes later than this, or clocks that part by more, are not the machine's being busy. */
const slackMs = 5000;

type Timer = { readonly due: number; readonly run: () => void };

/**
 * Waking time is added up from beat to beat by the monotonic clock. Where that clock goes on in sleep, a beat comes far too
 * late, and all since the beat before it counts for nothing: so a timer may come up to a beat late for each sleep, and never
 * early for one of ten seconds or more. The wall clock counts for nothing; what it does is only told.
 */
export const createRunningTimers = (clock: Clock): RunningTimers => {
  const timers = new Set<Timer>();
  const listeners = new Set<(jump: ClockJump) => void>();
  let awake = 0;
  let seen = { monotonic: 0, wall: 0 };
  /** When the next beat is to come, by the monotonic clock; null while no timer is armed. */
  let beat: { readonly at: number; readonly cancel: () => void } | null = null;

  const look = () => ({ monotonic: clock.monotonic(), wall: clock.now() });

  const tell = (jump: ClockJump): void => {
    for (const listener of listeners) listener(jump);
  };

  /** Counts what passed since the last look. */
  const count = (beatAt: number): void => {
    const now = look();
    const passed = now.monotonic - seen.monotonic;
    const parted = now.wall - seen.wall - passed;
    seen = now;
    if (now.monotonic > beatAt + slackMs) {
      tell({ kind: 'slept', ms: passed });
      return;
    }
    awake += passed;
    if (Math.abs(parted) > slackMs)
      tell({ kind: parted > 0 ? 'set_forward' : 'set_back', ms: Math.abs(parted) });
  };

  const arm = (): void => {
    beat?.cancel();
    beat = null;
    if (timers.size === 0) return;
    const first = Math.min(...[...timers].map(({ due }) => due)) - awake;
    const wait = Math.min(beatMs, Math.max(0, first));
    beat = { at: seen.monotonic + wait, cancel: clock.after(wait, onBeat) };
  };

  const onBeat = (): void => {
    if (beat !== null) count(beat.at);
    beat = null;
    for (const timer of [...timers].filter(({ due }) => due <= awake)) {
      // One that ran before it may have cancelled it.
      if (timers.delete(timer)) timer.run();
    }
    arm();
  };

  return {
    after: (delayMs, run) => {
      if (beat === null) seen = look();
      else count(beat.at);
      const timer = { due: awake + Math.max(0, delayMs), run };
      timers.add(timer);
      const isBeatInTime =
        beat !== null && beat.at >= seen.monotonic && beat.at - seen.monotonic <= timer.due - awake;
      if (!isBeatInTime) arm();
      return () => {
        timers.delete(timer);
        if (timers.size === 0) arm();
      };
    },
    onJump: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close: () => {
      timers.clear();
      listeners.clear();
      arm();
    },
  };
};
