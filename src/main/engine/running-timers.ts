/**
 * What happened to the clocks. `slept`: the machine slept. `set_forward`: the wall clock is ahead of what passed, because it
 * was set or the machine slept (systems whose monotonic clock stops in sleep do not tell which). `set_back`: it was set back.
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
