import type { ModelUsage, Usage } from '../../../shared/domain/usage.ts';
import {
  addUsage,
  isEmptyModelUsage,
  microUsd,
  noModelUsage,
  noUsage,
  subtractModelUsage,
} from '../../../shared/domain/usage.ts';
import type { LiveUsage } from './live-usage.ts';
import { tokensOf } from './live-usage.ts';
import type { PriceTable } from './price-table.ts';
import { costOf, priceOf } from './price-table.ts';
import type { CliModelUsage, ResultLine } from './stream-schema.ts';

export type UsageAccountOptions = {
  readonly prices: PriceTable;
  /** Null for a new session; for a resumed one, all that it had reported at its last end, where that is known. */
  readonly resumed: { readonly from: Usage | null } | null;
};

/** What one result settles, and what went before it in the same turn. */
export type Settlement = {
  readonly live: LiveUsage;
  /** The model that speaks for itself, for a result that names none. */
  readonly model: string | null;
  /** True when the stream showed more than the result: then this is no `--output-format json` run. */
  readonly streamed: boolean;
};

export interface UsageAccount {
  /** Takes a `result`; gives what was used since the one before. */
  settle(result: ResultLine, turn: Settlement): Usage;
  /** All that was settled. */
  settled(): Usage;
}

type Figures = Readonly<Record<string, ModelUsage>>;

const whole = (value: number | null | undefined): number => Math.max(0, Math.round(value ?? 0));

const figuresOf = (models: CliModelUsage): Figures =>
  Object.fromEntries(
    Object.entries(models).map(([model, usage]) => [
      model,
      {
        inputTokens: whole(usage.inputTokens),
        outputTokens: whole(usage.outputTokens),
        cacheWriteTokens: whole(usage.cacheCreationInputTokens),
        cacheReadTokens: whole(usage.cacheReadInputTokens),
        costMicroUsd: microUsd(Math.max(0, usage.costUSD ?? 0)),
      },
    ]),
  );

const usedFigures = (figures: Figures): Figures =>
  Object.fromEntries(Object.entries(figures).filter(([, usage]) => !isEmptyModelUsage(usage)));

const exact = (figures: Figures): Usage => ({ basis: 'exact', byModel: usedFigures(figures) });

/** Figures that only grow, minus what they were before; where one is smaller than before, the count began anew. */
const since = (now: Figures, before: Figures): Figures => {
  const grew = Object.entries(before).every(([model, usage]) => isAtLeast(now[model] ?? noModelUsage, usage));
  if (!grew) return now;
  return Object.fromEntries(
    Object.entries(now).map(([model, usage]) => [
      model,
      subtractModelUsage(usage, before[model] ?? noModelUsage),
    ]),
  );
};

const isAtLeast = (a: ModelUsage, b: ModelUsage): boolean =>
  a.inputTokens >= b.inputTokens &&
  a.outputTokens >= b.outputTokens &&
  a.cacheWriteTokens >= b.cacheWriteTokens &&
  a.cacheReadTokens >= b.cacheReadTokens;

/**
 * The exact figures of an attempt: one rule per shape of result, whichever release of the CLI printed it.
 *
 * 1. `model_usage_since_last_result` (2.1): the delta itself. Summing it is the truth, for subagents, interrupted turns
 *    and resumed sessions too; `usage` leaves subagents out and `modelUsage` counts earlier runs again.
 * 2. `modelUsage` without it (2.0.50): cumulative and from zero in each process; the difference from the result before.
 *    In the one result of `--output-format json` it may also hold the earlier runs of a resumed session: minus what the
 *    session had reported at its last end or, where nobody knows that, rule 3 marked estimated.
 * 3. only `usage` and a cumulative `total_cost_usd` (1.0.110): `usage` as it is, the difference of the cost, for the
 *    model that spoke. Estimated when a subagent took part, for `usage` leaves subagents out.
 */
export const createUsageAccount = ({ prices, resumed }: UsageAccountOptions): UsageAccount => {
  let total: Usage = noUsage;
  let lastFigures: Figures = {};
  let lastCost = 0;

  const byModelUsage = (figures: Figures, result: ResultLine, turn: Settlement): Usage => {
    if (turn.streamed || resumed === null) return exact(since(figures, lastFigures));
    if (resumed.from !== null) return exact(since(figures, resumed.from.byModel));
    return byTurnUsage(result, turn, null);
  };

  const byTurnUsage = (result: ResultLine, turn: Settlement, costMicroUsd: number | null): Usage => {
    const onlyModel = Object.keys(result.modelUsage ?? {});
    const model = (onlyModel.length === 1 ? onlyModel[0] : turn.model) ?? turn.model ?? 'unknown';
    const { cacheWriteHourTokens, ...tokens } = tokensOf(result.usage);
    const price = priceOf(prices, model);
    const listed = price === null ? 0 : Math.round(costOf(price, { ...tokens, cacheWriteHourTokens }));
    const usage = { ...tokens, costMicroUsd: costMicroUsd ?? listed };
    const isExact = costMicroUsd !== null && !turn.live.sawSubagent();
    return { basis: isExact ? 'exact' : 'estimated', byModel: usedFigures({ [model]: usage }) };
  };

  const deltaOf = (result: ResultLine, turn: Settlement): Usage => {
    if (result.model_usage_since_last_result) return exact(figuresOf(result.model_usage_since_last_result));
    const figures = figuresOf(result.modelUsage ?? {});
    if (Object.keys(figures).length > 0) return byModelUsage(figures, result, turn);
    const cost = microUsd(result.total_cost_usd ?? 0);
    return byTurnUsage(result, turn, cost >= lastCost ? cost - lastCost : cost);
  };

  return {
    settle(result, turn) {
      const delta = deltaOf(result, turn);
      total = addUsage(total, delta);
      lastFigures = { ...lastFigures, ...figuresOf(result.modelUsage ?? {}) };
      lastCost = microUsd(result.total_cost_usd ?? 0);
      return delta;
    },
    settled: () => total,
  };
};
