import { stripVTControlCharacters } from 'node:util';
import { widthOf } from './terminal-text.ts';

/** The last lines of a terminal, drawn again in place. */
export interface Screen {
  /** Puts these lines where the ones before were. No line is wider than the terminal. */
  draw(lines: readonly string[]): void;
  /** Leaves what is drawn and goes on below it; the cursor is shown again. */
  end(): void;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearToLineEnd = '\u001b[K';
const clearBelow = '\u001b[J';

const up = (rows: number): string => (rows > 0 ? `\u001b[${String(rows)}A` : '');

/** The rows that lines take up in a terminal that has become narrower since they were drawn. */
const rowsOf = (lines: readonly string[], columns: number): number =>
  lines.reduce((sum, line) => {
    const width = widthOf(stripVTControlCharacters(line));
    return sum + Math.max(1, Math.ceil(width / Math.max(1, columns)));
  }, 0);

/** Draws on a terminal. However the process ends by itself, the cursor is shown again. */
export const openScreen = (terminal: Pick<NodeJS.WriteStream, 'write' | 'columns'>): Screen => {
  let drawn: readonly string[] = [];
  const restore = (): void => {
    terminal.write(showCursor);
  };
  process.once('exit', restore);
  terminal.write(hideCursor);
  return {
    draw: (lines) => {
      const back = `${up(rowsOf(drawn, terminal.columns))}\r`;
      terminal.write(`${back}${lines.map((line) => `${line}${clearToLineEnd}\n`).join('')}${clearBelow}`);
      drawn = lines;
    },
    end: () => {
      process.off('exit', restore);
      restore();
    },
  };
};
