/** A line of a change: kept, added or deleted. */
export type DiffLine = { readonly kind: 'same' | 'add' | 'del'; readonly text: string };

/** Above so many comparisons the middle is shown as deleted and added as a whole. */
const COMPARISONS_MOST = 400_000;

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

const mark = (kind: DiffLine['kind'], lines: readonly string[]): readonly DiffLine[] =>
  lines.map((text) => ({ kind, text }));

const sameStart = (a: readonly string[], b: readonly string[]): number => {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
};

/** The longest common subsequence of the rest of `a` and `b`, at each pair of places. */
const commonLengths = (a: readonly string[], b: readonly string[]): Uint32Array => {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i * width + j] =
        a[i] === b[j]
          ? (table[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
    }
  }
  return table;
};

/** The shortest way from `a` to `b`: deletes before it adds. */
const middle = (a: readonly string[], b: readonly string[]): readonly DiffLine[] => {
  if (a.length * b.length > COMPARISONS_MOST) return [...mark('del', a), ...mark('add', b)];
  const table = commonLengths(a, b);
  const width = b.length + 1;
  const common = (i: number, j: number): number => table[i * width + j] ?? 0;
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const isSame = a[i] === b[j];
    const kind = isSame ? 'same' : common(i + 1, j) >= common(i, j + 1) ? 'del' : 'add';
    lines.push({ kind, text: (kind === 'add' ? b[j] : a[i]) ?? '' });
    if (kind !== 'add') i += 1;
    if (kind !== 'del') j += 1;
  }
  return [...lines, ...mark('del', a.slice(i)), ...mark('add', b.slice(j))];
};

/** What changed between two texts, line by line: as few changed lines as there are, deletions before additions. */
export const diffLines = (before: string, after: string): readonly DiffLine[] => {
  const a = linesOf(before);
  const b = linesOf(after);
  const start = sameStart(a, b);
  const end = sameStart(a.slice(start).reverse(), b.slice(start).reverse());
  return [
    ...mark('same', a.slice(0, start)),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...mark('same', a.slice(a.length - end)),
  ];
};

/** How many lines were added and deleted. */
export const changedLines = (
  lines: readonly DiffLine[],
): { readonly added: number; readonly deleted: number } => ({
  added: lines.filter(({ kind }) => kind === 'add').length,
  deleted: lines.filter(({ kind }) => kind === 'del').length,
});
