import { z } from 'zod';
import { failureError } from '../../../shared/domain/failure.ts';

/** Micro-dollars per million tokens of each kind. */
const ratesSchema = z.object({
  input: z.int().nonnegative(),
  output: z.int().nonnegative(),
  /** Kept for five minutes. */
  cacheWrite: z.int().nonnegative(),
  /** Kept for an hour. */
  cacheWriteHour: z.int().nonnegative(),
  cacheRead: z.int().nonnegative(),
});

/** `longPrompt` holds for every token of a request whose prompt (cache included) is longer than `aboveTokens`. */
const modelPriceSchema = ratesSchema.extend({
  longPrompt: ratesSchema.extend({ aboveTokens: z.int().positive() }).optional(),
});

/** `resources/prices.json`: list prices per model, for live estimates. `asOf` says when they were looked up. */
export const priceTableSchema = z.object({
  asOf: z.iso.date(),
  source: z.string(),
  models: z.record(z.string(), modelPriceSchema.readonly()).readonly(),
});

/** `prices.json` in the data directory: what a person says of prices, over the list. */
const ownPricesSchema = z.object({ models: z.record(z.string(), modelPriceSchema.readonly()) });

export type PriceTable = Readonly<z.infer<typeof priceTableSchema>>;
export type ModelPrice = Readonly<z.infer<typeof modelPriceSchema>>;
type Rates = Readonly<z.infer<typeof ratesSchema>>;

/** What one request to the API used. `cacheWriteHourTokens` are among `cacheWriteTokens`. */
export type RequestTokens = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheWriteHourTokens: number;
  readonly cacheReadTokens: number;
};

/**
 * The list of prices with a person's own over it, model by model. `listText` and `ownText` are JSON; `ownText` is null
 * where there is none. @throws FailureError `prices.invalid` naming what is wrong with `prices.json`
 */
export const readPrices = (listText: string, ownText: string | null): PriceTable => {
  const list = priceTableSchema.parse(JSON.parse(listText));
  return ownText === null ? list : { ...list, models: { ...list.models, ...ownPrices(ownText) } };
};

const ownPrices = (text: string): PriceTable['models'] => {
  try {
    return ownPricesSchema.parse(JSON.parse(text)).models;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    const why = error instanceof z.ZodError ? z.prettifyError(error) : error.message;
    throw failureError(
      'prices.invalid',
      `prices.json in the data directory cannot be used: ${why}. Correct it, or take it away.`,
      error,
    );
  }
};

/**
 * The price of a model by any of its names: with a date (`-20251001`), a context mark (`[1m]`) or a cloud's decoration
 * (`us.anthropic.…-v1:0`, `…@20251001`). Null for a model that the table does not know.
 */
export const priceOf = (table: PriceTable, model: string): ModelPrice | null => {
  const plain = model.replace(/^.*anthropic[./]/, '').replace(/(\[.*|@.*|-v\d+(:\d+)?)$/, '');
  return (
    table.models[model] ?? table.models[plain] ?? table.models[plain.replace(/-\d{8}(-v\d+)?$/, '')] ?? null
  );
};

/** The list price of one request, in micro-dollars, not rounded: round the sum. */
export const costOf = (price: ModelPrice, tokens: RequestTokens): number => {
  const prompt = tokens.inputTokens + tokens.cacheWriteTokens + tokens.cacheReadTokens;
  const long = price.longPrompt;
  const rates: Rates = long !== undefined && prompt > long.aboveTokens ? long : price;
  const cost =
    tokens.inputTokens * rates.input +
    tokens.outputTokens * rates.output +
    (tokens.cacheWriteTokens - tokens.cacheWriteHourTokens) * rates.cacheWrite +
    tokens.cacheWriteHourTokens * rates.cacheWriteHour +
    tokens.cacheReadTokens * rates.cacheRead;
  return cost / 1_000_000;
};
