/**
 * The heights of the rows of a long list, in pixels, measured or guessed: sums and look-ups in O(log n), so that a
 * hundred thousand rows of different heights cost no more than a hundred. A Fenwick tree over the heights.
 */
export type RowHeights = {
  readonly count: () => number;
  readonly total: () => number;
  readonly heightOf: (row: number) => number;
  /** The sum of the heights before `row`. */
  readonly topOf: (row: number) => number;
  /** The row that covers `y`, 0 to `count - 1`: never one of no height, unless all are; 0 in an empty list. */
  readonly at: (y: number) => number;
  readonly set: (row: number, height: number) => void;
  readonly add: (height: number) => void;
};

const lowBit = (value: number): number => value & -value;

const grown = (old: Float64Array): Float64Array<ArrayBuffer> => {
  const next = new Float64Array(old.length * 2);
  next.set(old);
  return next;
};

/** An empty list of heights. */
export const createRowHeights = (): RowHeights => {
  let heights = new Float64Array(1024);
  // One-based: `sums[i]` is the sum of the `lowBit(i)` heights that end with row `i - 1`.
  let sums = new Float64Array(1024);
  let count = 0;

  const topOf = (row: number): number => {
    let sum = 0;
    for (let at = Math.min(row, count); at > 0; at -= lowBit(at)) sum += sums[at] ?? 0;
    return sum;
  };

  const set = (row: number, height: number): void => {
    const change = height - (heights[row] ?? 0);
    if (change === 0 || row >= count) return;
    heights[row] = height;
    for (let at = row + 1; at <= count; at += lowBit(at)) sums[at] = (sums[at] ?? 0) + change;
  };

  const add = (height: number): void => {
    if (count + 2 > heights.length) {
      heights = grown(heights);
      sums = grown(sums);
    }
    heights[count] = height;
    count += 1;
    let sum = height;
    for (let at = count - 1; at > count - lowBit(count); at -= lowBit(at)) sum += sums[at] ?? 0;
    sums[count] = sum;
  };

  const at = (y: number): number => {
    let row = 0;
    let left = y;
    for (let step = 2 ** Math.floor(Math.log2(Math.max(1, count))); step >= 1; step /= 2) {
      const sum = sums[row + step] ?? 0;
      if (row + step > count || sum > left) continue;
      row += step;
      left -= sum;
    }
    // Past the end, or at the end of it all: the last row that has a height.
    if (row >= count) for (row = count - 1; row > 0 && heights[row] === 0;) row -= 1;
    return Math.max(0, row);
  };

  return {
    count: () => count,
    total: () => topOf(count),
    heightOf: (row) => heights[row] ?? 0,
    topOf,
    at,
    set,
    add,
  };
};
