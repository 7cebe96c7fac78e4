import { checkExpression, evaluate, filesOf, type ExpressionCheck } from './expression.ts';
import { MAX_TEXT } from './expression-guard.ts';
import { endOfExpression } from './expression-text.ts';
import { failureError } from '../failure.ts';
import type { JsonValue } from '../plan/plan-spec.ts';
import type { Scope, ScopeShape } from './scope.ts';

/** A piece of a template: text as it is, or an expression and where in the whole text it starts. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly text: string; readonly offset: number }
  | { readonly kind: 'unclosed'; readonly offset: number };

const UNCLOSED = 'This {{ is never closed by }}. A {{ that is meant as text is written {{ "{{" }}.';

/** Splits a text at its `{{ … }}`; signs in strings of an expression do not count. */
export const piecesOf = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let at = 0;
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', at)) {
    if (open > at) pieces.push({ kind: 'text', text: text.slice(at, open) });
    const close = endOfExpression(text, open + 2);
    if (close === null) return [...pieces, { kind: 'unclosed', offset: open }];
    pieces.push({ kind: 'expression', text: text.slice(open + 2, close), offset: open + 2 });
    at = close + 2;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) });
  return pieces;
};

/** True for a text that has something to fill in, rightly written or not. */
export const hasTemplate = (text: string): boolean => text.includes('{{');

/** The expression of a text that is one `{{ … }}` and nothing else, as `forEach` takes it; null for another. */
export const soleExpression = (text: string): string | null => {
  const trimmed = text.trim();
  const pieces = piecesOf(trimmed);
  const [piece] = pieces;
  return pieces.length === 1 && piece?.kind === 'expression' ? piece.text.trim() : null;
};

const union = (lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.flat())];

/**
 * Checks all expressions of a text as `checkExpression` does one; gives the first problem, its offset counted from the
 * start of the text. What the text comes to is always a `string`.
 */
export const checkTemplate = (text: string, shape: ScopeShape): ExpressionCheck => {
  const good: Extract<ExpressionCheck, { ok: true }>[] = [];
  for (const piece of piecesOf(text)) {
    if (piece.kind === 'text') continue;
    if (piece.kind === 'unclosed') return { ok: false, message: UNCLOSED, offset: piece.offset };
    const check = checkExpression(piece.text, shape);
    if (!check.ok) return { ...check, offset: piece.offset + check.offset };
    good.push(check);
  }
  return {
    ok: true,
    type: 'string',
    instances: union(good.map(({ instances }) => instances)),
    inputs: union(good.map(({ inputs }) => inputs)),
    files: union(good.map(({ files }) => files)),
  };
};

/** The paths in all `file("…")` of a text's expressions. */
export const filesOfTemplate = (text: string): readonly string[] =>
  union(piecesOf(text).map((piece) => (piece.kind === 'expression' ? filesOf(piece.text) : [])));

/** A value as a template shows it: text as it is, null as nothing, lists and mappings as compact JSON. */
export const textOfValue = (value: JsonValue): string => {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/**
 * A text with every `{{ … }}` replaced by what `show` makes of its value. Values are put in as they are and not looked at
 * again. Throws FailureError `expression.invalid` or `expression.failed`, the latter also for more than 1 MiB characters.
 */
export const fillTemplate = (text: string, scope: Scope, show: (value: JsonValue) => string): string => {
  if (!hasTemplate(text)) return text;
  const parts: string[] = [];
  let length = 0;
  for (const piece of piecesOf(text)) {
    if (piece.kind === 'unclosed') throw failureError('expression.invalid', UNCLOSED);
    const part = piece.kind === 'text' ? piece.text : show(evaluate(piece.text, scope));
    length += part.length;
    if (length > MAX_TEXT) {
      throw failureError(
        'expression.failed',
        `The text comes to more than ${String(MAX_TEXT)} characters. Put less into it.`,
      );
    }
    parts.push(part);
  }
  return parts.join('');
};

/** A text with every `{{ … }}` replaced by its value (`textOfValue`); throws as `fillTemplate` does. */
export const renderTemplate = (text: string, scope: Scope): string => fillTemplate(text, scope, textOfValue);
