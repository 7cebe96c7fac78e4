import { hasUnknownCost } from './budget.ts';
import { millisecondsBetween, type InstanceId, type Instant, type OrchestrationId } from './ids.ts';
import type { InstanceState, InstanceView } from './instance.ts';
import type { OrchestrationState, OrchestrationView } from './orchestration.ts';
import { addUsage, noUsage, totalOf, type TokenUsage, type Usage, type UsageBasis } from './usage.ts';

/** What one side came to. Cost is in micro-dollars, durations are milliseconds. */
export type ComparedFigures = {
  readonly tokens: TokenUsage;
  readonly costMicroUsd: number;
  readonly basis: UsageBasis;
  /** True when the cost is a lower bound: the cost of a model is not known. */
  readonly atLeast: boolean;
  /** Null before it has started. */
  readonly durationMs: number | null;
  readonly turns: number;
  readonly toolCalls: number;
  readonly attempts: number;
};

export type ComparedInstance = ComparedFigures & {
  readonly id: InstanceId;
  readonly state: InstanceState;
  readonly model: string | null;
  /** What it came to, or why it failed. */
  readonly result: string | null;
};

/** The right side less the left one; the cost is exact only where both are, and a duration is there only where both are. */
export type ComparedDifference = {
  readonly tokens: TokenUsage;
  readonly costMicroUsd: number;
  readonly basis: UsageBasis;
  readonly atLeast: boolean;
  readonly durationMs: number | null;
  readonly turns: number;
  readonly toolCalls: number;
};

/** Where the two are not the same, beside their figures. */
export type Otherness = 'state' | 'model' | 'result';

/** Instances of the same name; null on the side that has none. */
export type ComparedPair = {
  readonly name: string;
  readonly left: ComparedInstance | null;
  readonly right: ComparedInstance | null;
  readonly difference: ComparedDifference | null;
  readonly differs: readonly Otherness[];
};

export type ComparedOrchestration = ComparedFigures & {
  readonly id: OrchestrationId;
  readonly name: string;
  readonly plan: string;
  readonly state: OrchestrationState;
  readonly startedAt: Instant;
  readonly instanceCount: number;
  readonly succeeded: number;
};

/** Two orchestrations side by side. Pairs are in the order of the left plan; those only on the right follow. */
export type Comparison = {
  readonly left: ComparedOrchestration;
  readonly right: ComparedOrchestration;
  readonly difference: ComparedDifference;
  readonly pairs: readonly ComparedPair[];
};

/** One side: an orchestration and its instances, in plan order. */
export type ComparedDetail = {
  readonly orchestration: OrchestrationView;
  readonly instances: readonly InstanceView[];
};

const spentFigures = (
  usage: Usage,
): Pick<ComparedFigures, 'tokens' | 'costMicroUsd' | 'basis' | 'atLeast'> => {
  const { costMicroUsd, ...tokens } = totalOf(usage);
  return { tokens, costMicroUsd, basis: usage.basis, atLeast: hasUnknownCost(usage) };
};

const durationOf = (from: Instant | null, to: Instant | null, now: Instant): number | null =>
  from === null ? null : millisecondsBetween(from, to ?? now);

const instanceSide = (view: InstanceView, now: Instant): ComparedInstance => ({
  ...spentFigures(view.usage),
  id: view.id,
  state: view.state,
  model: view.model,
  result: view.failure?.message ?? view.result,
  durationMs: durationOf(view.startedAt, view.endedAt, now),
  turns: view.turns,
  toolCalls: view.toolCalls,
  attempts: view.attempts,
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const orchestrationSide = (
  { orchestration, instances }: ComparedDetail,
  now: Instant,
): ComparedOrchestration => ({
  ...spentFigures(instances.map(({ usage }) => usage).reduce(addUsage, noUsage)),
  id: orchestration.id,
  name: orchestration.name,
  plan: orchestration.plan,
  state: orchestration.state,
  startedAt: orchestration.startedAt,
  instanceCount: instances.length,
  succeeded: instances.filter(({ state }) => state === 'succeeded').length,
  durationMs: durationOf(orchestration.startedAt, orchestration.endedAt, now),
  turns: sum(instances.map(({ turns }) => turns)),
  toolCalls: sum(instances.map(({ toolCalls }) => toolCalls)),
  attempts: sum(instances.map(({ attempts }) => attempts)),
});

const differenceOf = (left: ComparedFigures, right: ComparedFigures): ComparedDifference => ({
  tokens: {
    inputTokens: right.tokens.inputTokens - left.tokens.inputTokens,
    outputTokens: right.tokens.outputTokens - left.tokens.outputTokens,
    cacheWriteTokens: right.tokens.cacheWriteTokens - left.tokens.cacheWriteTokens,
    cacheReadTokens: right.tokens.cacheReadTokens - left.tokens.cacheReadTokens,
  },
  costMicroUsd: right.costMicroUsd - left.costMicroUsd,
  basis: left.basis === 'exact' && right.basis === 'exact' ? 'exact' : 'estimated',
  atLeast: left.atLeast || right.atLeast,
  durationMs:
    left.durationMs === null || right.durationMs === null ? null : right.durationMs - left.durationMs,
  turns: right.turns - left.turns,
  toolCalls: right.toolCalls - left.toolCalls,
});

const compared: readonly Otherness[] = ['state', 'model', 'result'];

const pairOf = (
  name: string,
  left: ComparedInstance | null,
  right: ComparedInstance | null,
): ComparedPair => {
  const both = left !== null && right !== null;
  return {
    name,
    left,
    right,
    difference: both ? differenceOf(left, right) : null,
    differs: both ? compared.filter((what) => left[what] !== right[what]) : [],
  };
};

/** Names are unique in a plan; should one come twice all the same (an archive of somebody else's), they pair in order. */
const keyed = (instances: readonly InstanceView[]): ReadonlyMap<string, InstanceView> => {
  const times = new Map<string, number>();
  return new Map(
    instances.map((view) => {
      const time = (times.get(view.name) ?? 0) + 1;
      times.set(view.name, time);
      return [`${String(time)} ${view.name}`, view];
    }),
  );
};

/** Compares two orchestrations, instance by instance of the same name. What runs counts until `now`. */
export const compareOrchestrations = (
  left: ComparedDetail,
  right: ComparedDetail,
  now: Instant,
): Comparison => {
  const [ofLeft, ofRight] = [keyed(left.instances), keyed(right.instances)];
  const pairs = [...new Set([...ofLeft.keys(), ...ofRight.keys()])].map((key) => {
    const [a, b] = [ofLeft.get(key), ofRight.get(key)];
    const name = (a ?? b)?.name ?? '';
    return pairOf(
      name,
      a === undefined ? null : instanceSide(a, now),
      b === undefined ? null : instanceSide(b, now),
    );
  });
  const sides = [orchestrationSide(left, now), orchestrationSide(right, now)] as const;
  return { left: sides[0], right: sides[1], difference: differenceOf(...sides), pairs };
};
