/** What a person asks for by Ctrl-C (or another program by SIGTERM), step by step. */
export type Interrupts = {
  /** How often it was asked. */
  readonly count: () => number;
  /** What a program that was asked so ends with: 130 after Ctrl-C, 143 after SIGTERM. */
  readonly exitCode: () => number;
  readonly end: () => void;
  /** Asks as a signal does. */
  readonly raise: () => void;
};

/** One Ctrl-C comes twice where npx or another wrapper passes it on: no person presses it again so soon, in milliseconds. */
const echoMs = 100;

/**
 * Runs the first step at the first signal, the second at the second; signals after the last step end the process.
 * `now` is a clock in milliseconds.
 */
export const onInterrupts = (
  steps: readonly (() => void)[],
  now: () => number = () => performance.now(),
): Interrupts => {
  let last = { signal: '', at: 0 };
  let count = 0;
  let exitCode = 130;
  const raise = (signal?: NodeJS.Signals): void => {
    const step = steps[count];
    if (count === 0 && signal === 'SIGTERM') exitCode = 143;
    count += 1;
    if (step === undefined) process.exit(exitCode);
    step();
  };
  const heard = (signal: NodeJS.Signals): void => {
    const isEcho = last.signal === signal && now() - last.at < echoMs;
    last = { signal, at: now() };
    if (!isEcho) raise(signal);
  };
  process.on('SIGINT', heard).on('SIGTERM', heard);
  return {
    count: () => count,
    exitCode: () => exitCode,
    raise: () => raise(),
    end: () => {
      process.off('SIGINT', heard).off('SIGTERM', heard);
    },
  };
};
