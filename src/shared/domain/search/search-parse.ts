import { didYouMean } from '../did-you-mean.ts';
import { orchestrationStateSchema, originSchema } from '../orchestration-schema.ts';
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
  | { readonly problem: string; readonly meant?: string };

const oneOf = <T extends string>(
  token: FieldToken,
  words: readonly T[],
  make: (word: T) => SearchTerm,
): Reading => {
  const found = words.find((word) => word === token.value.toLowerCase());
  if (found !== undefined) return { term: make(found) };
  const meant = didYouMean(token.value, words);
  const all = `After ${token.name}: comes one of ${words.join(', ')}.`;
  return meant === undefined ? { problem: all } : { problem: `${all} Did you mean "${meant}"?`, meant };
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

/** The problems of a query's text, in their order. */
const createProblems = (text: string) => {
  const found: QueryProblem[] = [];
  return {
    found,
    /** With `correct`, what was meant is known: it makes that of what was written. */
    say: ({ from, to }: QueryToken, message: string, correct?: (written: string) => string): void => {
      const place = { from, to, message };
      found.push(correct === undefined ? place : { ...place, instead: correct(text.slice(from, to)) });
    },
  };
};
type Say = ReturnType<typeof createProblems>['say'];

/** Gathers what must hold, as it comes; `OR` makes an alternative of what comes next. */
const createGatherer = (say: Say) => {
  const clauses: SearchTerm[][] = [];
  const bounds: { after: number | null; before: number | null } = { after: null, before: null };
  let or: QueryToken | null = null;
  let last: SearchTerm[] | null = null;
  return {
    or: (token: QueryToken): void => {
      if (last !== null) or = token;
      else say(token, 'OR stands between two things to look for; "OR" in quotation marks is the word.');
    },
    add: (term: SearchTerm): void => {
      const first = or === null ? undefined : last?.[0];
      if (or !== null && first !== undefined && isAboutEvents(first) !== isAboutEvents(term)) {
        say(or, 'OR stands between words (or tool:), or between other filters, not between the two.');
      } else if (first !== undefined) {
        last?.push(term);
        or = null;
        return;
      }
      or = null;
      last = [term];
      clauses.push(last);
    },
    bound: (token: QueryToken, side: 'before' | 'after', at: number): void => {
      if (or !== null) say(token, 'before: and after: cannot stand beside OR.');
      or = null;
      last = null;
      if (side === 'after') bounds.after = Math.max(bounds.after ?? at, at);
      else bounds.before = Math.min(bounds.before ?? at, at);
    },
    end: (): SearchQuery => {
      if (or !== null) say(or, 'Something to look for is missing after OR.');
      return { clauses, ...bounds };
    },
  };
};
type Gatherer = ReturnType<typeof createGatherer>;

const takeText = (
  token: QueryToken,
  term: Extract<SearchTerm, { readonly kind: 'text' }>,
  gather: Gatherer,
  say: Say,
): void => {
  if (term.text.trim() === '') say(token, 'There is nothing between the quotation marks.');
  else gather.add(term);
};

const takeField = (token: FieldToken, place: QueryPlace, gather: Gatherer, say: Say): void => {
  const field = fieldOf(token.name);
  if (field === undefined) {
    // `http://…`, `std::vector` and the like are words, unless a filter was meant.
    const meant = didYouMean(token.name, QUERY_FIELDS);
    if (meant !== undefined) {
      const message = `There is no filter "${token.name}", so this is looked for as text. Did you mean "${meant}"?`;
      say(token, message, (written) => written.replace(token.name, meant));
    }
    takeText(token, { kind: 'text', not: token.not, text: token.whole, prefix: token.prefix }, gather, say);
    return;
  }
  const reading = readField(token, field, place);
  if ('term' in reading) gather.add(reading.term);
  else if ('bound' in reading) gather.bound(token, reading.bound, reading.at);
  else {
    const { problem, meant } = reading;
    say(token, problem, meant === undefined ? undefined : (written) => written.replace(/:.*/s, `:${meant}`));
  }
};

/**
 * Understands the text of a query as well as can be; what cannot be understood is left out and is among the problems. It never
 * throws. See docs/search.md for the language.
 */
export const parseQuery = (
  text: string,
  place: QueryPlace,
): { readonly query: SearchQuery; readonly problems: readonly QueryProblem[] } => {
  const { found, say } = createProblems(text);
  const gather = createGatherer(say);
  for (const token of readTokens(text)) {
    if (token.unclosed) say(token, 'The quotation mark is not closed.');
    if (token.kind === 'or') gather.or(token);
    else if (token.kind === 'field') takeField(token, place, gather, say);
    else
      takeText(token, { kind: 'text', not: token.not, text: token.value, prefix: token.prefix }, gather, say);
  }
  return { query: gather.end(), problems: found };
};
