import { microUsd } from '../../../shared/domain/usage.ts';
import type { AskOf } from '../../data/asks.ts';

/** A budget with what is used of it. */
export type UsedUp = Pick<AskOf<'budget'>, 'limit' | 'used'>;

/** New limits, in the form of an answer. */
export type Raise = { readonly kind: 'raise'; readonly costMicroUsd?: number; readonly tokens?: number };

const dollarsTyped = (text: string): number | null =>
  /^\$?\d{1,9}(?:\.\d{1,6})?$/.test(text.trim()) ? microUsd(Number(text.trim().replace('$', ''))) : null;

const tokensTyped = (text: string): number | null => {
  const digits = text.trim().replaceAll(',', '');
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
};

/** A limit as it was, and what was typed for it; `typed` null: nothing that can be read, or there is no such limit. */
type Part = { readonly before: number | null; readonly typed: number | null; readonly used: number };

const lets = ({ before, typed, used }: Part): boolean => {
  const limit = typed ?? before;
  return limit === null || (limit > used && limit >= (before ?? 0));
};

/** The new limit that was typed, dollars and tokens; null while it would not let anything go on. */
export const raiseOf = ({ limit, used }: UsedUp, dollars: string, tokens: string): Raise | null => {
  const costMicroUsd = limit.costMicroUsd === null ? null : dollarsTyped(dollars);
  const count = limit.tokens === null ? null : tokensTyped(tokens);
  const parts: readonly Part[] = [
    { before: limit.costMicroUsd, typed: costMicroUsd, used: used.costMicroUsd },
    { before: limit.tokens, typed: count, used: used.tokens },
  ];
  if (!parts.every(lets) || parts.every(({ typed }) => typed === null)) return null;
  return {
    kind: 'raise',
    ...(costMicroUsd !== null && { costMicroUsd }),
    ...(count !== null && { tokens: count }),
  };
};
