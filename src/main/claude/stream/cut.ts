/** The start of a text, at most `maxBytes` of it in UTF-8, never half a character. */
export const headOf = (text: string, maxBytes: number): string => {
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.from(text.slice(0, maxBytes));
  if (bytes.length <= maxBytes) return bytes.toString('utf8');
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
};

/** The end of a text, at most `maxLength` UTF-16 units of it, never half a character. */
export const tailOf = (text: string, maxLength: number): string => {
  if (text.length <= maxLength) return text;
  const tail = text.slice(-maxLength);
  const first = tail.charCodeAt(0);
  return first >= 0xdc00 && first <= 0xdfff ? tail.slice(1) : tail;
};

/** The first line of a text on one line, at most `maxLength` long, with `…` where something is left out. */
export const oneLine = (text: string, maxLength: number): string => {
  const line = text.trim().split('\n', 1)[0]?.trimEnd() ?? '';
  if (line.length > maxLength) return `${tailless(line.slice(0, maxLength - 1))}…`;
  return line.length < text.trim().length ? `${line}…` : line;
};

/** A text whose last character may have been cut in half, without that half. */
const tailless = (text: string): string => {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
};

/** How much of a value is kept: strings by length, lists and objects by entries. The first that makes it fit is used. */
const limits = [
  { length: 16_384, entries: 1000 },
  { length: 4096, entries: 200 },
  { length: 512, entries: 50 },
  { length: 64, entries: 20 },
] as const;

type Limit = { readonly length: number; readonly entries: number };

const maxInputLength = 64 * 1024;
const maxDepth = 64;

/**
 * The input of a tool, small enough to keep: as it is up to 64 KiB, else with its long strings, lists and deep parts cut
 * and marked with `…`. Stays what it is: an object stays an object with the same first keys.
 */
const cutInput = (input: unknown): unknown => {
  if (jsonLength(input) <= maxInputLength) return input;
  const cuts = limits.map((limit) => () => cutValue(input, limit, 0));
  const fitting = cuts.find((cut) => jsonLength(cut()) <= maxInputLength) ?? cuts.at(-1);
  return fitting?.() ?? null;
};

/** A longer string is a file's content or the like: nobody reads it in an event, and the raw line has it. */
const maxStringLength = 16_384;

/** As `cutInput`, for an event: strings above 16 KiB are cut also where there is little else. */
export const slimInput = (input: unknown): unknown => {
  if (jsonLength(input) <= maxStringLength) return input;
  const slim = cutValue(input, { length: maxStringLength, entries: Number.POSITIVE_INFINITY }, 0);
  return jsonLength(slim) <= maxInputLength ? slim : cutInput(input);
};

/** As `cutInput`, of an object. */
export const cutFields = (input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(cutInput(input) ?? {}));

/** As `slimInput`, of an object. */
export const slimFields = (input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(slimInput(input) ?? {}));

/** About how many characters a value takes as JSON; infinite for one that is nested too deep to be worked with. */
export const jsonLength = (value: unknown, depth = 0): number => {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return String(value).length;
  if (depth > maxDepth) return Number.POSITIVE_INFINITY;
  let length = 2;
  for (const [key, part] of Object.entries(value)) length += key.length + 3 + jsonLength(part, depth + 1);
  return length;
};

const cutValue = (value: unknown, limit: Limit, depth: number): unknown => {
  if (typeof value === 'string') return cutString(value, limit.length);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return '…';
  if (Array.isArray(value)) {
    const kept = value.slice(0, limit.entries).map((part) => cutValue(part, limit, depth + 1));
    return value.length > kept.length ? [...kept, `… (${value.length - kept.length} more)`] : kept;
  }
  const entries = Object.entries(value).slice(0, limit.entries);
  return Object.fromEntries(
    entries.map(([key, part]) => [cutString(key, limit.length), cutValue(part, limit, depth + 1)]),
  );
};

const cutString = (text: string, length: number): string =>
  text.length <= length
    ? text
    : `${tailless(text.slice(0, length))}… (${text.length - length} more characters in the raw line)`;
