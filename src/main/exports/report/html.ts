const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Any text as text of HTML, in an attribute too. */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[&<>"']/g, (letter) => entities[letter] ?? '')
    .replaceAll('\0', '\ufffd');

/** A value as JSON that cannot end the script element it stands in, nor begin a comment there. */
export const jsonText = (value: unknown): string => JSON.stringify(value).replaceAll('<', String.raw`\u003c`);

/** Fills a template; what is filled in is escaped, but for what was made by `markup` or is joined from such. */
export type Html = { readonly html: string };

const textOf = (value: string | number | Html | readonly Html[]): string => {
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  return 'html' in value ? value.html : value.map((one) => one.html).join('');
};

export const markup = (
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html => ({ html: String.raw({ raw: parts }, ...values.map(textOf)) });
