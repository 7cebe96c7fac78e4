import stringWidth from 'string-width';
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** What a piece of text means; how that looks is decided here. */
export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'bad' | 'busy' | 'attention';

const formats: Readonly<Record<Tone, Format>> = {
  plain: 'reset',
  strong: 'bold',
  quiet: 'dim',
  good: 'green',
  bad: 'red',
  busy: 'cyan',
  attention: 'yellow',
};

/** Gives text its colour, or leaves it as it is. */
export type Paint = (tone: Tone, text: string) => string;

export const createPaint =
  (inColor: boolean): Paint =>
  (tone, text) =>
    inColor && tone !== 'plain' && text !== ''
      ? styleText(formats[tone], text, { validateStream: false })
      : text;

/** A space in the place of what could rewrite a terminal; what joins emojis stays. */
const harmless = (run: string): string => (run === '\u200d' ? run : ' ');

/**
 * Text of an agent as one harmless line: control characters (which could rewrite a terminal) and those that turn the
 * direction of writing become a space, as does every run of white space.
 */
export const printable = (text: string): string =>
  text.replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, harmless).trim();

/** Text of an agent as harmless lines: as `printable`, only that lines, their indents and spaces stay. */
export const printableLines = (text: string): readonly string[] =>
  text
    .trimEnd()
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replaceAll('\t', '    ').replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, harmless));

const escaped = (control: string): string => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text for a terminal with all that is in it: what could rewrite that stands as JSON writes it. */
export const withEscapes = (text: string): string => text.replaceAll(/(?![\t\n\r])\p{Cc}/gu, escaped);

/** JSON for a terminal: the control characters that JSON leaves as they are. Colours stay. */
export const jsonWithEscapes = (json: string): string => json.replaceAll(/[\u007f-\u009f]/g, escaped);

/** The cells of a terminal that text takes up. */
export const widthOf = (text: string): number => stringWidth(text);

const graphemes = new Intl.Segmenter();

/** Cuts plain text to a width in cells, with … where something is missing. */
export const cut = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
};

/** Plain text, cut or filled to exactly a width in cells. */
export const fit = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  const shown = cut(text, width);
  const gap = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return align === 'left' ? shown + gap : gap + shown;
};
