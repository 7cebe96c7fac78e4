import { checkTemplate, fillTemplate, piecesOf, textOfValue } from './template.ts';
import { evaluate, type ExpressionCheck } from './expression.ts';
import { failureError } from '../failure.ts';
import type { JsonValue } from '../plan/plan-spec.ts';
import type { Scope, ScopeShape } from './scope.ts';

/** Which shell runs a command: `sh`, or `cmd.exe` of Windows. */
export type Shell = 'posix' | 'windows';

/** Where a place of a command stands: bare, in double or single quotes, or in a comment. */
type Quoting = 'bare' | 'double' | 'single' | 'comment';

/** The quoting of a place, after those of what is around it: `"$(` is bare, in double quotes, in bare text. */
type Place = readonly [Quoting, ...Quoting[]];

const leave = ([here, ...around]: Place): Place => {
  const [outer, ...rest] = around;
  return outer === undefined ? [here] : [outer, ...rest];
};

const afterSignInBare = (place: Place, sign: string, before: string): Place => {
  if (sign === '"') return ['double', ...place];
  if (sign === "'") return ['single', ...place];
  if (sign === '(') return ['bare', ...place];
  if (sign === ')') return leave(place);
  return sign === '#' && /^[\s;&|(]?$/.test(before) ? ['comment', ...place] : place;
};

const ends: Readonly<Record<Exclude<Quoting, 'bare'>, string>> = { double: '"', single: "'", comment: '\n' };

const afterSign = (place: Place, sign: string, before: string): Place => {
  const [here] = place;
  if (here === 'bare') return afterSignInBare(place, sign, before);
  if (here === 'double' && sign === '(' && before === '$') return ['bare', ...place];
  return sign === ends[here] ? leave(place) : place;
};

/** The place at the end of a piece of a command that starts at the given one. */
const placeAfter = (text: string, start: Place): Place => {
  let place = start;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '\\' && (place[0] === 'bare' || place[0] === 'double')) at += 1;
    else place = afterSign(place, sign, text[at - 1] ?? '');
  }
  return place;
};

const IN_SINGLE_QUOTES =
  'A {{ … }} in single quotes is not filled in by the shell. Leave the quotes out: values are quoted already.';

/** Checks the templates of a shell command as `checkTemplate` does, and that none stands in single quotes. */
export const checkShellTemplate = (command: string, shape: ScopeShape): ExpressionCheck => {
  let place: Place = ['bare'];
  for (const piece of piecesOf(command)) {
    if (piece.kind === 'text') place = placeAfter(piece.text, place);
    else if (place[0] === 'single') return { ok: false, message: IN_SINGLE_QUOTES, offset: piece.offset };
  }
  return checkTemplate(command, shape);
};

/** One argument of a program holds 128 KiB on Linux, and a command is one. */
const MAX_COMMAND_VALUE = 100_000;

const shellText = (value: JsonValue): string => {
  const text = textOfValue(value);
  if (text.includes('\0')) {
    throw failureError(
      'expression.failed',
      'A value for a command has a zero byte in it, which no command can take.',
    );
  }
  if (text.length <= MAX_COMMAND_VALUE) return text;
  throw failureError(
    'expression.failed',
    `A value for a command has more than ${String(MAX_COMMAND_VALUE)} characters. Let the command read a file instead.`,
  );
};

const plainWord = (value: JsonValue): string => {
  const text = shellText(value);
  if (/^[\w.:/\\-]+$/.test(text)) return text;
  throw failureError(
    'expression.failed',
    'On Windows a value for a command may only have letters, digits and . _ - : / \\ in it, since no quoting is safe there. Let the command read a file instead.',
  );
};

const posixCommand = (command: string, scope: Scope): string => {
  const values: string[] = [];
  let place: Place = ['bare'];
  const parts = piecesOf(command).map((piece) => {
    if (piece.kind === 'text') {
      place = placeAfter(piece.text, place);
      return piece.text;
    }
    if (piece.kind === 'unclosed')
      throw failureError('expression.invalid', 'A {{ in the command is never closed.');
    if (place[0] === 'single') throw failureError('expression.invalid', IN_SINGLE_QUOTES);
    values.push(
      `netra_${String(values.length + 1)}='${shellText(evaluate(piece.text, scope)).replaceAll("'", `'\\''`)}'`,
    );
    const name = `\${netra_${String(values.length)}}`;
    return place[0] === 'double' ? name : `"${name}"`;
  });
  return [...values, parts.join('')].join('\n');
};

/** A command that is nothing but an input: whoever gives the input gives the command. */
const INPUT_ALONE = /^\s*\{\{\s*inputs\.[A-Za-z_]\w*\s*\}\}\s*$/;

/**
 * A shell command with its templates filled in so that no value is ever read as shell: for `sh`, values go into
 * variables, in single quotes, at the start, and the command names those; for Windows only plain words are taken. Only a
 * command that is an input as a whole is that input as it was given. Throws FailureError `expression.invalid` or `expression.failed`.
 */
export const renderShell = (command: string, scope: Scope, shell: Shell): string => {
  if (!command.includes('{{')) return command;
  if (INPUT_ALONE.test(command)) return fillTemplate(command, scope, shellText);
  return shell === 'windows' ? fillTemplate(command, scope, plainWord) : posixCommand(command, scope);
};
