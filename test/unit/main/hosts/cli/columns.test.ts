import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnLines, roomOf, type Column } from '../../../../../src/main/hosts/cli/columns.ts';
import { createPaint, widthOf } from '../../../../../src/main/hosts/cli/terminal-text.ts';

const plain = createPaint(false);
const columns: readonly Column[] = [
  { title: 'NAME', align: 'left' },
  { title: 'TOKENS', align: 'right', dispensable: 2 },
  { title: 'COST', align: 'right', dispensable: 1 },
];
const rows = [
  ['The whole of the nightly review', '1,234', '$0.0123'],
  ['日本語の名前です漢字かな', '12', '$1.0000'],
];

describe('a table of columns', () => {
  it('is as wide as its cells, numbers to the right', () => {
    expect(columnLines(columns, rows, plain)).toEqual([
      'NAME                             TOKENS     COST',
      'The whole of the nightly review   1,234  $0.0123',
      '日本語の名前です漢字かな             12  $1.0000',
    ]);
  });

  it('shortens texts, then leaves out what is dispensable, where there is less room', () => {
    expect(columnLines(columns, rows, plain, 40)[1]).toBe('The whole of the night…   1,234  $0.0123');
    expect(columnLines(columns, rows, plain, 30)[1]).toBe('The whole of the nig…  $0.0123');
    expect(columnLines(columns, rows, plain, 20)[1]).toBe('The whole of the ni…');
  });

  it('colours cells after they are cut', () => {
    const loud = columns.map((column) => ({ ...column, tone: (cell: string) => `<${cell}>` }));
    expect(columnLines(loud, rows, plain, 30)[1]).toBe('<The whole of the nig…>  <$0.0123>');
  });

  it('fits every terminal that has room for eight cells of each text', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 80 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell), { maxLength: 5 }),
        fc.integer({ min: 8, max: 200 }),
        (cells, room) => {
          for (const line of columnLines(columns, cells, plain, room)) {
            expect(widthOf(line)).toBeLessThanOrEqual(room);
          }
        },
      ),
    );
  });

  it('has all the room there is where nobody looks at a terminal', () => {
    const stdout = { isTTY: false } as NodeJS.WriteStream;
    expect(roomOf({ stdout, columns: () => 80 })).toBe(Number.POSITIVE_INFINITY);
    expect(roomOf({ stdout: Object.assign(stdout, { isTTY: true }), columns: () => 80 })).toBe(80);
  });
});
