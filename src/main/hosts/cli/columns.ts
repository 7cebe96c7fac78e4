import { cut, fit, widthOf, type Paint } from './terminal-text.ts';

export type Column = { readonly title: string; readonly align: 'left' | 'right' };

const gap = '  ';
const widest = 60;

/**
 * A table as lines, title first, each column as wide as its widest cell. Texts are shown as they are: what may be
 * hostile was made harmless before.
 */
export const columnLines = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): readonly string[] => {
  const widths = columns.map(({ title }, index) =>
    Math.min(widest, Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index] ?? '')))),
  );
  const lineOf = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => fit(cut(cells[index] ?? '', widest), widths[index] ?? 0, align))
      .join(gap)
      .trimEnd();
  return [paint('quiet', lineOf(columns.map(({ title }) => title))), ...rows.map(lineOf)];
};
