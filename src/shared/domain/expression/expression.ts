import {
  Environment,
  EvaluationError,
  ParseError,
  TypeError as CelTypeError,
  type ASTNode,
  type ParseResult,
} from '@marcbachmann/cel-js';
import { didYouMean } from '../did-you-mean.ts';
import { registerArithmetic } from './expression-arithmetic.ts';
import { jsonOfCel, matchesSafely, MAX_STEPS } from './expression-guard.ts';
import { boundSteps } from './expression-steps.ts';
import { filesIn, namesIn, pathOf, type ExpressionProblem, type References } from './expression-names.ts';
import { failureError, type FailureError } from '../failure.ts';
import type { JsonValue } from '../plan/plan-spec.ts';
import type { Scope, ScopeShape, ValueType } from './scope.ts';

/** What is known of an expression before it runs: what it gives and names, or what is wrong and where in its text. */
export type ExpressionCheck =
  | ({ readonly ok: true; readonly type: ValueType } & References)
  | ({ readonly ok: false } & ExpressionProblem);

/** The longest expression, in characters. */
const MAX_EXPRESSION = 10_000;
const options = {
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 5000, maxDepth: 100 },
};

let files: ReadonlyMap<string, string> = new Map();
let steps = 0;

const textOfFile = (path: string): string => {
  const text = files.get(path);
  if (text === undefined) throw failureError('expression.failed', `The file ${path} was not read.`);
  return text;
};

/** Counts one run of a body; false when there were too many. */
const countStep = (): boolean => (steps += 1) <= MAX_STEPS;

const tooManySteps = (): FailureError =>
  failureError(
    'expression.failed',
    `It goes through more than ${String(MAX_STEPS)} items. Filter the list first, or take less of it.`,
  );

const mustStep = (): boolean => {
  if (countStep()) return true;
  throw tooManySteps();
};

const sync = { async: false };

const checker = registerArithmetic(new Environment(options)).registerFunction(
  'file(string): string',
  textOfFile,
  sync,
);

const evaluator = checker
  .clone(options)
  .registerFunction('__step(): bool', countStep, sync)
  .registerFunction('__mustStep(): bool', mustStep, sync)
  .registerFunction('string.__matches(string): bool', matchesSafely, sync);

const numberWords: readonly (readonly [RegExp, string])[] = [
  [/dyn<([\w.<>, ]+)>/g, '$1'],
  [/\b(?:u?int|double)\b/g, 'number'],
  [/\bgoogle\.protobuf\.(\w+)/g, '$1'],
  [/\bnull_type\b/g, 'null'],
];

/** What the library says, in words of a plan. */
const inWords = (summary: string): string => {
  const plain = numberWords.reduce((text, [pattern, word]) => text.replaceAll(pattern, word), summary);
  const operation = /^no such overload: (.+)$/.exec(plain)?.[1];
  if (operation !== undefined) {
    return `${operation} is not possible. Make both sides the same kind, for instance with string(…).`;
  }
  const call = /^found no matching overload for '(.+)'$/.exec(plain)?.[1];
  if (call !== undefined) return `There is no function ${call}.`;
  if (plain === 'Unexpected token: EOF') return 'Something is missing at the end.';
  return plain.endsWith('.') ? plain : `${plain}.`;
};

const isCelError = (error: unknown): error is ParseError | EvaluationError | CelTypeError =>
  error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError;

const problemOf = (error: unknown): ExpressionProblem => {
  if (isCelError(error)) return { message: inWords(error.summary), offset: error.range?.start ?? 0 };
  return { message: error instanceof Error ? error.message : String(error), offset: 0 };
};

const parsed = (text: string): ParseResult | ExpressionProblem => {
  if (text.trim() === '') return { message: 'There is no expression.', offset: 0 };
  if (text.length > MAX_EXPRESSION) {
    return { message: `It is longer than ${String(MAX_EXPRESSION)} characters.`, offset: MAX_EXPRESSION };
  }
  try {
    return checker.parse(text);
  } catch (error) {
    return problemOf(error);
  }
};

const typeWords: Readonly<Record<string, ValueType>> = {
  bool: 'bool',
  string: 'string',
  int: 'number',
  uint: 'number',
  double: 'number',
  'google.protobuf.Timestamp': 'string',
};

const figureTypes: Readonly<Record<string, ValueType>> = {
  state: 'string',
  result: 'string',
  workspace: 'string',
};

const fieldTypes: Readonly<Record<string, Readonly<Record<string, ValueType>>>> = {
  instance: figureTypes,
  check: { output: 'string' },
  orchestration: { id: 'string', name: 'string' },
};

