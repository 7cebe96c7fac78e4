import type { MarkedChanges } from './event.ts';

/** The longest a label may be, how many an orchestration may have, the longest name and note: in characters. */
export const MARK_LIMITS = { label: 60, labels: 50, name: 200, note: 10_000 } as const;

/** Characters that rewrite a terminal, break a line, turn the direction of what follows, or are none. */
const harmful = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

/** True for a text of one line that shows as what it is. */
export const isHarmless = (text: string): boolean => text.search(harmful) < 0;

/** A text as one line that shows as what it is: a space for all that would not. */
export const harmlessLine = (text: string): string => text.replaceAll(harmful, ' ').trim();

/** False where there is nothing that anybody could see. */
export const isSeen = (text: string): boolean => !/^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u.test(text);

/** What makes two labels the same one: composed, without case. */
export const labelKey = (label: string): string => label.normalize('NFC').toLowerCase();

/** Each label once, the first of those that are the same. */
export const uniqueLabels = (labels: readonly string[]): readonly string[] => {
  const seen = new Map<string, string>();
  for (const label of labels) if (!seen.has(labelKey(label))) seen.set(labelKey(label), label);
  return [...seen.values()];
};

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
