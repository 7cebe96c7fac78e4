/** Texts of agents within Markdown: whatever is in them, what is around them stays as it is. */

const oneLine = (text: string): string => text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

/** A text of one line within HTML. */
export const htmlText = (text: string): string =>
  oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A text of one line as plain text. */
export const plainText = (text: string): string =>
  htmlText(text).replaceAll(/[\\`*_[\]#|~]/g, (letter) => `\\${letter}`);

/** A text as a block of code, which it cannot end. */
export const codeBlock = (text: string, language = ''): string => {
  const runs = text.match(/`{3,}/g) ?? [];
  const fence = '`'.repeat(runs.reduce((most, run) => Math.max(most, run.length + 1), 3));
  return `${fence}${language}\n${text.replaceAll(/\r\n?/g, '\n').replace(/\n$/, '')}\n${fence}\n`;
};

const fenceOf = (line: string): string | null => /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? null;

const closes = (line: string, fence: string): boolean => {
  const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
  return closing?.[0] === fence[0] && closing !== undefined && closing.length >= fence.length;
};

/** Outside of code in a line, what could begin an HTML tag is text. */
const withoutTags = (line: string): string =>
  line
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/<(?=[A-Za-z/!?])/g, '&lt;')))
    .join('');

/**
 * Markdown that an agent wrote, as a quotation: its headings, lists and code show as such, its HTML as text, and nothing in
 * it reaches beyond its lines.
 */
export const quoted = (text: string): string => {
  let fence: string | null = null;
  const lines = text.split(/\r\n?|\n/).map((line) => {
    if (fence !== null) {
      if (closes(line, fence)) fence = null;
      return `> ${line}`;
    }
    fence = fenceOf(line);
    return fence === null ? `> ${withoutTags(line)}` : `> ${line}`;
  });
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
};
