import { cacheHitRate, totalOf, type TokenUsage, type Usage } from '../../shared/domain/usage.ts';

/** What stands where a figure is not known. */
export const UNKNOWN = '–';

const plain = new Intl.NumberFormat('en-US');

/** A whole number with thousands separated. */
export const wholeNumber = (value: number): string => plain.format(value);

/** So many of something: `1 session`, `1,284 sessions`. */
export const counted = (count: number, one: string): string =>
  `${plain.format(count)} ${one}${count === 1 ? '' : 's'}`;

/** A number of tokens in at most five characters: `812`, `18.2k`, `311k`, `1.24M`, `3.78B`. */
export const shortNumber = (value: number): string => {
  if (value < 1000) return String(value);
  const [unit, size] =
    value < 999_500
      ? (['k', 1000] as const)
      : value < 999_500_000
        ? (['M', 1_000_000] as const)
        : (['B', 1_000_000_000] as const);
  const scaled = value / size;
  const digits = unit !== 'k' ? (scaled < 10 ? 2 : scaled < 100 ? 1 : 0) : scaled < 99.95 ? 1 : 0;
  return `${scaled.toFixed(digits)}${unit}`;
};

const fixed = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

// Made once: making one costs more than all else on a tile.
const fourDecimals = fixed(4);
const twoDecimals = fixed(2);

/** Micro-dollars as dollars: four decimals under ten dollars, else two. */
export const dollarText = (microUsd: number): string => {
  const value = microUsd / 1_000_000;
  return `$${(value < 10 ? fourDecimals : twoDecimals).format(value)}`;
};

/** Milliseconds as a person says them: `0.4 s`, `42 s`, `3m 12s`, `1h 04m`, `2d 3h`. */
export const durationText = (ms: number): string => {
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  return secondsText(ms);
};

const two = (value: number): string => String(value).padStart(2, '0');

/** The same in whole seconds, for figures that tick: `0 s`, `42 s`, `3m 12s`. */
export const secondsText = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)}m ${two(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${String(hours)}h ${two(minutes % 60)}m`;
  return `${String(Math.floor(hours / 24))}d ${String(hours % 24)}h`;
};

/** The age of something in one unit, for narrow places: `12s`, `3m`, `2h`, `4d`. */
export const ageText = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${String(seconds)}s`;
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))}m`;
  if (seconds < 86_400) return `${String(Math.floor(seconds / 3600))}h`;
  return `${String(Math.floor(seconds / 86_400))}d`;
};

/** Time that is left, as a countdown: `0:42`, `12:03`, `1:04:09`. */
export const countdownText = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)}:${two(seconds % 60)}`;
  return `${String(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
};

/** A size in bytes: `812 B`, `18.2 kB`, `4.1 GB` (1 kB are 1,000 bytes). */
export const bytesText = (bytes: number): string => {
  if (bytes < 1000) return `${String(bytes)} B`;
  const units = ['kB', 'MB', 'GB', 'TB'] as const;
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  const scaled = bytes / 1000 ** power;
  return `${scaled.toFixed(scaled < 99.95 ? 1 : 0)} ${units[power - 1] ?? 'B'}`;
};

/** A share of 0 to 1 as a percentage; `UNKNOWN` for null. */
export const percentText = (share: number | null, digits = 0): string =>
  share === null ? UNKNOWN : `${(Math.floor(share * 100 * 10 ** digits) / 10 ** digits).toFixed(digits)} %`;

/** When something was, in the reader's own time: the time today, the weekday within a week, else the date (of this year, without it). */
export const whenText = (instant: string, now: number): string => {
  const date = new Date(instant);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
  if (date.toDateString() === new Date(now).toDateString()) return time;
  const within = Math.abs(now - date.getTime()) < 6 * 86_400_000;
  const day = date.toLocaleDateString(
    [],
    within
      ? { weekday: 'short' }
      : date.getFullYear() === new Date(now).getFullYear()
        ? { day: 'numeric', month: 'short' }
        : { day: 'numeric', month: 'short', year: 'numeric' },
  );
  return `${day} ${time}`;
};

/** The same to the second, with nothing left out. */
export const exactTimeText = (instant: string): string =>
  new Date(instant).toLocaleString([], { dateStyle: 'full', timeStyle: 'medium', hour12: false });

export type UsageFigures = {
  readonly total: TokenUsage & { readonly costMicroUsd: number };
  readonly tokens: number;
  readonly hitRate: number | null;
  readonly estimated: boolean;
  /** False when nothing was counted yet: figures are shown as unknown then. */
  readonly known: boolean;
};

/** The figures that lists and tiles show of a usage. */
export const figuresOf = (usage: Usage): UsageFigures => {
  const total = totalOf(usage);
  const tokens = total.inputTokens + total.outputTokens + total.cacheWriteTokens + total.cacheReadTokens;
  return {
    total,
    tokens,
    hitRate: cacheHitRate(total),
    estimated: usage.basis === 'estimated',
    known: tokens > 0 || total.costMicroUsd > 0,
  };
};
