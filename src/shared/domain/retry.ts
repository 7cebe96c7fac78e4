import type { RetryPolicy } from './plan/plan-spec.ts';

/**
 * How many milliseconds to wait before a try; `tryNumber` counts from 1, so the first wait is that before try 2. The
 * wait grows by `factor` from `backoffMs` up to `maxBackoffMs`; then chance takes a share of it away, `jitter` at most.
 * `random` is from 0 up to 1.
 */
export const waitBefore = (
  { backoffMs, factor, maxBackoffMs, jitter }: Omit<RetryPolicy, 'attempts' | 'on'>,
  tryNumber: number,
  random: number,
): number => {
  if (tryNumber < 2 || backoffMs <= 0) return 0;
  const grown = Math.min(maxBackoffMs, backoffMs * factor ** (tryNumber - 2));
  return Math.round(grown * (1 - jitter * random));
};
