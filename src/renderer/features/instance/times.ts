/** The time of day, in the reader's own zone: `09:31`; with seconds where things follow each other quickly. */
export const timeText = (instant: string, seconds = false): string =>
  new Date(instant).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    ...(seconds ? { second: '2-digit' } : {}),
  });
