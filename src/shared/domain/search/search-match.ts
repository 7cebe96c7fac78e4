import type { EventText } from './event-text.ts';
import { isAboutEvents, type SearchQuery, type SearchTerm } from './search-query.ts';
import { toolWord, wordsOf, type Word } from './search-words.ts';

type EventTerm = Extract<SearchTerm, { readonly kind: 'text' | 'field' }>;

/** A term as words: of a tool it is one word, of a text they follow each other, and the last may be a beginning. */
type Needle = {
  readonly not: boolean;
  readonly isTool: boolean;
  readonly words: readonly string[];
  readonly prefix: boolean;
};

type Span = { readonly from: number; readonly to: number; readonly needle: number };

/** A beginning of so few letters is the beginning of nearly everything. */
const leastPrefix = 2;

/** Why nothing can be found for a query among events; null when something can. */
export const whyNothingIsFound = ({ clauses }: SearchQuery): string | null => {
  const terms = clauses.flat().filter(isEventTerm);
  const wordless = terms.find((term) => !term.not && needleOf(term).words.length === 0);
  if (wordless !== undefined) return `"${wordless.text}" has no letters or digits, so no text has it.`;
  const short = terms.find(
    ({ kind, text, prefix }) =>
      kind === 'text' && prefix && (wordsOf(text).at(-1)?.word.length ?? 0) < leastPrefix,
  );
  if (short !== undefined)
    return `Say at least ${String(leastPrefix)} letters before the * of "${short.text}*".`;
  const isLookedUp = clauses.some((all) => all.every((term) => isEventTerm(term) && !term.not));
  return isLookedUp ? null : 'Say at least one word to look for, or a tool (tool:Bash).';
};

/** What a query asks of events. */
export type EventMatcher = {
  /** What an index of words is asked: all of these, each by any of its alternatives, which is all of its words. */
  readonly candidates: readonly (readonly Needle[])[];
  /** Where the words stand in the text of an event that is meant; null for one that is not. */
  match(event: EventText): readonly Span[] | null;
};

const isEventTerm = (term: SearchTerm): term is EventTerm => isAboutEvents(term);

const needleOf = ({ kind, not, text, prefix }: EventTerm): Needle => ({
  not,
  isTool: kind === 'field',
  words: kind === 'field' ? [toolWord(text)] : wordsOf(text).map(({ word }) => word),
  prefix,
});

const fits = (word: string | undefined, wanted: string, prefix: boolean): boolean =>
  word !== undefined && (prefix ? word.startsWith(wanted) : word === wanted);

const standsAt = (words: readonly Word[], at: number, needle: Needle): boolean =>
  needle.words.every((wanted, i) =>
    fits(words[at + i]?.word, wanted, needle.prefix && i === needle.words.length - 1),
  );

const placesOf = (words: readonly Word[], needle: Needle, number: number): readonly Span[] => {
  const spans: Span[] = [];
  const { length } = needle.words;
  if (length === 0) return spans;
  for (let at = 0; at + length <= words.length; at += 1) {
    const [first, last] = [words[at], words[at + length - 1]];
    if (first === undefined || last === undefined || !standsAt(words, at, needle)) continue;
    spans.push({ from: first.from, to: last.to, needle: number });
  }
  return spans;
};

const isAscii = (text: string): boolean => !/[^\0-\x7F]/.test(text);

/** False only where a look at the letters is enough to know that no event of this text is meant: much faster than words are. */
const mayMatch = ({ text, tool }: EventText, candidates: EventMatcher['candidates']): boolean => {
  if (!isAscii(text)) return true;
  const lower = text.toLowerCase();
  const mayHold = ({ isTool, words }: Needle): boolean =>
    isTool ? tool !== null : words.every((word) => lower.includes(word));
  return candidates.every((needles) => needles.some(mayHold));
};

/** What a query asks of each event by its own words; null when it asks nothing that could be looked up. */
export const eventMatcher = (query: SearchQuery): EventMatcher | null => {
  const clauses = query.clauses
    .filter((terms) => terms.every(isEventTerm))
    .map((terms) => terms.filter(isEventTerm).map(needleOf));
  const candidates = clauses.filter((needles) => needles.every(({ not }) => !not));
  if (candidates.length === 0) return null;
  return {
    candidates,
    match: (event) => {
      if (!mayMatch(event, candidates)) return null;
      const { text, tool } = event;
      const words = wordsOf(text);
      const ofTool = tool === null ? undefined : toolWord(tool);
      const spans: Span[] = [];
      let number = 0;
      for (const needles of clauses) {
        let holds = false;
        for (const needle of needles) {
          number += 1;
          const found = needle.isTool ? [] : placesOf(words, needle, number);
          const isThere = needle.isTool
            ? fits(ofTool, needle.words[0] ?? '', needle.prefix)
            : found.length > 0;
          holds ||= isThere !== needle.not;
          if (!needle.not) spans.push(...found);
        }
        if (!holds) return null;
      }
      return spans.toSorted((a, b) => a.from - b.from || b.to - a.to);
    },
  };
};

const mostShown = 240;
const before = 40;

type Snippet = { readonly text: string; readonly marks: readonly (readonly [number, number])[] };

/** The place from which on most different words stand near each other, the first of several. */
const bestStart = (spans: readonly Span[]): number => {
  let best = 0;
  let most = 0;
  // Where there are very many the first of them will do.
  for (const { from } of spans.slice(0, 200)) {
    const near = spans.filter((one) => one.from >= from && one.to <= from + mostShown - before - 2);
    const different = new Set(near.map(({ needle }) => needle)).size;
    if (different > most) [best, most] = [from, different];
  }
  return best;
};

const isInsidePair = (text: string, at: number): boolean =>
  /[\uDC00-\uDFFF]/.test(text[at] ?? '') && /[\uD800-\uDBFF]/.test(text[at - 1] ?? '');

/** Not in the middle of a word, if its start is near; never in the middle of a character. */
const startNear = (text: string, at: number): number => {
  if (at <= 0) return 0;
  const space = text.slice(at, at + before / 2).search(/\s/);
  if (space >= 0) return at + space + 1;
  return isInsidePair(text, at) ? at + 1 : at;
};

/** A place of a text in one line of at most 240 characters, and where in it the words are. Marks never overlap. */
export const snippetOf = (text: string, spans: readonly Span[]): Snippet => {
  const from = startNear(text, spans.length === 0 ? 0 : bestStart(spans) - before);
  const head = from > 0 ? '…' : '';
  let to = Math.min(text.length, from + mostShown - head.length - 1);
  if (isInsidePair(text, to)) to -= 1;
  // One character for one, so that the places stay.
  const shown = text.slice(from, to).replaceAll(/[\s\p{Cc}]/gu, ' ');
  const marks: [number, number][] = [];
  let end = from;
  for (const span of spans) {
    if (span.from < end || span.to > to) continue;
    marks.push([span.from - from + head.length, span.to - from + head.length]);
    end = span.to;
  }
  return { text: `${head}${shown}${to < text.length ? '…' : ''}`, marks };
};
