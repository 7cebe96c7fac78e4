/** How much of the past a rate is taken over, and how much must have been seen before one is given (milliseconds). */
const WINDOW_MS = 60_000;
const LEAST_MS = 5000;

export type Throughput = {
  /** Notes so many tokens at a time (epoch milliseconds). */
  readonly add: (tokens: number, at: number) => void;
  /** Tokens a minute over the last minute; null while too little was seen to say. */
  readonly perMinute: (at: number) => number | null;
};

/** Counts what is seen from `since` (epoch milliseconds) on; nothing from before is made up. */
export const createThroughput = (since: number): Throughput => {
  let seen: { readonly at: number; readonly tokens: number }[] = [];
  return {
    add: (tokens, at) => {
      if (tokens > 0) seen.push({ at, tokens });
    },
    perMinute: (at) => {
      seen = seen.filter((one) => one.at > at - WINDOW_MS);
      const watched = Math.min(WINDOW_MS, at - since);
      if (watched < LEAST_MS) return null;
      const tokens = seen.reduce((sum, one) => sum + one.tokens, 0);
      return Math.round((tokens * 60_000) / watched);
    },
  };
};
