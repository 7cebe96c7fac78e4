import { z } from 'zod';

const count = z.int().nonnegative();

/** Tokens by kind. All are whole tokens. */
export const tokenUsageSchema = z.object({
  inputTokens: count,
  outputTokens: count,
  cacheWriteTokens: count,
  cacheReadTokens: count,
});

/** Tokens and cost of one model. Cost is in micro-dollars (1,000,000 are one dollar). */
export const modelUsageSchema = tokenUsageSchema.extend({ costMicroUsd: count });

/**
 * Where figures come from: `exact` is the CLI's own report, `estimated` is what was counted while it streamed,
 * priced by a table. A sum with any estimated part is estimated.
 */
export const usageBasisSchema = z.enum(['exact', 'estimated']);

/** Tokens and cost per model. */
export const usageSchema = z.object({
  basis: usageBasisSchema,
  byModel: z.record(z.string(), modelUsageSchema.readonly()).readonly(),
});
