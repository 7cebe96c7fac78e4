import { didYouMean } from './did-you-mean.ts';
import { orchestrationStateSchema, originSchema } from './orchestration.ts';
import { readTokens, type QueryToken } from './search-lexer.ts';
import {
  FIGURE_FIELDS,
  isAboutEvents,
  MARK_WORDS,
  TEXT_FIELDS,
  type Comparison,
  type QueryProblem,
  type SearchQuery,
  type SearchTerm,
} from './search-query.ts';
import { figureExamples, readFigure, readMoment, type QueryPlace } from './search-values.ts';

/** What filters there are. */
export const QUERY_FIELDS = [
  ...TEXT_FIELDS,
  ...FIGURE_FIELDS,
  'state',
  'origin',
  'is',
  'before',
  'after',
] as const;
type Field = (typeof QUERY_FIELDS)[number];
type FieldToken = Extract<QueryToken, { readonly kind: 'field' }>;

const fieldOf = (name: string): Field | undefined =>
  QUERY_FIELDS.find((field) => field === name.toLowerCase());

/** What a token comes to: a term, a bound of time, or a problem (which leaves the token out). */
type Reading =
  | { readonly term: SearchTerm }
  | { readonly bound: 'before' | 'after'; readonly at: number }
  | { readonly problem: string };

const oneOf = <T extends string>(
  token: FieldToken,
  words: readonly T[],
  make: (word: T) => SearchTerm,
): Reading => {
  const found = words.find((word) => word === token.value.toLowerCase());
  if (found !== undefined) return { term: make(found) };
  const meant = didYouMean(token.value, words);
  const all = `After ${token.name}: comes one of ${words.join(', ')}.`;
  return { problem: meant === undefined ? all : `${all} Did you mean "${meant}"?` };
};

const readTime = (token: FieldToken, field: 'before' | 'after', place: QueryPlace): Reading => {
  const at = readMoment(token.value, place);
  if (at === undefined) {
    return {
      problem: `"${token.value}" is no time. Write a date (2026-03-01), a time (2026-03-01T14:30), how long ago (7d, 12h), today or yesterday.`,
    };
  }
  const opposite = field === 'before' ? 'after' : 'before';
  return { bound: token.not ? opposite : field, at };
};

const isFigure = (field: Field): field is (typeof FIGURE_FIELDS)[number] =>
  FIGURE_FIELDS.some((one) => one === field);

const readComparison = (token: FieldToken, field: (typeof FIGURE_FIELDS)[number]): Reading => {
  const comparison: Comparison | null = token.operator === ':' ? null : token.operator;
  const value = readFigure(field, token.value);
  if (comparison === null || value === undefined) {
    return { problem: `${field} is compared by > or < with ${figureExamples[field]}.` };
  }
  return { term: { kind: 'figure', not: token.not, field, comparison, value } };
};

const readField = (token: FieldToken, field: Field, place: QueryPlace): Reading => {
  const { not, value, prefix } = token;
  if (isFigure(field)) return readComparison(token, field);
  if (token.operator !== ':') return { problem: `${field} takes a colon: ${field}:${value}` };
  if (value === '') return { problem: `Say something after ${field}:` };
  switch (field) {
    case 'state':
      return oneOf(token, orchestrationStateSchema.options, (state) => ({ kind: 'state', not, state }));
    case 'origin':
      return oneOf(token, originSchema.options, (origin) => ({ kind: 'origin', not, origin }));
    case 'is':
      return oneOf(token, MARK_WORDS, (mark) => ({ kind: 'is', not, mark }));
    case 'before':
    case 'after':
      return readTime(token, field, place);
    default:
      return { term: { kind: 'field', not, field, text: value, prefix } };
  }
};

/** What a query's text comes to, token by token; alternatives are gathered as they come. */
const createReader = (place: QueryPlace) => {
  const clauses: SearchTerm[][] = [];
  const problems: QueryProblem[] = [];
  let after: number | null = null;
  let before: number | null = null;
  let open: QueryToken | null = null;
  let last: SearchTerm[] | null = null;

  const complain = ({ from, to }: QueryToken, message: string): void => {
    problems.push({ from, to, message });
  };
  const add = (token: QueryToken, term: SearchTerm): void => {
    const [first] = last ?? [];
    if (open !== null && last !== null && first !== undefined) {
      if (isAboutEvents(first) === isAboutEvents(term)) {
        last.push(term);
        open = null;
        return;
      }
      complain(open, 'OR stands between words (or tool:), or between other filters, not between the two.');
    }
    open = null;
    last = [term];
    clauses.push(last);
    if (term.kind === 'text' && term.text.trim() === '') {
      clauses.pop();
      last = null;
      complain(token, 'There is nothing between the quotation marks.');
    }
  };
  const bound = (token: QueryToken, side: 'before' | 'after', at: number): void => {
    if (open !== null) complain(token, 'before: and after: cannot stand beside OR.');
    open = null;
    last = null;
    if (side === 'after') after = Math.max(after ?? at, at);
    else before = Math.min(before ?? at, at);
  };
  const takeField = (token: FieldToken): void => {
    const field = fieldOf(token.name);
    if (field === undefined) {
      // `http://…`, `std::vector` and the like are words, unless a filter was meant.
      const meant = didYouMean(token.name, QUERY_FIELDS);
      if (meant !== undefined) {
        complain(
          token,
          `There is no filter "${token.name}", so this is looked for as text. Did you mean "${meant}"?`,
        );
      }
      add(token, { kind: 'text', not: token.not, text: token.whole, prefix: token.prefix });
      return;
    }
    const reading = readField(token, field, place);
    if ('term' in reading) add(token, reading.term);
    else if ('bound' in reading) bound(token, reading.bound, reading.at);
    else complain(token, reading.problem);
  };
  return {
    take: (token: QueryToken): void => {
      if (token.unclosed) complain(token, 'The quotation mark is not closed.');
      if (token.kind === 'or') {
        if (last === null)
          complain(token, 'OR stands between two things to look for; "OR" in quotation marks is the word.');
        else open = token;
      } else if (token.kind === 'field') takeField(token);
      else add(token, { kind: 'text', not: token.not, text: token.value, prefix: token.prefix });
    },
    end: (): { readonly query: SearchQuery; readonly problems: readonly QueryProblem[] } => {
      if (open !== null) complain(open, 'Something to look for is missing after OR.');
      return { query: { clauses, after, before }, problems };
    },
  };
};

/**
 * Understands the text of a query as well as can be; what cannot be understood is left out and is among the problems. It never
 * throws. See docs/search.md for the language.
 */
export const parseQuery = (
  text: string,
  place: QueryPlace,
): { readonly query: SearchQuery; readonly problems: readonly QueryProblem[] } => {
  const reader = createReader(place);
  for (const token of readTokens(text)) reader.take(token);
  return reader.end();
};
