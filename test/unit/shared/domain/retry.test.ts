import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waitBefore } from '../../../../src/shared/domain/retry.ts';

const policy = { backoffMs: 10_000, factor: 2, maxBackoffMs: 60_000, jitter: 0.2 };

describe('the wait before a try', () => {
  it('doubles from the second try on, up to the longest', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((tryNumber) => waitBefore(policy, tryNumber, 0));
    expect(waits).toEqual([0, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('is shortened by chance, by the share that the policy allows', () => {
    expect(waitBefore(policy, 2, 0.5)).toBe(9000);
    expect(waitBefore(policy, 2, 0.999_999)).toBe(8000);
    expect(waitBefore({ ...policy, jitter: 0 }, 2, 0.5)).toBe(10_000);
  });

  it('is always between what the jitter leaves and the longest, and never shorter for a later try', () => {
    const policies = fc.record({
      backoffMs: fc.nat(3_600_000),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      maxBackoffMs: fc.nat(86_400_000),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(policies, fc.integer({ min: 2, max: 5000 }), chance, (given, tryNumber, random) => {
        const wait = waitBefore(given, tryNumber, random);
        const longest = Math.min(given.maxBackoffMs, waitBefore({ ...given, jitter: 0 }, tryNumber, 0));
        expect(wait).toBeLessThanOrEqual(longest);
        expect(wait).toBeGreaterThanOrEqual(Math.floor(longest * (1 - given.jitter)) - 1);
        expect(waitBefore(given, tryNumber + 1, random)).toBeGreaterThanOrEqual(wait);
      }),
    );
  });
});
