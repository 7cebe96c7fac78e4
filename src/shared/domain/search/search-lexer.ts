import type { Comparison } from './search-query.ts';

type Place = { readonly from: number; readonly to: number; readonly unclosed: boolean };

/** A piece of a query's text, with its place in it. `whole` is all of a field's text, as if it were words. */
export type QueryToken = Place &
  (
    | { readonly kind: 'or' }
    | { readonly kind: 'text'; readonly not: boolean; readonly value: string; readonly prefix: boolean }
    | {
        readonly kind: 'field';
        readonly not: boolean;
        readonly name: string;
        readonly operator: ':' | Comparison;
        readonly value: string;
        readonly prefix: boolean;
        readonly whole: string;
      }
  );

type Value = {
  readonly value: string;
  readonly prefix: boolean;
  readonly to: number;
  readonly unclosed: boolean;
};

/** What stands between quotation marks, where a backslash lets a quotation mark or a backslash stand for itself. */
const readQuoted = (text: string, from: number): Value => {
  let value = '';
  let at = from + 1;
  while (at < text.length && text[at] !== '"') {
    const next = text[at + 1];
    if (text[at] === '\\' && (next === '"' || next === '\\')) at += 1;
    value += text[at] ?? '';
    at += 1;
  }
  if (at >= text.length) return { value, prefix: false, to: text.length, unclosed: true };
  const prefix = text[at + 1] === '*';
  return { value, prefix, to: at + (prefix ? 2 : 1), unclosed: false };
};

const readBare = (text: string, from: number): Value => {
  const [word = ''] = /^\S*/.exec(text.slice(from)) ?? [];
  const prefix = word.length > 1 && word.endsWith('*');
  return { value: prefix ? word.slice(0, -1) : word, prefix, to: from + word.length, unclosed: false };
};

const readValue = (text: string, from: number): Value =>
  text[from] === '"' ? readQuoted(text, from) : readBare(text, from);

const fieldStart = /^([a-z]+)(:|>=|<=|>|<)/i;
const operatorOf = (text: string): ':' | Comparison =>
  text === '>' || text === '<' || text === '>=' || text === '<=' ? text : ':';

const turnedRound = (token: QueryToken): QueryToken =>
  token.kind === 'or' ? token : { ...token, not: !token.not };

const readOne = (text: string, start: number, not: boolean): QueryToken => {
  const at = not ? start + 1 : start;
  const [head, name, operator] = fieldStart.exec(text.slice(at)) ?? [];
  if (head === undefined || name === undefined || operator === undefined) {
    return { kind: 'text', not, from: start, ...readValue(text, at) };
  }
  const value = readValue(text, at + head.length);
  const whole = `${head}${value.value}`;
  return { kind: 'field', not, name, operator: operatorOf(operator), whole, from: start, ...value };
};

/** Reads the text of a query piece by piece: `OR`, words, "phrases", filters; `-` or `NOT` before one turns it round. */
export const readTokens = function* (text: string): Generator<QueryToken, void> {
  let not = false;
  for (let at = 0; at < text.length;) {
    const [space = ''] = /^\s*/.exec(text.slice(at)) ?? [];
    at += space.length;
    if (at >= text.length) return;
    const [word = ''] = /^\S+/.exec(text.slice(at)) ?? [];
    if (word === 'OR') {
      yield { kind: 'or', from: at, to: at + 2, unclosed: false };
      at += 2;
    } else if (word === 'AND' || word === 'NOT') {
      not = word === 'NOT';
      at += 3;
    } else {
      const token = readOne(text, at, word.startsWith('-') && word.length > 1);
      yield not ? turnedRound(token) : token;
      not = false;
      at = token.to;
    }
  }
};
