/** What becomes of several instances that are stopped. */
export const allStopWords = (what: string): string =>
  `${what} Gently: each Claude is interrupted and may end its turn. Kill: the processes end at once. What they did so far is kept.`;

/** What becomes of one instance that is stopped. */
export const stopWords = (hasStarted: boolean): string =>
  hasStarted
    ? 'Gently: Claude is interrupted and may end its turn. Kill: the process ends at once. What it did so far is kept either way.'
    : 'It has not started yet and will not run. The others go on.';

/** What becomes of one that is skipped. */
export const skipWords = (hasStarted: boolean): string =>
  hasStarted
    ? 'Claude is interrupted, and it ends as skipped. What depends on it goes on as after a skip.'
    : 'It will not run, and ends as skipped. What depends on it goes on as after a skip.';
