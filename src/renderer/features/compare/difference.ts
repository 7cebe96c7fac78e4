import { dollarText, secondsText, shortNumber } from '../../ui/format.ts';

/** A difference as words: which way it goes, by how much, and the share of the left side; null where both are the same. */
export type Difference = { readonly more: boolean; readonly text: string; readonly share: string | null };

export type FigureKind = 'tokens' | 'cost' | 'duration' | 'count';

const textOf: Readonly<Record<FigureKind, (value: number) => string>> = {
  tokens: shortNumber,
  cost: dollarText,
  duration: secondsText,
  count: String,
};

/** The right side less the left one, for a person: `+$0.2000`, `+25 %`. Tokens, micro-dollars, milliseconds or a count. */
export const differenceOf = (kind: FigureKind, left: number, right: number): Difference | null => {
  const by = right - left;
  const text = textOf[kind](Math.abs(by));
  // What is shown as nothing is nothing: half a second of an hour.
  if (by === 0 || text === textOf[kind](0)) return null;
  const sign = by > 0 ? '+' : '−';
  const share = left === 0 ? null : Math.round((Math.abs(by) / left) * 100);
  return {
    more: by > 0,
    text: `${sign}${text}`,
    share:
      share === null ? null : share > 999 ? `×${(right / left).toFixed(1)}` : `${sign}${String(share)} %`,
  };
};
