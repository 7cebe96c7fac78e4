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

/** The path to the mapping whose keys stand at `column` of line `at`: read upwards from the indentation. */
const pathAbove = (lines: readonly string[], at: number, start: Line): Above => {
  const path: string[] = [];
  let column = start.column;
  // A key may stand exactly above the dash of its list.
  let orEqual = false;
  const enterItem = (line: Line): void => {
    path.unshift(ITEM);
    column = line.dash;
    orEqual = true;
  };
  if (start.isItem) enterItem(start);
  for (let index = at - 1; index >= 0; index -= 1) {
    const source = lines[index] ?? '';
    if (isBlank(source)) continue;
    const line = lineOf(source);
    const isParent =
      line.key !== null && (line.column < column || (orEqual && line.column === column && !line.isItem));
    if (isParent) {
      if (BLOCK_TEXT.test(line.value)) return { path, isText: true };
      path.unshift(line.key ?? '');
      column = line.column;
      orEqual = false;
      if (line.isItem) enterItem(line);
    } else if (line.isItem && line.column === column && !orEqual) enterItem(line);
  }
  return { path, isText: false };
};

/** The other keys of the mapping that line `at` is in. What stands above the first line of a list's item is in another. */
const siblingsOf = (lines: readonly string[], at: number, { column, isItem }: Line): readonly string[] => {
  const keys: string[] = [];
  for (const step of isItem ? [1] : [-1, 1]) {
    for (let index = at + step; index >= 0 && index < lines.length; index += step) {
      const source = lines[index] ?? '';
      if (isBlank(source)) continue;
      const line = lineOf(source);
      if (line.column < column || (step === 1 && line.isItem && line.dash < column)) break;
      if (line.column === column && line.key !== null) keys.push(line.key);
      if (step === -1 && line.isItem && line.column === column) break;
    }
  }
  return keys;
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
