/** Milliseconds of each unit, largest first: also the order in which they are written. */
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** What a duration looks like: `90s`, `30m`, `2h`, `1d`, `1h30m`, `500ms`; each unit once, largest first. */
export const DURATION_PATTERN = /^(?=\d)(?:\d{1,9}d)?(?:\d{1,9}h)?(?:\d{1,9}m)?(?:\d{1,9}s)?(?:\d{1,9}ms)?$/;

/** Takes a duration as text and gives whole milliseconds, or `undefined` when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION_PATTERN.test(text)) return undefined;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)(ms|[dhms])/g)) {
    total += Number(digits) * (UNITS.find(([name]) => name === unit)?.[1] ?? 0);
  }
  return total;
}

/**
 * Takes whole milliseconds (zero or more) and gives the shortest text that `parseDuration` reads back to
 * the same number: `5400000` is `1h30m`, `0` is `0s`.
 */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [name, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${String(count)}${name}`;
  }
  return text === '' ? '0s' : text;
}
