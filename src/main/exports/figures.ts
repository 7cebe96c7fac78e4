import { dollars, totalOf, type ModelUsage, type TokenUsage, type Usage } from '../../shared/domain/usage.ts';

/** All tokens of the four kinds. */
export const tokensOf = (usage: TokenUsage): number =>
  usage.inputTokens + usage.outputTokens + usage.cacheWriteTokens + usage.cacheReadTokens;

/** A whole number with its thousands apart: `1,234,567`. */
export const numberText = (value: number): string => value.toLocaleString('en-US');

/** Tokens in short: `1,234`, `12.3k`, `4.56M`. */
export const shortNumber = (value: number): string => {
  if (value < 10_000) return numberText(value);
  if (value < 999_950) return `${(value / 1000).toFixed(1)}k`;
  return `${(value / 1_000_000).toFixed(2)}M`;
};

/** Whole micro-dollars as dollars with all six places: nothing is rounded. */
export const exactDollars = (microUsd: number): string =>
  `${String(Math.floor(microUsd / 1_000_000))}.${String(microUsd % 1_000_000).padStart(6, '0')}`;

/** For reading: four places below ten dollars. */
export const costText = (microUsd: number): string => {
  const amount = dollars(microUsd);
  return `$${amount.toFixed(amount < 10 ? 4 : 2)}`;
};

/** Milliseconds: `0.8s`, `12.3s`, `1m05s`, `2h03m`. */
export const durationText = (ms: number): string => {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))}m${two(seconds % 60)}s`;
  return `${String(Math.floor(seconds / 3600))}h${two(Math.floor((seconds % 3600) / 60))}m`;
};

/** A usage in one line: `1,234 in, 56 out, 7,890 cached, $0.0123`; `≈` in front of what is estimated. */
export const usageText = (usage: Usage): string => {
  const total: ModelUsage = totalOf(usage);
  const sign = usage.basis === 'estimated' ? '≈' : '';
  const cached = total.cacheReadTokens + total.cacheWriteTokens;
  return (
    `${shortNumber(total.inputTokens)} in, ${shortNumber(total.outputTokens)} out, ` +
    `${shortNumber(cached)} cache, ${sign}${costText(total.costMicroUsd)}`
  );
};
