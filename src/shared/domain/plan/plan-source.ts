import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Alias, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { shown, type Fault, type PlanPath } from './plan-problem.ts';
import { composePlan, emptyFault } from './plan-syntax.ts';

/** Values in a plan, those of an alias counted wherever it stands: nine lines can mean a billion. */
const MAX_VALUES = 100_000;

/** Offsets into the text: of the key (of an item: its start), and the value's start and end. */
type Place = { readonly key: number; readonly start: number; readonly end: number };

/** A value read from a node, and how many values there are in it. */
type Reading = { readonly value: unknown; readonly weight: number };

type Reader = {
  /** What each anchor stands for so far; `open` while its own content is read. */
  readonly anchors: Map<string, Reading | 'open'>;
  /** Where the entries of each mapping and list were written. A shared value has one place, at its anchor. */
  readonly places: WeakMap<object, ReadonlyMap<string | number, Place>>;
  readonly faults: Fault[];
  readonly lineOf: (offset: number) => number;
  values: number;
};

/** What stands at a path: the value, as it was written, and the offsets of its key and of itself. */
export type Found = {
  readonly value: unknown;
  readonly written: string;
  readonly key: number;
  readonly start: number;
};

/** The text of a plan as values that remember where they were written. */
export type PlanSource = {
  readonly value: unknown;
  /** Looks a path up. Of a path that is not there, the value is `undefined` and the place its holder's. */
  readonly at: (path: PlanPath) => Found;
};

/** After these a part of the values is missing, so that there is no sense in checking them. */
const BREAKING = new Set(['plan.unknown_alias', 'plan.merge']);

const NOTHING: Reading = { value: null, weight: 1 };

function report(reader: Reader, offset: number, reason: string, message: string): void {
  reader.faults.push({ code: `plan.${reason}`, message, offset, path: [] });
}

/** Counts values, so that following aliases cannot go on for ever: false once there are too many. */
function count(reader: Reader, values: number, offset: number): boolean {
  if (reader.values > MAX_VALUES) return false;
  reader.values += values;
  if (reader.values <= MAX_VALUES) return true;
  const message =
    'The plan has more than 100,000 values, those of aliases counted wherever they stand: make it smaller.';
  report(reader, offset, 'too_many_values', message);
  return false;
}

/** True for a whole number that would come out as another one, or as none. Fractions are as close as can be. */
function isInexact(value: number, written = ''): boolean {
  if (!Number.isFinite(value)) return true;
  const digits = written.replace('+', '');
  return /^-?\d+$/.test(digits) && String(value) !== digits && BigInt(digits) !== BigInt(value);
}

function readScalar(reader: Reader, { value, source, range }: Scalar.Parsed): Reading {
  if (typeof value === 'number' && isInexact(value, source)) {
    report(
      reader,
      range[0],
      'inexact_number',
      'This number is too large to be kept exactly: put it in quotes.',
    );
  }
  if (typeof value === 'string' && value.includes('\0')) {
    report(
      reader,
      range[0],
      'not_text',
      'This text holds a NUL character, which no program takes: remove \\0.',
    );
  }
  return { value, weight: 1 };
}

function readAlias(reader: Reader, { source, range }: Alias.Parsed): Reading {
  const anchored = reader.anchors.get(source);
  if (anchored !== undefined && anchored !== 'open') {
    return count(reader, anchored.weight, range[0]) ? anchored : NOTHING;
  }
  const message =
    anchored === 'open'
      ? `*${source} stands inside &${source} itself: write out what is meant.`
      : `*${source} refers to nothing: write &${source} before it, or put the value in quotes if it is text.`;
  report(reader, range[0], 'unknown_alias', message);
  return NOTHING;
}

function placeOf(node: ParsedNode, key = node.range[0]): Place {
  return { key, start: node.range[0], end: node.range[1] };
}

function readSeq(reader: Reader, { items }: YAMLSeq.Parsed): Reading {
  const readings = items.map((item) => read(reader, item));
  const value = readings.map((reading) => reading.value);
  reader.places.set(value, new Map(items.map((item, index) => [index, placeOf(item)])));
  return { value, weight: readings.reduce((sum, { weight }) => sum + weight, 1) };
}

type Entry = { readonly value: unknown; readonly place: Place };
type Entries = Map<string, Entry>;

