import type { Failure } from '../../../shared/domain/failure.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import type { Clock } from '../ports.ts';

/** The limits of time of one attempt. */
export interface TimeWatch {
  /** It printed something; so many of its tools run now. */
  heard(openTools: number): void;
  end(): void;
}

type Limits = {
  readonly startedAt: Instant;
  readonly timeoutMs: number | undefined;
  readonly idleTimeoutMs: number | undefined;
};

type TimeContext = {
  readonly clock: Clock;
  readonly timers: Pick<Clock, 'after'>;
  /** True while silence is no sign of a hang. */
  readonly isExcused: () => boolean;
  readonly onFailure: (failure: Failure) => void;
};

const secondsOf = (ms: number): string => String(ms / 1000);

const tookTooLong = (timeoutMs: number): Failure => ({
  code: 'instance.timeout',
  message: `It ran longer than its timeout of ${secondsOf(timeoutMs)} s. Give it a longer timeout, or less to do.`,
});

const hangs = (idleMs: number): Failure => ({
  code: 'instance.hung',
  message: `It printed nothing for ${secondsOf(idleMs)} s while no tool was running: it hangs.`,
});

/**
 * Silence counts from the last output, and not while a tool runs or somebody else is waited for. It is armed anew at each
 * output, not reckoned by the wall clock: that one goes on while the machine sleeps.
 */
const watchSilence = (idleMs: number, { timers, isExcused, onFailure }: TimeContext): TimeWatch => {
  let openTools = 0;
  const look = (): void => {
    if (openTools > 0 || isExcused()) cancel = timers.after(idleMs, look);
    else onFailure(hangs(idleMs));
  };
  let cancel = timers.after(idleMs, look);
  return {
    heard: (tools) => {
      openTools = tools;
      cancel();
      cancel = timers.after(idleMs, look);
    },
    end: () => {
      cancel();
    },
  };
};

/** Calls `onFailure` when an attempt takes longer than it may, in all or without a sign of life. */
export const watchTime = (limits: Limits, context: TimeContext): TimeWatch => {
  const { startedAt, timeoutMs, idleTimeoutMs } = limits;
  const left = Math.max(0, Date.parse(startedAt) + (timeoutMs ?? 0) - context.clock.now());
  const cancelTimeout =
    timeoutMs === undefined
      ? null
      : context.timers.after(left, () => {
          context.onFailure(tookTooLong(timeoutMs));
        });
  const silence = idleTimeoutMs === undefined ? null : watchSilence(idleTimeoutMs, context);
  return {
    heard: (tools) => silence?.heard(tools),
    end: () => {
      cancelTimeout?.();
      silence?.end();
    },
  };
};
