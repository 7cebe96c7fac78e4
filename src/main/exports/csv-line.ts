/** What a spreadsheet takes for the beginning of a formula, also in its wide forms. */
const formula = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20|%]/;

const cell = (value: string | number | null | undefined): string => {
  if (typeof value !== 'string') return value === null || value === undefined ? '' : String(value);
  const line = value.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  const safe = formula.test(line) ? `'${line}` : line;
  return /[",;]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** A line of CSV, with its end: texts are on one line, and none is a formula to a spreadsheet. */
export const csvLine = (values: readonly (string | number | null | undefined)[]): string =>
  `${values.map(cell).join(',')}\r\n`;
