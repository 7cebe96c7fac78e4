import { type } from '@orpc/contract';
import { z } from 'zod';
import {
  ON_EXCEED,
  type BudgetLimit,
  type BudgetThreshold,
  type OnExceed,
  type Spending,
} from '../domain/budget.ts';
import { orchestrationIdSchema, type InstanceId, type Instant, type OrchestrationId } from '../domain/ids.ts';
import type { UsageBasis } from '../domain/usage.ts';
import { base } from './base.ts';

export const BUDGET_PERIODS = ['day', 'month'] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** What a budget is of: an account of tokens and money. Day and month are always there, with or without a limit. */
export type BudgetAccount = {
  /** `instance:ID`, `orchestration:ID`, `command:ID:KEY`, `day` or `month`; of a past period `day:2026-11-22`. */
  readonly account: string;
  readonly scope: 'instance' | 'orchestration' | 'command' | BudgetPeriod;
  /** The name of the instance or orchestration, the command, or the day or month as `2026-11-23` or `2026-11`. */
  readonly name: string;
  readonly orchestrationId: OrchestrationId | null;
  readonly instanceId: InstanceId | null;
  /** Null: none was set. */
  readonly limit: BudgetLimit | null;
  readonly onExceed: OnExceed | null;
  readonly spent: Spending;
  readonly basis: UsageBasis;
  /** True when the cost is a lower bound: a model is among it whose cost is not known (yet). */
  readonly atLeast: boolean;
  /** What is used of the limit, 1 is all of it; null without a limit. */
  readonly share: number | null;
  /** The highest threshold reached, per cent. */
  readonly threshold: BudgetThreshold | 0;
  /** Nothing more starts on it. */
  readonly usedUp: boolean;
  /** From and to of a day or month. */
  readonly period: { readonly from: Instant; readonly before: Instant } | null;
};

const tokens = z.int().min(1).max(1e15);
const costMicroUsd = z.int().min(1).max(1e15);
const someLimit = 'Give a limit in tokens, in dollars, or both.';
const saysLimit = (limit: { readonly tokens?: number; readonly costMicroUsd?: number }): boolean =>
  limit.tokens !== undefined || limit.costMicroUsd !== undefined;

export const budgetContract = {
  /** The budgets of what runs or ended within the last hour, and of this day and month; or those of one orchestration. */
  list: base
    .input(z.object({ orchestrationId: orchestrationIdSchema.nullable() }))
    .output(type<readonly BudgetAccount[]>()),
  /**
   * Sets a limit higher, to the figure given; what waits for it goes on. Of a day or month: of the present one only.
   * `budget.unknown`, `budget.lower` (it is lower than it was).
   */
  raise: base
    .input(
      z
        .object({
          account: z.string().max(100_000),
          tokens: tokens.exactOptional(),
          costMicroUsd: costMicroUsd.exactOptional(),
        })
        .refine(saysLimit, someLimit),
    )
    .output(type<BudgetAccount>()),
  /** The limit of every day or month, over everything; null takes it away. */
  setStanding: base
    .input(
      z.object({
        period: z.enum(BUDGET_PERIODS),
        budget: z
          .object({
            tokens: tokens.exactOptional(),
            costMicroUsd: costMicroUsd.exactOptional(),
            onExceed: z.enum(ON_EXCEED),
          })
          .refine(saysLimit, someLimit)
          .nullable(),
      }),
    )
    .output(type<BudgetAccount>()),
};
