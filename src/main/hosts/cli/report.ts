import type { Failure } from '../../../shared/domain/failure.ts';
import type { Hold } from '../../../shared/domain/hold.ts';
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
  /** Why it is in that state, where the state does not say it all. */
  readonly reason: string | null;
  /** When it goes on by itself, where that is known. */
  readonly until: Instant | null;
  /** What somebody must let go of: the kind of hold. */
  readonly heldBy: Hold['kind'] | null;
  /** The fan-out that it is one of. */
  readonly group: InstanceView['group'];
  /** What is tried: 0 is the instance as written, 1 its first fallback. */
  readonly fallback: number;
  /** Attempts of that which failed. */
  readonly failedTries: number;
  /** The round of its loop, from 1. */
  readonly round: number;
  readonly model: string | null;
  readonly sessionId: string | null;
  readonly attempts: number;
  readonly durationMs: number | null;
  readonly usage: TokenUsage;
  readonly byModel: Readonly<Record<string, TokenUsage & { readonly costUsd: number }>>;
  readonly turns: number;
  readonly toolCalls: number;
  readonly tools: Readonly<Record<string, ToolStats>>;
  readonly apiRetries: number;
  readonly result: string | null;
  /** The result as data, when the plan asked for that. */
  readonly structured: InstanceView['structured'];
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
    readonly pausedBy: string | null;
    readonly heldBecause: string | null;
    readonly groups: OrchestrationView['groups'];
    readonly schedule: OrchestrationView['schedule'];
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

/** Where it stands on its way. */
const standingOf = ({ state, reason, limitedUntil, group, course }: InstanceView) => ({
  reason,
  until: limitedUntil ?? (state === 'pending' ? course.next.notBefore : null),
  heldBy: course.hold?.kind ?? null,
  group,
  fallback: course.alternative,
  failedTries: course.tries,
  round: course.round,
});

const reportOfInstance = (view: InstanceView, now: Instant): InstanceReport => {
  const total = totalOf(view.usage);
  const { failure } = view;
  return {
    id: view.id,
    name: view.name,
    state: view.state,
    ...standingOf(view),
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
    apiRetries: view.retries,
    result: view.result,
    structured: view.structured,
    failure: failure === null ? null : { code: failure.code, message: failure.message },
  };
};

/** The report of an orchestration; `now` ends the durations of what still runs. */
export const reportOf = (
  orchestration: OrchestrationView,
  instances: readonly InstanceView[],
  now: Instant,
): Report => {
  const { id, name, state, startedAt, endedAt, pausedBy, heldBecause, groups, schedule } = orchestration;
  const total = totalOf(orchestration.usage);
  return {
    orchestration: {
      ...{ id, name, state, startedAt, endedAt },
      durationMs: millisecondsBetween(startedAt, endedAt ?? now),
      ...{ pausedBy, heldBecause, groups, schedule },
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
