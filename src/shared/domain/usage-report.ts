import type { Instant } from './ids.ts';
import type { SearchQuery } from './search/search-query.ts';
import type { TokenUsage, UsageBasis } from './usage.ts';

/** What usage is reported by; the first three are of time. */
export const USAGE_DIMENSIONS = [
  'day',
  'week',
  'month',
  'model',
  'plan',
  'workspace',
  'user',
  'tool',
  'orchestration',
] as const;
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

/**
 * What was used under the same keys. An attempt counts where it started. Tokens and cost of the rows add up to those of the total;
 * numbers of orchestrations and instances need not, for one may be in several rows.
 *
 * In a report by tool an instance counts where its first attempt started, and tokens and cost are 0 in every row and in
 * the total: what a model used is of no tool.
 */
export type UsageRow = TokenUsage & {
  /** One per dimension: `2026-11-23`, `2026-W48`, `2026-11`, or what it is; of an orchestration its id. */
  readonly keys: readonly string[];
  /** The same to be shown: of an orchestration and a plan the name. */
  readonly titles: readonly string[];
  readonly costMicroUsd: number;
  /** Estimated when any part is. */
  readonly basis: UsageBasis;
  /** True when the cost is a lower bound: a model is among it whose cost is not known. */
  readonly atLeast: boolean;
  readonly orchestrations: number;
  readonly instances: number;
  /** How many of the instances have succeeded. */
  readonly succeeded: number;
  /** Share of prompt tokens that came from the cache, 0 to 1; null when there was no prompt. */
  readonly cacheHitRate: number | null;
  /** Cost for each instance that succeeded, those that did not among the cost; null when none has. */
  readonly costPerSuccessMicroUsd: number | null;
  /** In a report by tool only. */
  readonly tools: { readonly calls: number; readonly errors: number; readonly durationMs: number } | null;
};

/** `from` is inclusive and `to` exclusive; null: from the first, to the last. */
export type UsageQuery = {
  readonly by: readonly UsageDimension[];
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** The time zone (IANA) whose days, weeks and months they are. */
  readonly timeZone: string;
  /** Of these orchestrations only, the deleted ones among them; null for all. */
  readonly search: SearchQuery | null;
  /** What the duration of one that runs counts up to, in epoch milliseconds. */
  readonly now: number;
};

/** Rows are in the order of the dimensions: times from early to late, others by their cost (of tools: calls), most first. */
export type UsageReport = {
  readonly by: readonly UsageDimension[];
  readonly rows: readonly UsageRow[];
  /** Its `keys` are empty. */
  readonly total: UsageRow;
};
