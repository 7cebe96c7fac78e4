import { mayHoldSecret, secretField, secretShapes, type SecretShape } from './shapes.ts';

/** How many places of each kind were redacted. */
export type Tally = Map<string, number>;

/** Takes secrets out of texts and values. The same text always comes to the same. */
export type Redactor = {
  /** False when a JSON text, as `JSON.stringify` writes it, has nothing to be taken out: a look at all of it at once. */
  readonly isSuspect: (json: string) => boolean;
  readonly text: (text: string) => string;
  /** A value of JSON with every text in it redacted, names of fields too. */
  readonly value: <T>(value: T) => T;
  /** As `value`, for what instances are run with: all values of `env` are secrets. */
  readonly spec: <T>(value: T) => T;
};

export type RedactorOptions = {
  /** Texts that are secrets wherever they stand. */
  readonly known: readonly string[];
  /** What stands for a secret. */
  readonly mark: string;
  readonly tally: Tally;
};

const envKind = 'value of the environment';

const replaceShape = (text: string, { pattern }: SecretShape, mark: string, found: () => void): string =>
  text.replace(pattern, (match: string, ...rest: unknown[]) => {
    const groups = rest.at(-1);
    const secret: unknown =
      typeof groups === 'object' && groups !== null ? Reflect.get(groups, 'secret') : match;
    if (typeof secret !== 'string' || secret === mark) return match;
    found();
    // The secret is the last thing of a match.
    return match.slice(0, match.length - secret.length) + mark;
  });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A pattern for any of some texts; null for none. */
const patternOf = (texts: readonly string[]): RegExp | null => {
  const escaped = [...new Set(texts)].map((one) => one.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`));
  return escaped.length === 0 ? null : new RegExp(escaped.join('|'));
};

/** Sees to texts of the shapes, and to `known` ones. */
export const createRedactor = ({ known, mark, tally }: RedactorOptions): Redactor => {
  const count = (kind: string): void => {
    tally.set(kind, (tally.get(kind) ?? 0) + 1);
  };
  // Longer ones first, for one may be a part of another.
  const wanted = [...new Set(known)].filter((one) => one !== '').sort((a, b) => b.length - a.length);

  const anyKnown = patternOf(wanted);
  const anyKnownInJson = patternOf([...wanted, ...wanted.map((one) => JSON.stringify(one).slice(1, -1))]);

  const withoutKnown = (text: string): string => {
    if (anyKnown?.test(text) !== true) return text;
    let left = text;
    for (const secret of wanted) {
      const parts = left.split(secret);
      for (let i = 1; i < parts.length; i++) count(envKind);
      if (parts.length > 1) left = parts.join(mark);
    }
    return left;
  };
  const text = (given: string): string => {
    let left = withoutKnown(given);
    if (!mayHoldSecret.test(left)) return left;
    for (const shape of secretShapes) {
      left = replaceShape(left, shape, mark, () => {
        count(shape.kind);
      });
    }
    return left;
  };
  const whole = (kind: string, given: string): string => {
    if (given === '' || given === mark) return given;
    count(kind);
    return mark;
  };
  const env = (value: unknown): unknown => {
    if (typeof value === 'string') return whole(envKind, value);
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, env(part)]));
  };
  const field = (name: string, value: unknown, isSpec: boolean): unknown => {
    if (isSpec && /^(?:env|headers)$/.test(name)) return env(value);
    if (typeof value === 'string' && secretField.test(name)) return whole('secret field', value);
    return walk(value, isSpec);
  };
  const walk = (value: unknown, isSpec: boolean): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map((part) => walk(part, isSpec));
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [text(name), field(name, part, isSpec)]),
    );
  };
  return {
    text,
    isSuspect: (json) => mayHoldSecret.test(json) || anyKnownInJson?.test(json) === true,
    // What comes out has the shape of what went in: only texts are other ones.
    value: (value) => walk(value, false) as typeof value,
    spec: (value) => walk(value, true) as typeof value,
  };
};
