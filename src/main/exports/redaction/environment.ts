import { isMap, isPair, isScalar, parseDocument, visit } from 'yaml';
import type { StoredOrchestration } from '../../engine/store-ports.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What holds values that are nobody's business: of variables, and of the headers that are sent to a server. */
const isEnvironment = (name: unknown): boolean => name === 'env' || name === 'headers';

/** Every name and value of every `env` and `headers` in a value. */
function* variablesOf(value: unknown): Generator<readonly [name: string, value: string], void> {
  if (Array.isArray(value)) for (const part of value) yield* variablesOf(part);
  if (!isRecord(value)) return;
  for (const [name, part] of Object.entries(value)) {
    if (isEnvironment(name) && isRecord(part)) {
      for (const [variable, text] of Object.entries(part)) {
        if (typeof text === 'string') yield [variable, text];
      }
    } else yield* variablesOf(part);
  }
}

const secretName = /key|token|secret|passw|passphrase|credential|auth|cookie|private|signature|dsn/i;

/** Shorter ones stand in texts by chance. */
const leastLength = 6;

/** A value that nobody would write by chance: letters and digits, and neither a path nor an address nor words. */
const isRandom = (text: string): boolean =>
  text.length >= 16 && /[0-9]/.test(text) && /[A-Za-z]/.test(text) && !/[\s/:\\]/.test(text);

/** The lines of a secret of several, which may be printed one by one: those that nobody would write by chance. */
const longLines = (text: string): readonly string[] =>
  text.includes('\n') ? text.split(/\r?\n/).filter((line) => line.length >= 16 && !/\s/.test(line)) : [];

/** All values of the environment, the longest first. */
export const environmentValues = ({ source, attempts, specs }: StoredOrchestration): readonly string[] => {
  const values = [...variablesOf([source.plan, attempts.map(({ spec }) => spec), specs])];
  return [...new Set(values.map(([, text]) => text))].toSorted((a, b) => b.length - a.length);
};

/** The values of the environment that are secrets wherever they stand: by their name, or as random as only keys are. */
export const knownSecrets = ({ source, attempts, specs }: StoredOrchestration): readonly string[] => {
  const values = [...variablesOf([source.plan, attempts.map(({ spec }) => spec), specs])];
  const secrets = values
    .filter(([name, text]) => text.length >= leastLength && (secretName.test(name) || isRandom(text)))
    .map(([, text]) => text);
  return [
    ...new Set(secrets.flatMap((text) => [text, ...longLines(text), JSON.stringify(text).slice(1, -1)])),
  ];
};

type Range = { readonly from: number; readonly to: number };

const scalarsBelow = (node: unknown, ranges: Range[]): void => {
  if (isMap(node)) for (const { value } of node.items) scalarsBelow(value, ranges);
  if (!isScalar(node) || node.range === null || node.range === undefined) return;
  const [from, to] = node.range;
  if (to > from) ranges.push({ from, to });
};

/**
 * The text of a plan with all values of `env` and `headers` replaced; the rest of it stays as it was written. `count` is called for each.
 */
export const withoutEnvironment = (planText: string, mark: string, count: () => void): string => {
  const ranges: Range[] = [];
  visit(parseDocument(planText, { logLevel: 'silent' }), (_key, node) => {
    if (isPair(node) && isScalar(node.key) && isEnvironment(node.key.value)) scalarsBelow(node.value, ranges);
  });
  let text = planText;
  for (const { from, to } of ranges.toSorted((a, b) => b.from - a.from)) {
    count();
    const lineEnds = /\n*$/.exec(text.slice(from, to))?.[0] ?? '';
    text = text.slice(0, from) + JSON.stringify(mark) + lineEnds + text.slice(to);
  }
  return text;
};
