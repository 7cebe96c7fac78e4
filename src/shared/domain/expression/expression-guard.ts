import { failureError, type FailureError } from '../failure.ts';
import type { JsonValue } from '../plan/plan-spec.ts';

/** How often the bodies of `map`, `filter`, `all` and `exists` may run in one evaluation. */
export const MAX_STEPS = 100_000;
/** The longest text that an expression or a template may come to, in characters. */
export const MAX_TEXT = 1_048_576;
const MAX_NODES = 200_000;
const MAX_DEPTH = 200;
const MAX_PATTERN = 500;

const tooMuch = (what: string): FailureError =>
  failureError('expression.failed', `The value ${what}. Take only the part of the data that is needed.`);

type Room = { nodes: number; text: number };

const take = (room: Room, text: number): void => {
  room.nodes -= 1;
  room.text -= text;
  if (room.nodes < 0) throw tooMuch(`has more than ${String(MAX_NODES)} parts`);
  if (room.text < 0) throw tooMuch(`is longer than ${String(MAX_TEXT)} characters`);
};

const isBareObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const fromList = (list: readonly unknown[], room: Room, depth: number): JsonValue =>
  list.map((item) => fromCel(item, room, depth + 1));

const fromMap = (map: object, room: Room, depth: number): JsonValue => {
  const entries = Object.entries(map).map(([key, value]) => {
    room.text -= key.length;
    return [key, fromCel(value, room, depth + 1)] as const;
  });
  return Object.fromEntries(entries);
};

const fromNumber = (value: number): JsonValue => {
  if (Number.isFinite(value)) return value;
  throw failureError('expression.failed', 'The value is no number: something was divided by zero.');
};

const fromObject = (value: object, room: Room, depth: number): JsonValue => {
  if (depth > MAX_DEPTH) throw tooMuch(`is nested more than ${String(MAX_DEPTH)} deep`);
  if (Array.isArray(value)) return fromList(value, room, depth);
  if (isBareObject(value)) return fromMap(value, room, depth);
  if (value instanceof Date) return value.toISOString();
  const primitive: unknown = value.valueOf();
  if (typeof primitive === 'bigint') return Number(primitive); // a whole number written with a u
  throw failureError(
    'expression.failed',
    'The value is nothing that JSON has. Make text or a number of it: .string() of bytes, .getSeconds() of a duration.',
  );
};

const fromCel = (value: unknown, room: Room, depth: number): JsonValue => {
  take(room, typeof value === 'string' ? value.length : 0);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return fromNumber(value);
    case 'bigint':
      return Number(value);
    case 'object':
      return value === null ? null : fromObject(value, room, depth);
    case 'undefined':
    case 'function':
    case 'symbol':
      throw failureError('expression.failed', 'The expression gives no value.');
  }
};

/** A value of CEL as JSON: whole numbers become numbers, times ISO text. Throws FailureError `expression.failed` for one too big. */
export const jsonOfCel = (value: unknown): JsonValue =>
  fromCel(value, { nodes: MAX_NODES, text: MAX_TEXT }, 0);

/** Something repeated without end (`*`, `+`, `{2,}`) inside a group that is repeated itself, or a reference back. */
const REPEATED_REPEAT =
  /\((?:[^()\\]|\\.)*(?:[*+]|\{\d+,\d*\}|\|)(?:[^()\\]|\\.)*\)(?:[*+]|\{\d+,\d*\})|\\[1-9k]/;
const REPEAT = /(?:^|[^\\])(?:[*+]|\{\d+,\})/g;

/** The longest text that a pattern is tried on: one that repeats much takes long on a text made to fit it badly. */
const roomFor = (pattern: string): number => {
  const repeats = pattern.match(REPEAT)?.length ?? 0;
  if (repeats <= 1) return 100_000;
  return repeats === 2 ? 5000 : 1000;
};

const isNested = (pattern: string): boolean => {
  let inner = pattern.replaceAll(/\[(?:[^\]\\]|\\.)*\]/g, 'x');
  for (let last = ''; last !== inner;) {
    if (REPEATED_REPEAT.test(inner)) return true;
    last = inner;
    inner = inner.replaceAll(/\((?:[^()\\]|\\.)*\)/g, (group) => (/[*+|]|\{\d+,/.test(group) ? 'x+' : 'x'));
  }
  return false;
};

/**
 * True when the text has a part that the pattern (a regular expression of JavaScript) fits. Throws FailureError
 * `expression.failed` for a pattern that is none, and for one that could take for ever on a text of this length.
 */
export const matchesSafely = (text: string, pattern: string): boolean => {
  if (pattern.length > MAX_PATTERN || isNested(pattern)) {
    throw failureError(
      'expression.failed',
      `The pattern ${JSON.stringify(pattern.slice(0, 80))} could take for ever: do not repeat a group that repeats or chooses itself.`,
    );
  }
  if (text.length > roomFor(pattern)) {
    throw failureError(
      'expression.failed',
      `matches() takes a text of at most ${String(roomFor(pattern))} characters for this pattern, and this one has ${String(text.length)}. Use contains(), or a pattern with fewer * and +.`,
    );
  }
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch (error) {
    throw failureError('expression.failed', `${JSON.stringify(pattern)} is no regular expression.`, error);
  }
};
