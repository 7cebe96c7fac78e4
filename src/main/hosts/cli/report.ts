import type { Failure } from '../../../shared/domain/failure.ts';
import { millisecondsBetween, type Instant } from '../../../shared/domain/ids.ts';
import type { InstanceState, InstanceView, ToolStats } from '../../../shared/domain/instance.ts';
import type { OrchestrationState, OrchestrationView } from '../../../shared/domain/orchestration.ts';
import {
  cacheHitRate,
  dollars,
  totalOf,
  type ModelUsage,
  type TokenUsage,
  type UsageBasis,
} from '../../../shared/domain/usage.ts';

type Cost = { readonly costUsd: number; readonly costBasis: UsageBasis };

/** An instance as the report shows it. Durations are milliseconds, costs dollars. */
export type InstanceReport = Cost & {
  readonly id: string;
  readonly name: string;
  readonly state: InstanceState;
  readonly model: string | null;
  readonly sessionId: string | null;
  readonly attempts: number;
  readonly durationMs: number | null;
  readonly usage: TokenUsage;
  readonly byModel: Readonly<Record<string, TokenUsage & { readonly costUsd: number }>>;
  readonly turns: number;
  readonly toolCalls: number;
  readonly tools: Readonly<Record<string, ToolStats>>;
  readonly result: string | null;
  readonly failure: Pick<Failure, 'code' | 'message'> | null;
};

/** What `--format json` prints. */
export type Report = {
  readonly orchestration: {
    readonly id: string;
    readonly name: string;
    readonly state: OrchestrationState;
    readonly startedAt: Instant;
    readonly endedAt: Instant | null;
    readonly durationMs: number;
  };
  readonly instances: readonly InstanceReport[];
  readonly totals: Cost & {
    readonly usage: TokenUsage;
    readonly toolCalls: number;
    /** Share of prompt tokens that came from the cache, 0 to 1; null when there were none. */
    readonly cacheHitRate: number | null;
  };
};

const tokensOf = ({
  inputTokens,
  outputTokens,
  cacheWriteTokens,
  cacheReadTokens,
}: ModelUsage): TokenUsage => ({
  inputTokens,
  outputTokens,
  cacheWriteTokens,
  cacheReadTokens,
});

/** How long an instance took, or has taken up to `now`, in milliseconds; null before it started. */
export const durationOf = (
  { startedAt, endedAt }: Pick<InstanceView, 'startedAt' | 'endedAt'>,
  now: Instant,
): number | null => (startedAt === null ? null : millisecondsBetween(startedAt, endedAt ?? now));

const reportOfInstance = (view: InstanceView, now: Instant): InstanceReport => {
  const total = totalOf(view.usage);
  const { failure } = view;
  return {
    id: view.id,
    name: view.name,
    state: view.state,
    model: view.model,
    sessionId: view.sessionId,
    attempts: view.attempts,
    durationMs: durationOf(view, now),
    usage: tokensOf(total),
    costUsd: dollars(total.costMicroUsd),
    costBasis: view.usage.basis,
    byModel: Object.fromEntries(
      Object.entries(view.usage.byModel).map(([model, usage]) => [
        model,
        { ...tokensOf(usage), costUsd: dollars(usage.costMicroUsd) },
      ]),
    ),
    turns: view.turns,
    toolCalls: view.toolCalls,
    tools: view.tools,
    result: view.result,
    failure: failure === null ? null : { code: failure.code, message: failure.message },
  };
};

/** The report of an orchestration; `now` ends the durations of what still runs. */
export const reportOf = (
  orchestration: OrchestrationView,
  instances: readonly InstanceView[],
  now: Instant,
): Report => {
  const { id, name, state, startedAt, endedAt } = orchestration;
  const total = totalOf(orchestration.usage);
  return {
    orchestration: {
      ...{ id, name, state, startedAt, endedAt },
      durationMs: millisecondsBetween(startedAt, endedAt ?? now),
    },
    instances: instances.map((view) => reportOfInstance(view, now)),
    totals: {
      usage: tokensOf(total),
      costUsd: dollars(total.costMicroUsd),
      costBasis: orchestration.usage.basis,
      toolCalls: orchestration.toolCalls,
      cacheHitRate: cacheHitRate(total),
    },
  };
};
