import { hasUnknownCost } from '../../../shared/domain/budget.ts';
import {
  dollars,
  totalOf,
  type ModelUsage,
  type Usage,
  type UsageBasis,
} from '../../../shared/domain/usage.ts';

/** Tokens: `1,234`, `12.3k`, `4.56M`. */
export const tokensText = (tokens: number): string => {
  if (tokens < 10_000) return tokens.toLocaleString('en-US');
  if (tokens < 999_950) return `${(tokens / 1000).toFixed(1)}k`;
  return `${(tokens / 1_000_000).toFixed(2)}M`;
};

/** Milliseconds: `0.8s`, `12.3s`, `1m05s`, `2h03m`. */
export const durationText = (ms: number): string => {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))}m${two(seconds % 60)}s`;
  return `${String(Math.floor(seconds / 3600))}h${two(Math.floor((seconds % 3600) / 60))}m`;
};

/** Cost in dollars, four places below ten; `≈` in front of what is estimated. */
export const costText = ({ costMicroUsd }: Pick<ModelUsage, 'costMicroUsd'>, basis: UsageBasis): string => {
  const amount = dollars(costMicroUsd);
  return `${basis === 'estimated' ? '≈' : ''}$${amount.toFixed(amount < 10 ? 4 : 2)}`;
};

/** The cost of a usage; `≥` in front where a model was used whose cost is not known. */
export const usageCostText = (usage: Usage): string =>
  `${hasUnknownCost(usage) ? '≥' : ''}${costText(totalOf(usage), usage.basis)}`;

/** `1 line`, `3 lines`. */
export const plural = (count: number, one: string): string =>
  `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`;

/** A share of one as a percentage; `–` when there is none. */
export const shareText = (share: number | null): string =>
  share === null ? '–' : `${(share * 100).toFixed(1)}%`;

const byteUnits = ['KB', 'MB', 'GB', 'TB'] as const;

/** `812 B`, `3.4 MB`, `120 GB`. */
export const bytesText = (bytes: number): string => {
  if (bytes < 1000) return `${String(bytes)} B`;
  const step = Math.min(byteUnits.length, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** step;
  return `${amount >= 100 ? amount.toFixed(0) : amount.toFixed(1)} ${byteUnits[step - 1] ?? ''}`;
};
