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

/** Adds up waking time from look to look. */
const createWakingTime = (clock: Clock, tell: (jump: ClockJump) => void) => {
  let seen = { monotonic: 0, wall: 0 };
  let awake = 0;
  const look = () => ({ monotonic: clock.monotonic(), wall: clock.now() });
  return {
    /** Waking time up to the last look, in milliseconds. */
    awake: () => awake,
    /** The monotonic clock at the last look. */
    seen: () => seen.monotonic,
    /** Begins anew: what passed since the last look does not matter. */
    skip: (): void => {
      seen = look();
    },
    /** Counts what passed since the last look, if it was to come at `dueAt` (monotonic) at the latest. */
    count: (dueAt: number): void => {
      const now = look();
      const passed = now.monotonic - seen.monotonic;
      const parted = now.wall - seen.wall - passed;
      seen = now;
      if (now.monotonic > dueAt + slackMs) {
        tell({ kind: 'slept', ms: passed });
        return;
      }
      awake += passed;
      if (Math.abs(parted) <= slackMs) return;
      tell({ kind: parted > 0 ? 'set_forward' : 'set_back', ms: Math.abs(parted) });
    },
  };
};

/**
 * Waking time is added up from beat to beat by the monotonic clock. Where that clock goes on in sleep, a beat comes far too
 * late, and all since the beat before it counts for nothing: so a timer may come up to a beat late for each sleep, and never
 * early for one of ten seconds or more. The wall clock counts for nothing; what it does is only told.
 */
export const createRunningTimers = (clock: Clock): RunningTimers => {
  const timers = new Set<Timer>();
  const listeners = new Set<(jump: ClockJump) => void>();
  const time = createWakingTime(clock, (jump) => {
    for (const listener of listeners) listener(jump);
  });
  /** When the next beat is to come, by the monotonic clock; null while no timer is armed. */
  let beat: { readonly at: number; readonly cancel: () => void } | null = null;

  const arm = (): void => {
    beat?.cancel();
    beat = null;
    if (timers.size === 0) return;
    let first = Number.POSITIVE_INFINITY;
    for (const { due } of timers) first = Math.min(first, due);
    const wait = Math.min(beatMs, Math.max(0, first - time.awake()));
    beat = { at: time.seen() + wait, cancel: clock.after(wait, onBeat) };
  };

  const onBeat = (): void => {
    if (beat !== null) time.count(beat.at);
    beat = null;
    for (const timer of [...timers].filter(({ due }) => due <= time.awake())) {
      // One that ran before it may have cancelled it.
      if (timers.delete(timer)) timer.run();
    }
    arm();
  };

  return {
    after: (delayMs, run) => {
      if (beat === null) time.skip();
      else time.count(beat.at);
      const timer = { due: time.awake() + Math.max(0, delayMs), run };
      timers.add(timer);
      const untilBeat = beat === null ? -1 : beat.at - time.seen();
      if (untilBeat < 0 || untilBeat > timer.due - time.awake()) arm();
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
