import { formatDuration } from '../duration.ts';
import type { Origin, OrchestrationState } from '../orchestration.ts';

/** Filters by a text. Of `tool` and `model` it is the whole name, of `label` the whole label, of the others a part. */
export const TEXT_FIELDS = ['name', 'plan', 'workspace', 'user', 'label', 'model', 'tool'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

export const FIGURE_FIELDS = ['cost', 'tokens', 'duration', 'instances'] as const;
export type FigureField = (typeof FIGURE_FIELDS)[number];
export const COMPARISONS = ['>=', '<=', '>', '<'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const MARK_WORDS = ['pinned', 'deleted'] as const;

/** What is looked for: words that follow each other (the last may be the beginning of one), or something that is so of a session. */
export type SearchTerm = { readonly not: boolean } & (
  | { readonly kind: 'text'; readonly text: string; readonly prefix: boolean }
  | { readonly kind: 'field'; readonly field: TextField; readonly text: string; readonly prefix: boolean }
  | { readonly kind: 'state'; readonly state: OrchestrationState }
  | { readonly kind: 'origin'; readonly origin: Origin }
  | { readonly kind: 'is'; readonly mark: (typeof MARK_WORDS)[number] }
  /** `value` is in micro-dollars, tokens, milliseconds or instances. */
  | {
      readonly kind: 'figure';
      readonly field: FigureField;
      readonly comparison: Comparison;
      readonly value: number;
    }
);

/** A query, understood. Times are epoch milliseconds. */
export type SearchQuery = {
  /** All of these must hold; each does when any of its terms does. */
  readonly clauses: readonly (readonly SearchTerm[])[];
  /** From this moment on; null for any. */
  readonly after: number | null;
  /** Up to this moment, itself not included; null for any. */
  readonly before: number | null;
};

/** Something in a query that is not as meant: UTF-16 positions in its text, and a sentence that says what is right. */
export type QueryProblem = {
  readonly from: number;
  readonly to: number;
  readonly message: string;
  /** What was probably meant, to stand in its place. */
  readonly instead?: string;
};

/** Finds everything that is not deleted. */
export const everything: SearchQuery = { clauses: [], after: null, before: null };

const queryFor = (field: TextField, text: string): SearchQuery => ({
  ...everything,
  clauses: [[{ kind: 'field', not: false, field, text, prefix: false }]],
});

/** Finds what has a text in its name. */
export const queryForName = (name: string): SearchQuery => queryFor('name', name);

/** Finds what has a text in the name of its plan, which stays when an orchestration is renamed. */
export const queryForPlan = (plan: string): SearchQuery => queryFor('plan', plan);

/** True when deleted sessions are asked for: they are found then, and else never. */
export const asksForDeleted = ({ clauses }: SearchQuery): boolean =>
  clauses.some((terms) => terms.some((term) => term.kind === 'is' && term.mark === 'deleted' && !term.not));

/** True for a term that one event can meet by itself; the others are about its session. */
export const isAboutEvents = (term: SearchTerm): boolean =>
  term.kind === 'text' || (term.kind === 'field' && term.field === 'tool');

const bare = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_./@+#-]*$/u;
const operators = new Set(['OR', 'AND', 'NOT']);

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

const textOf = (text: string, prefix: boolean): string =>
  (bare.test(text) && !operators.has(text) ? text : quoted(text)) + (prefix ? '*' : '');

const dollars = (microUsd: number): string => (microUsd / 1e6).toFixed(6).replace(/\.?0+$/, '');

const figureText = (field: FigureField, value: number): string => {
  if (field === 'cost') return dollars(value);
  return field === 'duration' ? formatDuration(value) : String(value);
};

const termText = (term: SearchTerm): string => {
  switch (term.kind) {
    case 'text':
      return textOf(term.text, term.prefix);
    case 'field':
      return `${term.field}:${textOf(term.text, term.prefix)}`;
    case 'state':
      return `state:${term.state}`;
    case 'origin':
      return `origin:${term.origin}`;
    case 'is':
      return `is:${term.mark}`;
    case 'figure':
      return `${term.field}${term.comparison}${figureText(term.field, term.value)}`;
  }
};

const clauseText = (terms: readonly SearchTerm[]): string =>
  terms.map((term) => `${term.not ? '-' : ''}${termText(term)}`).join(' OR ');

/** The shortest text that is understood as this query, with its times as instants. */
export const printQuery = ({ clauses, after, before }: SearchQuery): string =>
  [
    ...clauses.map(clauseText),
    ...(after === null ? [] : [`after:${new Date(after).toISOString()}`]),
    ...(before === null ? [] : [`before:${new Date(before).toISOString()}`]),
  ].join(' ');
