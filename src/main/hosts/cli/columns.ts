import type { Streams } from './streams.ts';
import { fit, widthOf, type Paint } from './terminal-text.ts';

export type Column = {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** What a narrow terminal leaves out first has the highest; one without stays. */
  readonly dispensable?: number;
  /** Gives a cell of a row its colour. */
  readonly tone?: (cell: string, row: number) => string;
};

type Sized = Column & { readonly width: number; readonly cells: readonly string[] };

const gap = '  ';
const widest = 60;
/** A text that is cut to less says nothing any more; so much of it is worth a figure. */
const leastText = 8;
const textWorth = 16;

const widthOfAll = (columns: readonly { readonly width: number }[]): number =>
  columns.reduce((sum, { width }) => sum + width + gap.length, -gap.length);

const shortened = ({ align, width }: Sized, least: number): number =>
  align === 'left' ? Math.min(width, least) : width;

/** The columns that there is room for. */
const kept = (columns: readonly Sized[], room: number): readonly Sized[] => {
  const ranks = columns.map(({ dispensable = 0 }) => dispensable);
  let left = columns;
  for (let rank = Math.max(...ranks); rank > 0; rank -= 1) {
    if (widthOfAll(left.map((column) => ({ width: shortened(column, textWorth) }))) <= room) break;
    left = left.filter(({ dispensable = 0 }) => dispensable < rank);
  }
  return left;
};

/** The widest texts give way until all of it has room. */
const narrowed = (columns: readonly Sized[], room: number): readonly Sized[] => {
  const widths = columns.map(({ width }) => width);
  let excess = widthOfAll(columns) - room;
  while (excess > 0) {
    const texts = columns.map(({ align }, index) => (align === 'left' ? (widths[index] ?? 0) : 0));
    const most = Math.max(...texts);
    if (most <= leastText) break;
    widths[texts.indexOf(most)] = most - 1;
    excess -= 1;
  }
  return columns.map((column, index) => ({ ...column, width: widths[index] ?? 0 }));
};

/** What a line may take: a terminal's width; no end elsewhere, for other programs cut as they like. */
export const roomOf = ({ stdout, columns }: Pick<Streams, 'stdout' | 'columns'>): number =>
  stdout.isTTY ? columns() : Number.POSITIVE_INFINITY;

/**
 * A table as lines of at most `room` cells (any number unless said), title first, each column as wide as its widest cell.
 * Texts are shown as they are: what may be hostile was made harmless before.
 */
export const columnLines = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  room = Number.POSITIVE_INFINITY,
): readonly string[] => {
  const sized = columns.map((column, index): Sized => {
    const cells = rows.map((row) => row[index] ?? '');
    return { ...column, cells, width: Math.min(widest, Math.max(...[column.title, ...cells].map(widthOf))) };
  });
  const shown = narrowed(kept(sized, room), room);
  const lineOf = (cellOf: (column: Sized) => string, row: number | null): string =>
    shown
      .map((column) => {
        const cell = fit(cellOf(column), column.width, column.align);
        return row === null ? cell : (column.tone?.(cell, row) ?? cell);
      })
      .join(gap)
      .trimEnd();
  return [
    paint(
      'quiet',
      lineOf(({ title }) => title, null),
    ),
    ...rows.map((_, row) => lineOf(({ cells }) => cells[row] ?? '', row)),
  ];
};
