/** A step into a list, whichever of its items. */
export const ITEM = '[]';

/** Where in a plan the cursor stands: enough to say what may be written there, in a text that is not finished. */
export type YamlPlace = {
  /** The keys from the top to here; `ITEM` for an item of a list. For a value with the key that it belongs to. */
  readonly path: readonly string[];
  readonly kind: 'key' | 'value';
  /** What stands there up to the cursor, and the column at which that begins. */
  readonly word: string;
  readonly from: number;
  /** The keys that stand beside it already. */
  readonly siblings: readonly string[];
};

type Line = {
  /** The column of the first dash, or of the text when there is none. */
  readonly dash: number;
  /** The column of the text behind the dashes. */
  readonly column: number;
  readonly isItem: boolean;
  readonly text: string;
  /** The key, where the text is `key: …`, and what follows it. */
  readonly key: string | null;
  readonly value: string;
};

const LINE = /^(\s*)((?:-\s+|-$)*)(.*)$/;
const KEYED = /^(?:"([^"]*)"|'([^']*)'|([\w$.-]+))\s*:(?:\s+(.*)|)$/;
const BLOCK_TEXT = /^[|>][\d+-]*\s*(?:#.*)?$/;

const lineOf = (source: string): Line => {
  const [, space = '', dashes = '', text = ''] = LINE.exec(source) ?? [];
  const keyed = KEYED.exec(text);
  return {
    dash: space.length,
    column: space.length + dashes.length,
    isItem: dashes !== '',
    text,
    key: keyed === null ? null : (keyed[1] ?? keyed[2] ?? keyed[3] ?? null),
    value: keyed?.[4] ?? '',
  };
};

const isBlank = (source: string): boolean => /^\s*(?:#.*)?$/.test(source);

type Above = { readonly path: readonly string[]; readonly isText: boolean };

/** Where the walk upwards stands: the keys it looks for are left of `column`, or at it above the dash of a list. */
type Level = { readonly column: number; readonly orEqual: boolean };

const isParent = (line: Line, { column, orEqual }: Level): boolean =>
  line.key !== null && (line.column < column || (orEqual && line.column === column && !line.isItem));

/** The path to the mapping whose keys stand at `column` of line `at`: read upwards from the indentation. */
const pathAbove = (lines: readonly string[], at: number, start: Line): Above => {
  const path: string[] = [];
  let level: Level = { column: start.column, orEqual: false };
  const enterItem = (line: Line): void => {
    path.unshift(ITEM);
    level = { column: line.dash, orEqual: true };
  };
  if (start.isItem) enterItem(start);
  const above = lines.slice(0, at).filter((source) => !isBlank(source));
  for (const line of above.map(lineOf).reverse()) {
    const parent = isParent(line, level);
    if (parent && BLOCK_TEXT.test(line.value)) return { path, isText: true };
    if (parent) {
      path.unshift(line.key ?? '');
      level = { column: line.column, orEqual: false };
    }
    // The first line of an item holds a key of it, or stands above its other keys.
    const isOwnItem = parent || (line.column === level.column && !level.orEqual);
    if (line.isItem && isOwnItem) enterItem(line);
  }
  return { path, isText: false };
};

/** The lines of the mapping at `column`, as they follow each other in one direction. */
const beside = (lines: readonly Line[], column: number, isUpwards: boolean): readonly Line[] => {
  const end = lines.findIndex(
    (line) => line.column < column || (!isUpwards && line.isItem && line.dash < column),
  );
  const own = end === -1 ? lines : lines.slice(0, end);
  const first = isUpwards ? own.findIndex((line) => line.isItem && line.column === column) : -1;
  return first === -1 ? own : own.slice(0, first + 1);
};

/** The other keys of the mapping that line `at` is in. What stands above the first line of a list's item is in another. */
const siblingsOf = (lines: readonly string[], at: number, { column, isItem }: Line): readonly string[] => {
  const parsed = (part: readonly string[]): readonly Line[] =>
    part.filter((source) => !isBlank(source)).map(lineOf);
  const above = isItem ? [] : beside(parsed(lines.slice(0, at)).toReversed(), column, true);
  const below = beside(parsed(lines.slice(at + 1)), column, false);
  return [...above, ...below].filter((line) => line.column === column).flatMap(({ key }) => key ?? []);
};

/**
 * What stands at the cursor (line and column from 0) of a plan in YAML. Null inside of comments and of text blocks, where
 * anything may be written.
 */
export const yamlPlace = (text: string, at: number, column: number): YamlPlace | null => {
  const lines = text.split('\n');
  const source = (lines[at] ?? '').slice(0, column);
  if (/(?:^|\s)#/.test(source.replaceAll(/"[^"]*"|'[^']*'/g, ''))) return null;
  const line = lineOf(source);
  // An empty line is as deep as the cursor stands.
  const start = line.text === '' && !line.isItem ? { ...line, column, dash: column } : line;
  const { path, isText } = pathAbove(lines, at, start);
  if (isText) return null;
  if (line.key === null) {
    const siblings = siblingsOf(lines, at, start);
    return { path, kind: 'key', word: line.text, from: start.column, siblings };
  }
  const inList = /^\[(?:.*,)?\s*/.exec(line.value);
  const word = inList === null ? line.value : line.value.slice(inList[0].length);
  const own = inList === null ? [line.key] : [line.key, ITEM];
  return { path: [...path, ...own], kind: 'value', word, from: column - word.length, siblings: [] };
};

/** The path of the key under the pointer, or null where there is none. */
export const keyAt = (text: string, at: number, column: number): readonly string[] | null => {
  const lines = text.split('\n');
  const line = lineOf(lines[at] ?? '');
  if (line.key === null || column < line.column || column > line.column + line.key.length) return null;
  const { path, isText } = pathAbove(lines, at, line);
  return isText ? null : [...path, line.key];
};
