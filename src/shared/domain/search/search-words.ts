/** A word of a text, folded, and where it stands (UTF-16, the second not included). */
export type Word = { readonly word: string; readonly from: number; readonly to: number };

/** Longer ones are known by their beginning: they are hashes and the like. */
const mostLetters = 64;

const isAscii = (text: string): boolean => !/[^\0-\x7F]/.test(text);

/** Of scripts that are written without spaces each letter is a word. */
const anyWord =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[[\p{L}\p{N}\p{M}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]]+/gv;
const asciiWord = /[a-z0-9]+/g;

const foldWide = (word: string): string =>
  word
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('ς', 'σ');

const cut = (word: string): string =>
  word.length <= mostLetters ? word : word.slice(0, mostLetters).replace(/[\uD800-\uDBFF]$/, '');

const wideWords = (text: string): readonly Word[] => {
  const words: Word[] = [];
  for (const { 0: found, index } of text.matchAll(anyWord)) {
    const word = cut(isAscii(found) ? found.toLowerCase() : foldWide(found));
    if (word !== '') words.push({ word, from: index, to: index + found.length });
  }
  return words;
};

/**
 * The words of a text as search knows them: runs of letters and digits, without case and accents. What is indexed, what is
 * looked for and what is marked is taken apart by this, so that all three mean the same.
 */
export const wordsOf = (text: string): readonly Word[] => {
  if (!isAscii(text)) return wideWords(text);
  const words: Word[] = [];
  for (const { 0: found, index } of text.toLowerCase().matchAll(asciiWord)) {
    words.push({ word: cut(found), from: index, to: index + found.length });
  }
  return words;
};

/** Adds the words of a text to a set: faster than `wordsOf`, for it is done for all that is ever said. */
export const addWords = (text: string, to: Set<string>): void => {
  if (isAscii(text)) for (const word of text.toLowerCase().match(asciiWord) ?? []) to.add(cut(word));
  else for (const { word } of wideWords(text)) to.add(word);
};

/** A name of a tool as one word that is no word of any text; a beginning of the name gives a beginning of it. */
export const toolWord = (name: string): string =>
  cut(
    `\uE000${name
      .normalize('NFC')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]/gu, '\uE001')}`,
  );
