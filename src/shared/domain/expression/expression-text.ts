/** A pair of round brackets in an expression, with the commas that stand directly in it. Offsets into the text. */
export type Brackets = { readonly open: number; readonly close: number; readonly commas: readonly number[] };

const STRING = /[rRbB]{0,2}("""|'''|"|')/y;

/** The offset after the string literal that starts at `at`, the text's end for one that is never closed; null: none starts there. */
const endOfString = (text: string, at: number): number | null => {
  STRING.lastIndex = at;
  const start = STRING.exec(text);
  const quote = start?.[1];
  if (start === null || quote === undefined) return null;
  let offset = at + start[0].length;
  while (offset < text.length) {
    if (text.startsWith(quote, offset)) return offset + quote.length;
    offset += text[offset] === '\\' ? 2 : 1;
  }
  return text.length;
};

const WORD = /\w+/y;

/** The offset after the string, comment, word or sign that starts at `at`: what stands in a string is no sign. */
const endOfToken = (text: string, at: number): number => {
  const string = endOfString(text, at);
  if (string !== null) return string;
  if (text.startsWith('//', at)) {
    const end = text.indexOf('\n', at);
    return end === -1 ? text.length : end;
  }
  WORD.lastIndex = at;
  const word = WORD.exec(text);
  return word === null ? at + 1 : at + word[0].length;
};

/** Where the expression that starts at `from` is closed by `}}`: the offset of the `}}`, or null if it never is. */
export const endOfExpression = (text: string, from: number): number | null => {
  let depth = 0;
  for (let at = from; at < text.length; at = endOfToken(text, at)) {
    const sign = text[at];
    if (sign === '{') depth += 1;
    if (sign !== '}') continue;
    if (depth === 0) return text[at + 1] === '}' ? at : null;
    depth -= 1;
  }
  return null;
};

/** All round brackets of an expression that parses, by the offset of the closing one. */
export const bracketsOf = (expression: string): ReadonlyMap<number, Brackets> => {
  const found = new Map<number, Brackets>();
  const open: { readonly at: number; readonly sign: string; readonly commas: number[] }[] = [];
  for (let at = 0; at < expression.length; at = endOfToken(expression, at)) {
    const sign = expression[at] ?? '';
    if ('([{'.includes(sign)) open.push({ at, sign, commas: [] });
    if (sign === ',') open.at(-1)?.commas.push(at);
    if (!')]}'.includes(sign)) continue;
    const opened = open.pop();
    if (opened?.sign === '(') found.set(at, { open: opened.at, close: at, commas: opened.commas });
  }
  return found;
};
