import { assert, array, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRowHeights } from '../../../../../src/renderer/features/instance/row-heights.ts';

const filled = (heights: readonly number[]) => {
  const rows = createRowHeights();
  for (const height of heights) rows.add(height);
  return rows;
};

const sum = (heights: readonly number[]): number => heights.reduce((a, b) => a + b, 0);

describe('the heights of rows', () => {
  it('add up as a plain sum does, after any changes', () => {
    const heights = array(nat(200), { minLength: 1, maxLength: 3000 });
    assert(
      property(heights, array(tuple(nat(), nat(200))), (first, changes) => {
        const plain = [...first];
        const rows = filled(first);
        for (const [place, height] of changes) {
          plain[place % plain.length] = height;
          rows.set(place % plain.length, height);
        }
        expect(rows.total()).toBe(sum(plain));
        for (const at of [0, 1, Math.floor(plain.length / 2), plain.length]) {
          expect(rows.topOf(at)).toBe(sum(plain.slice(0, at)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('find the row that covers a place, and never one without a height', () => {
    assert(
      property(array(nat(50), { minLength: 1, maxLength: 300 }), nat(20_000), (heights, y) => {
        const rows = filled(heights);
        const row = rows.at(y);
        if (y >= rows.total()) {
          expect(rows.topOf(row + 1)).toBe(rows.total());
          return;
        }
        expect(rows.topOf(row)).toBeLessThanOrEqual(y);
        expect(rows.topOf(row + 1)).toBeGreaterThan(y);
      }),
      { numRuns: 200 },
    );
  });

  it('give row 0 above the first row and in an empty list', () => {
    expect(filled([]).at(10)).toBe(0);
    expect(filled([5, 5]).at(-100)).toBe(0);
  });

  it('leave a change beyond the last row out', () => {
    const rows = filled([5]);
    rows.set(3, 100);
    expect(rows.total()).toBe(5);
    expect(rows.count()).toBe(1);
  });
});
