import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Removable } from '../../../../src/main/engine/store-ports.ts';
import { planRetention } from '../../../../src/main/engine/retention.ts';
import type { RetentionTerms } from '../../../../src/shared/contract/database.ts';
import { orchestrationIdSchema } from '../../../../src/shared/domain/ids.ts';

const day = 86_400_000;
const now = 1_000 * day;

const idOf = (index: number) =>
  orchestrationIdSchema.parse(`01a206cc-ea4a-770f-82d4-${String(index).padStart(12, '0')}`);

const ended = (index: number, daysAgo: number, more: Partial<Removable> = {}): Removable => ({
  ...{ id: idOf(index), name: `session ${String(index)}`, endedAtMs: now - daysAgo * day },
  ...{ deletedAtMs: null, bytes: 100, ...more },
});

const keepAll: RetentionTerms = { maxAgeMs: null, maxBytes: null, trashMs: 7 * day, compressAfterMs: 0 };

const planned = (
  all: readonly Removable[],
  terms: Partial<RetentionTerms>,
  bytes: { readonly total: number; readonly free: number } = { total: 0, free: 0 },
) => {
  const { removals, bytesOver } = planRetention(all, bytes, { ...keepAll, ...terms }, now);
  return { removed: removals.map(({ name, reason }) => `${name.slice(8)} ${reason}`), bytesOver };
};

describe('retention', () => {
  it('keeps everything when nobody says otherwise, but for what was deleted a week ago', () => {
    const all = [
      ended(1, 900),
      ended(2, 900, { deletedAtMs: now - 8 * day }),
      ended(3, 900, { deletedAtMs: now - 6 * day }),
    ];
    expect(planned(all, {}).removed).toEqual(['2 trash']);
  });

  it('goes by the age of the end', () => {
    expect(planned([ended(1, 29), ended(2, 30), ended(3, 31)], { maxAgeMs: 30 * day }).removed).toEqual([
      '3 age',
      '2 age',
    ]);
  });

  it('removes what ended first until the rest fits', () => {
    const all = [ended(1, 1), ended(2, 3), ended(3, 2)];
    const atMost = (maxBytes: number) => planned(all, { maxBytes }, { total: 400, free: 0 });
    expect(atMost(400).removed).toEqual([]);
    expect(atMost(399).removed).toEqual(['2 size']);
    expect(atMost(300).removed).toEqual(['2 size']);
    expect(atMost(250).removed).toEqual(['2 size', '3 size']);
  });

  it('counts what goes anyway first, and what is free for nothing', () => {
    const all = [ended(1, 3), ended(2, 1, { deletedAtMs: now - 8 * day })];
    expect(planned(all, { maxBytes: 300 }, { total: 400, free: 0 }).removed).toEqual(['2 trash']);
    expect(planned(all, { maxBytes: 300 }, { total: 500, free: 100 }).removed).toEqual(['2 trash']);
  });

  it('says how much too much there still is when all that may go is gone', () => {
    expect(planned([ended(1, 1)], { maxBytes: 50 }, { total: 400, free: 0 })).toEqual({
      removed: ['1 size'],
      bytesOver: 250,
    });
  });

  it('never removes more by size than it must, and never a younger one before an older', () => {
    const sizes = fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 1000 })), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.nat(20_000), fc.nat(20_000), (ones, other, maxBytes) => {
        const all = ones.map(([daysAgo, bytes], index) => ended(index, daysAgo, { bytes }));
        const total = all.reduce((sum, { bytes }) => sum + bytes, other);
        const plan = planRetention(all, { total, free: 0 }, { ...keepAll, maxBytes }, now);
        const gone = new Set(plan.removals.map(({ id }) => id));
        const left = plan.removals.reduce((sum, { bytes }) => sum - bytes, total);
        const kept = all.filter(({ id }) => !gone.has(id));
        const last = plan.removals.at(-1);
        if (last !== undefined) {
          expect(left + last.bytes).toBeGreaterThan(maxBytes);
          for (const { endedAtMs } of kept) expect(endedAtMs).toBeGreaterThanOrEqual(last.endedAtMs);
        }
        expect(plan.bytesOver).toBe(Math.max(0, left - maxBytes));
        if (plan.bytesOver > 0) expect(kept).toEqual([]);
      }),
    );
  });
});
