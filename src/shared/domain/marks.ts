import { z } from 'zod';
import type { MarkedChanges } from './event.ts';

/** The longest a label may be, how many an orchestration may have, the longest name and note: in characters. */
export const MARK_LIMITS = { label: 60, labels: 50, name: 200, note: 10_000 } as const;

/** Characters that rewrite a terminal, break a line, turn the direction of what follows, or are none. */
const harmful = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
/** The same for a text of several lines. */
const harmfulInLines = /(?![\n\t])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

const lengthOf = (text: string): number => Array.from(text).length;

const plainText = (what: string, most: number) =>
  z
    .string()
    // What one character takes at most, so that nothing huge is looked at.
    .max(most * 2, `${what} has at most ${String(most)} characters.`)
    .transform((text) => text.trim())
    .refine((text) => text !== '', `${what} has at least one character.`)
    .refine((text) => lengthOf(text) <= most, `${what} has at most ${String(most)} characters.`)
    .refine((text) => !harmful.test(text), `${what} is one line, without control characters.`);

/** The name of an orchestration, in any script. */
export const nameSchema = plainText('A name', MARK_LIMITS.name);

/** A label, in any script. */
export const labelSchema = plainText('A label', MARK_LIMITS.label);

/** What makes two labels the same one: composed, without case. */
export const labelKey = (label: string): string => label.normalize('NFC').toLowerCase();

/** Each label once, the first of those that are the same. */
export const uniqueLabels = (labels: readonly string[]): readonly string[] => {
  const seen = new Map<string, string>();
  for (const label of labels) if (!seen.has(labelKey(label))) seen.set(labelKey(label), label);
  return [...seen.values()];
};

const tooMany = `An orchestration has at most ${String(MARK_LIMITS.labels)} labels.`;

export const labelsSchema = z
  .array(labelSchema)
  .max(MARK_LIMITS.labels * 2, tooMany)
  .transform(uniqueLabels)
  .refine((labels) => labels.length <= MARK_LIMITS.labels, tooMany);

/** A note of one or more lines; an empty one is none. */
export const noteSchema = z
  .string()
  .max(MARK_LIMITS.note, `A note has at most ${String(MARK_LIMITS.note)} characters.`)
  .transform((text) => text.replaceAll(/\r\n?/g, '\n').trimEnd())
  .refine((text) => !harmfulInLines.test(text), 'A note has no control characters.')
  .transform((text) => (text.trim() === '' ? null : text));

/** What is put on an orchestration, or taken away; what is not named stays. */
export type MarkChange = {
  readonly name?: string;
  /** All of them. */
  readonly labels?: readonly string[];
  /** Beside those that are there: two people may label at once. */
  readonly addLabels?: readonly string[];
  readonly removeLabels?: readonly string[];
  readonly note?: string | null;
  readonly pinned?: boolean;
};

/** What somebody did to the marks, as the end of a sentence that begins with who it was. */
export const markedWords = ({ name, labels, note, pinned, deleted }: MarkedChanges): string =>
  [
    ...(deleted === undefined ? [] : [deleted ? 'deleted it' : 'restored it']),
    ...(name === undefined ? [] : [`renamed it to ${name}`]),
    ...(labels === undefined
      ? []
      : [labels.length === 0 ? 'took its labels away' : `labelled it ${labels.join(', ')}`]),
    ...(note === undefined ? [] : [note === null ? 'took its note away' : 'wrote a note']),
    ...(pinned === undefined ? [] : [pinned ? 'pinned it' : 'unpinned it']),
  ].join(', ');
