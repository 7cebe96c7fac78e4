import { microUsd } from '../../../shared/domain/usage.ts';
import type { AskOf } from '../../data/asks.ts';

type Budget = Pick<AskOf<'budget'>, 'limit' | 'used'>;
type Raise = { readonly kind: 'raise'; readonly costMicroUsd?: number; readonly tokens?: number };

const dollarsTyped = (text: string): number | null =>
  /^\$?\d{1,9}(?:\.\d{1,6})?$/.test(text.trim()) ? microUsd(Number(text.trim().replace('$', ''))) : null;

const tokensTyped = (text: string): number | null => {
  const digits = text.trim().replaceAll(',', '');
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
};

/** The new limit that was typed, dollars and tokens; null while it would not let anything go on. */
export const raiseOf = ({ limit, used }: Budget, dollars: string, tokens: string): Raise | null => {
  const costMicroUsd = limit.costMicroUsd === null ? null : dollarsTyped(dollars);
  const count = limit.tokens === null ? null : tokensTyped(tokens);
  const cost = costMicroUsd ?? limit.costMicroUsd;
  const all = count ?? limit.tokens;
  const isEnough =
    (cost === null || (cost > used.costMicroUsd && cost >= (limit.costMicroUsd ?? 0))) &&
    (all === null || (all > used.tokens && all >= (limit.tokens ?? 0)));
  if (!isEnough || (costMicroUsd === null && count === null)) return null;
  return {
    kind: 'raise',
    ...(costMicroUsd === null ? {} : { costMicroUsd }),
    ...(count === null ? {} : { tokens: count }),
  };
};
