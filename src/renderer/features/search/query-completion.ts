import { queryFilters } from './query-filters.ts';

/** Something that can stand at the caret; `words` say what it is. */
export type QueryOption = { readonly text: string; readonly words: string };

/** What can take the place of a part of the query: from one UTF-16 index to another. */
export type QueryCompletion = {
  readonly from: number;
  readonly to: number;
  readonly options: readonly QueryOption[];
};

/** Values that are known to be there, by the start of their filter (`label:`). */
export type KnownValues = Readonly<Record<string, readonly string[]>>;

const MOST = 8;

/** Where the piece begins that the caret is in: after the last blank that no quotation marks hold. */
const startOfPiece = (text: string, caret: number): number => {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < caret; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /\s/.test(text[at] ?? '')) start = at + 1;
  }
  return start;
};

const quotedIfNeeded = (value: string): string =>
  /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_./@+#-]*$/u.test(value)
    ? value
    : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

const fits = (value: string, begun: string): boolean => {
  const [whole, part] = [value.toLowerCase(), begun.toLowerCase()];
  return whole.includes(part) && whole !== part;
};

const valueOptions = (start: string, begun: string, known: KnownValues): readonly QueryOption[] => {
  const filter = queryFilters.find((one) => one.start === start.toLowerCase());
  if (filter === undefined) return [];
  const values = [...new Set([...(known[filter.start] ?? []), ...(filter.values ?? [])])];
  return values
    .filter((value) => fits(value, begun))
    .toSorted(
      (a, b) =>
        Number(b.toLowerCase().startsWith(begun.toLowerCase())) -
        Number(a.toLowerCase().startsWith(begun.toLowerCase())),
    )
    .map((value) => ({ text: `${filter.start}${quotedIfNeeded(value)}`, words: '' }));
};

const filterOptions = (begun: string): readonly QueryOption[] =>
  queryFilters
    .filter(({ start }) => start.startsWith(begun.toLowerCase()))
    .map(({ start, words }) => ({ text: start, words }));

const optionsFor = (begun: string, known: KnownValues): readonly QueryOption[] => {
  const [, field, value = ''] = /^([a-z]+:)"?([^"]*)$/i.exec(begun) ?? [];
  if (field !== undefined) return valueOptions(field, value, known).slice(0, MOST);
  return /^[a-z]*$/i.test(begun) ? filterOptions(begun) : [];
};

/**
 * What could stand where the caret is: names of filters, or values of the filter that is being written. With nothing begun,
 * all filters, but only when they are `asked` for. Null when there is nothing to offer.
 */
export const completionAt = (
  text: string,
  caret: number,
  { known, asked }: { readonly known: KnownValues; readonly asked: boolean },
): QueryCompletion | null => {
  const start = startOfPiece(text, caret);
  const from = text[start] === '-' && caret > start ? start + 1 : start;
  const begun = text.slice(from, caret);
  if (begun === '' && !asked) return null;
  const options = optionsFor(begun, known);
  const rest = /^[^\s"]*/.exec(text.slice(caret))?.[0] ?? '';
  return options.length === 0 ? null : { from, to: caret + rest.length, options };
};

/** The query with an option taken, and where the caret goes: after a blank, unless something must follow at once. */
export const takeOption = (
  text: string,
  { from, to }: QueryCompletion,
  option: QueryOption,
): { readonly text: string; readonly caret: number } => {
  const isOpen = /[:<>]$/.test(option.text);
  const rest = text.slice(to);
  const space = isOpen || rest.startsWith(' ') ? '' : ' ';
  const head = `${text.slice(0, from)}${option.text}${space}`;
  return { text: `${head}${rest}`, caret: head.length + (!isOpen && space === '' ? 1 : 0) };
};
