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

/** Runs the first step at the first signal, the second at the second; signals after the last step end the process. */
export const onInterrupts = (steps: readonly (() => void)[]): Interrupts => {
  let count = 0;
  let exitCode = 130;
  const raise = (signal?: NodeJS.Signals): void => {
    const step = steps[count];
    if (count === 0 && signal === 'SIGTERM') exitCode = 143;
    count += 1;
    if (step === undefined) process.exit(exitCode);
    step();
  };
  process.on('SIGINT', raise).on('SIGTERM', raise);
  return {
    count: () => count,
    exitCode: () => exitCode,
    raise: () => raise(),
    end: () => {
      process.off('SIGINT', raise).off('SIGTERM', raise);
    },
  };
};
