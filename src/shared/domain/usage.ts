import type { z } from 'zod';
import type { modelUsageSchema, tokenUsageSchema, usageBasisSchema, usageSchema } from './usage-schema.ts';

/** Tokens by kind. All are whole tokens. */
export type TokenUsage = Readonly<z.infer<typeof tokenUsageSchema>>;

/** Tokens and cost of one model. Cost is in micro-dollars (1,000,000 are one dollar). */
export type ModelUsage = Readonly<z.infer<typeof modelUsageSchema>>;

/** Where figures come from; a sum with any estimated part is estimated. */
export type UsageBasis = z.infer<typeof usageBasisSchema>;

/** Tokens and cost per model. */
export type Usage = Readonly<z.infer<typeof usageSchema>>;

export const noModelUsage: ModelUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheWriteTokens: 0,
  cacheReadTokens: 0,
  costMicroUsd: 0,
};

export const noUsage: Usage = { basis: 'exact', byModel: {} };

/** Adds two figures of one model, kind by kind. */
export const addModelUsage = (a: ModelUsage, b: ModelUsage): ModelUsage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
  costMicroUsd: a.costMicroUsd + b.costMicroUsd,
});

/** Takes `b` from `a`, kind by kind and never below zero. */
export const subtractModelUsage = (a: ModelUsage, b: ModelUsage): ModelUsage => ({
  inputTokens: Math.max(0, a.inputTokens - b.inputTokens),
  outputTokens: Math.max(0, a.outputTokens - b.outputTokens),
  cacheWriteTokens: Math.max(0, a.cacheWriteTokens - b.cacheWriteTokens),
  cacheReadTokens: Math.max(0, a.cacheReadTokens - b.cacheReadTokens),
  costMicroUsd: Math.max(0, a.costMicroUsd - b.costMicroUsd),
});

/** True when no token and no cost was counted. */
export const isEmptyModelUsage = (usage: ModelUsage): boolean =>
  usage.inputTokens +
    usage.outputTokens +
    usage.cacheWriteTokens +
    usage.cacheReadTokens +
    usage.costMicroUsd ===
  0;

/** Adds two usages model by model; estimated if either is. */
export const addUsage = (a: Usage, b: Usage): Usage => {
  const byModel: Record<string, ModelUsage> = { ...a.byModel };
  for (const [model, usage] of Object.entries(b.byModel)) {
    byModel[model] = addModelUsage(byModel[model] ?? noModelUsage, usage);
  }
  return { basis: a.basis === 'exact' && b.basis === 'exact' ? 'exact' : 'estimated', byModel };
};

/** The sum over all models. */
export const totalOf = (usage: Usage): ModelUsage =>
  Object.values(usage.byModel).reduce(addModelUsage, noModelUsage);

/** Share of prompt tokens that came from the cache, 0 to 1; null when there was no prompt. */
export const cacheHitRate = (tokens: TokenUsage): number | null => {
  const prompt = tokens.inputTokens + tokens.cacheWriteTokens + tokens.cacheReadTokens;
  return prompt === 0 ? null : tokens.cacheReadTokens / prompt;
};

/** Dollars as the CLI prints them (a float) to whole micro-dollars. */
export const microUsd = (dollars: number): number => Math.round(dollars * 1_000_000);

/** Whole micro-dollars to dollars, for output. */
export const dollars = (micro: number): number => micro / 1_000_000;
