import { z } from 'zod';
import { isHarmless, isSeen, MARK_LIMITS, uniqueLabels } from './marks.ts';

/** The same for a text of several lines. */
const harmfulInLines = /(?![\n\t])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

const lengthOf = (text: string): number => Array.from(text).length;

const plainText = (what: string, most: number) =>
  z
    .string()
    // What one character takes at most, so that nothing huge is looked at.
    .max(most * 2, `${what} has at most ${String(most)} characters.`)
    .transform((text) => text.trim())
    .refine(isSeen, `${what} has at least one character that can be seen.`)
    .refine((text) => lengthOf(text) <= most, `${what} has at most ${String(most)} characters.`)
    .refine(isHarmless, `${what} is one line, without control characters.`);

/** The name of an orchestration, in any script. */
export const nameSchema = plainText('A name', MARK_LIMITS.name);

/** A label, in any script. */
export const labelSchema = plainText('A label', MARK_LIMITS.label);

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