/** What is known of the value of a plain access, beyond what CEL knows: inputs and figures have types. */
const typeOfPath = (path: readonly string[] | null, shape: ScopeShape): ValueType => {
  const [root = '', ...fields] = path ?? [];
  const [name = '', ...rest] = root === 'instances' ? fields.slice(1) : fields;
  if (rest.length > 0) return 'dyn';
  const types = { ...fieldTypes, instances: figureTypes, inputs: shape.inputs }[root] ?? {};
  return new Map(Object.entries(types)).get(name) ?? 'dyn';
};

const typeOf = (ast: ASTNode, celType: string, shape: ScopeShape): ValueType => {
  if (celType === 'dyn') return typeOfPath(pathOf(ast), shape);
  if (celType.startsWith('list')) return 'list';
  if (celType.startsWith('map')) return 'map';
  return typeWords[celType] ?? 'dyn';
};

/**
 * Reads a CEL expression and says what it gives and what it names, or what is wrong: it does not parse, an operator does
 * not take such values, or a name is not known in the scope. Offsets are characters from the start of the text.
 */
export const checkExpression = (text: string, shape: ScopeShape): ExpressionCheck => {
  const expression = parsed(text);
  if ('message' in expression) return { ok: false, ...expression };
  const names = namesIn(expression.ast, shape);
  if (!names.ok) return names;
  const { error, type } = expression.check();
  if (error !== undefined) return { ok: false, ...problemOf(error) };
  return { ok: true, type: typeOf(expression.ast, type ?? 'dyn', shape), ...names.references };
};

/** The paths in all `file("…")` of an expression; none for one that does not parse. */
export const filesOf = (text: string): readonly string[] => {
  const expression = parsed(text);
  return 'message' in expression ? [] : filesIn(expression.ast);
};

const quoted = (text: string): string => {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return `"${line.length > 120 ? `${line.slice(0, 119)}…` : line}"`;
};

const valueAt = (path: readonly string[], scope: Scope): JsonValue | undefined => {
  const [root = '', ...fields] = path;
  let value: JsonValue | undefined = scope.values.get(root);
  for (const name of fields) {
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    value =
      isMap && Object.hasOwn(value as object, name) ? (value as Record<string, JsonValue>)[name] : undefined;
  }
  return value;
};

/** What a missing key is missing of, with what is there instead. */
const missing = (error: EvaluationError, scope: Scope): string => {
  const path = error.node === undefined ? null : pathOf(error.node);
  const key = path?.at(-1) ?? /^No such key: (.*)$/.exec(error.summary)?.[1] ?? '';
  if (path === null || path.length < 2) return `there is no ${key} in it.`;
  const parent = path.slice(0, -1).join('.');
  const value = valueAt(path.slice(0, -1), scope);
  if (value === null) return `${parent} is null, so it has no ${key}.`;
  if (typeof value !== 'object' || Array.isArray(value)) return `${parent} has no ${key}: it is no mapping.`;
  const meant = didYouMean(key, Object.keys(value));
  return `${parent} has no ${key}.${meant === undefined ? ` Ask with has(${parent}.${key}) first.` : ` Did you mean ${meant}?`}`;
};

const causeOf = (error: unknown, scope: Scope): string => {
  if (error instanceof EvaluationError && error.code === 'no_such_key') return missing(error, scope);
  if (error instanceof RangeError) return 'it is too big or nested too deep.';
  return problemOf(error).message;
};

const compiled = new Map<string, ParseResult>();
const MAX_COMPILED = 500;

const compile = (text: string): ParseResult => {
  const earlier = compiled.get(text);
  if (earlier !== undefined) return earlier;
  const expression = parsed(text);
  if ('message' in expression) {
    throw failureError(
      'expression.invalid',
      `The expression ${quoted(text)} cannot be read at character ${String(expression.offset + 1)}: ${expression.message}`,
    );
  }
  const made = evaluator.parse(boundSteps(text, expression.ast));
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(text, made);
  return made;
};

const run = (expression: ParseResult, scope: Scope): unknown => {
  files = scope.files;
  steps = 0;
  const value: unknown = expression(scope.values);
  if (steps > MAX_STEPS) throw tooManySteps(); // `exists` and `all` go on over what fails in them
  return value;
};

/**
 * The value of a CEL expression over the scope's data, which are only ever data: nothing in them is evaluated. Throws
 * FailureError `expression.invalid` for one that does not parse, `expression.failed` for one that finds no value.
 */
export const evaluate = (text: string, scope: Scope): JsonValue => {
  const expression = compile(text);
  try {
    return jsonOfCel(run(expression, scope));
  } catch (error) {
    throw failureError(
      'expression.failed',
      `The expression ${quoted(text)} failed: ${causeOf(error, scope)}`,
      error,
    );
  } finally {
    files = new Map();
  }
};