/** What `<<` brings in: the entries of a mapping, or of a list of mappings of which the first one wins. */
function mergedEntries(reader: Reader, value: unknown, place: Place): Entries {
  const entries: Entries = new Map();
  const sources: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const source of sources) {
    if (typeof source !== 'object' || source === null || Array.isArray(source)) {
      report(reader, place.start, 'merge', '<< takes a mapping: write an alias of one, such as << : *base.');
      continue;
    }
    const places = reader.places.get(source);
    for (const [key, inner] of Object.entries(source)) {
      if (!entries.has(key)) entries.set(key, { value: inner, place: places?.get(key) ?? place });
    }
  }
  return entries;
}

const isMerge = (key: Scalar) => key.value === '<<' && key.type === 'PLAIN';

function addEntry(reader: Reader, entries: Entries, name: string, entry: Entry): void {
  if (name === '__proto__')
    report(reader, entry.place.key, 'unknown_key', 'No key can be __proto__: remove it.');
  const earlier = entries.get(name);
  if (earlier) {
    const line = String(reader.lineOf(earlier.place.key));
    const message = `The key ${shown(name)} is there already, on line ${line}: keep one of the two.`;
    report(reader, entry.place.key, 'duplicate_key', message);
  }
  entries.set(name, entry);
}

function readMap(reader: Reader, { items }: YAMLMap.Parsed): Reading {
  const own: Entries = new Map();
  const merged: Entries = new Map();
  let weight = 1;
  for (const { key, value: node } of items) {
    if (!isScalar(key)) continue; // a syntax error, and reported as one
    const reading = node === null ? NOTHING : read(reader, node);
    const place = placeOf(node ?? key, key.range[0]);
    weight += reading.weight;
    if (isMerge(key)) {
      for (const [name, entry] of mergedEntries(reader, reading.value, place)) {
        if (!merged.has(name)) merged.set(name, entry);
      }
    } else {
      addEntry(reader, own, String(key.value), { value: reading.value, place });
    }
  }
  const entries = [...merged, ...own];
  const value: object = Object.fromEntries(entries.map(([name, entry]) => [name, entry.value]));
  reader.places.set(value, new Map(entries.map(([name, entry]) => [name, entry.place])));
  return { value, weight };
}

function readContent(reader: Reader, node: ParsedNode): Reading {
  if (isAlias(node)) return readAlias(reader, node);
  if (isSeq(node)) return readSeq(reader, node);
  return isMap(node) ? readMap(reader, node) : readScalar(reader, node);
}

function read(reader: Reader, node: ParsedNode): Reading {
  if (!count(reader, 1, node.range[0])) return NOTHING;
  const anchor = isAlias(node) ? undefined : node.anchor;
  if (anchor !== undefined) reader.anchors.set(anchor, 'open');
  const reading = readContent(reader, node);
  if (anchor !== undefined) reader.anchors.set(anchor, reading);
  return reading;
}

function lookUp(places: Reader['places'], root: Entry, path: PlanPath): Entry {
  let { value, place } = root;
  for (const step of path) {
    const holder = typeof value === 'object' && value !== null ? value : {};
    const next = places.get(holder)?.get(step);
    if (next === undefined) return { value: undefined, place: { ...place, key: place.start } };
    place = next;
    value = Object.getOwnPropertyDescriptor(holder, step)?.value;
  }
  return { value, place };
}

/**
 * Reads the text of a plan (YAML or JSON, without byte order mark) into values with places. Everything that
 * is wrong with it as a text is in `faults`; `source` is missing when it cannot be made sense of.
 */
export function readPlanSource(
  text: string,
  lineOf: (offset: number) => number,
): { readonly faults: readonly Fault[]; readonly source?: PlanSource } {
  const composed = composePlan(text);
  if ('faults' in composed) return composed;
  const reader: Reader = { anchors: new Map(), places: new WeakMap(), faults: [], lineOf, values: 0 };
  const { value } = read(reader, composed.contents);
  const { faults, places } = reader;
  if (value === null) return { faults: [emptyFault()] };
  const excess = faults.find(({ code }) => code === 'plan.too_many_values');
  if (excess) return { faults: [excess] };
  if (faults.some(({ code }) => BREAKING.has(code))) return { faults };
  const root = { value, place: placeOf(composed.contents) };
  const at = (path: PlanPath): Found => {
    const { value: found, place } = lookUp(places, root, path);
    return { value: found, written: text.slice(place.start, place.end), key: place.key, start: place.start };
  };
  return { faults, source: { value, at } };
}
