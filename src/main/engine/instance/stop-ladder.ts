import type { Attempt, Clock, Log } from '../ports.ts';

/** How long each step of stopping may take before the next one, in milliseconds. */
export type StopTimes = { readonly interruptMs: number; readonly terminateMs: number };

export const defaultStopTimes: StopTimes = { interruptMs: 5000, terminateMs: 5000 };

/** Ends a process by asking more and more firmly: interrupt (so that the turn's cost is reported), SIGTERM, SIGKILL. */
export interface StopLadder {
  /** Begins at the first step, or with `force` at the last. Asked again, it only gets firmer. */
  climb(attempt: Attempt, force: boolean): void;
  /** The process has ended: no further step. */
  done(): void;
}

const steps = ['interrupt', 'terminate', 'kill'] as const;

export const createStopLadder = (clock: Clock, times: StopTimes, log: Log): StopLadder => {
  let cancel: (() => void) | null = null;
  let reached = -1;

  const waits = [times.interruptMs, times.terminateMs];

  const take = (attempt: Attempt, step: number): void => {
    const how = steps[step];
    if (how === undefined || step <= reached) return;
    reached = step;
    cancel?.();
    attempt.signal(how).catch((error: unknown) => {
      log.error(`Could not ${how} process ${String(attempt.process.pid)}`, error);
    });
    const wait = waits[step];
    cancel =
      wait === undefined
        ? null
        : clock.after(wait, () => {
            take(attempt, step + 1);
          });
  };

  return {
    climb: (attempt, force) => {
      take(attempt, force ? steps.length - 1 : Math.max(reached, 0));
    },
    done: () => {
      cancel?.();
      cancel = null;
      reached = -1;
    },
  };
};
