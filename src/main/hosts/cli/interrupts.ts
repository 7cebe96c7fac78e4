/** What a person asks for by Ctrl-C (or another program by SIGTERM), step by step. */
export type Interrupts = {
  /** How often it was asked. */
  readonly count: () => number;
  readonly end: () => void;
  /** Asks as a signal does. */
  readonly raise: () => void;
};

/** Runs the first step at the first signal, the second at the second; signals after the last step end the process. */
export const onInterrupts = (steps: readonly (() => void)[]): Interrupts => {
  let count = 0;
  const raise = (): void => {
    const step = steps[count];
    count += 1;
    if (step === undefined) process.exit(130);
    step();
  };
  process.on('SIGINT', raise).on('SIGTERM', raise);
  return {
    count: () => count,
    raise,
    end: () => {
      process.off('SIGINT', raise).off('SIGTERM', raise);
    },
  };
};
