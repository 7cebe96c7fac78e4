import fc from 'fast-check';
import type { BudgetSpec } from '../../../src/shared/domain/budget.ts';
import type { Dependency, InstanceSpec, ResolvedPlan } from '../../../src/shared/domain/plan/plan-spec.ts';
import { planOf } from './engine.ts';
import { inst, on, over, retrying } from './play.ts';

const names = ['a', 'b', 'c', 'd', 'e'];

/** There in one of so many cases. */
const oneIn = <Value>(cases: number, value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.oneof({ weight: cases - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

/** Round figures, so that budgets are often used up and not exceeded. */
const budget = fc.record({
  tokens: fc.constantFrom(500, 1000, 1500, 3000),
  onExceed: fc.constantFrom('warn' as const, 'pause' as const, 'stop' as const),
});

const retry = fc.record({
  attempts: fc.integer({ min: 1, max: 3 }),
  backoffMs: fc.constantFrom(0, 1000, 90_000),
  on: fc.constantFrom(['any'] as const, ['crashed', 'timeout'] as const, ['overloaded'] as const),
});

const shape = fc.record({
  dependsOn: fc.array(
    fc.record({
      on: fc.nat(9),
      need: fc.constantFrom('succeeded' as const, 'finished' as const, 'any' as const),
      join: fc.constantFrom('all' as const, 1, 2),
    }),
    { maxLength: 2 },
  ),
  when: oneIn(5, fc.constantFrom('true', 'false', 'inputs.no', 'instances.a.state == "succeeded"')),
  fanOut: oneIn(3, fc.record({ size: fc.nat(3), concurrency: fc.option(fc.integer({ min: 1, max: 2 })) })),
  retry: oneIn(2, retry),
  alternatives: fc.nat(2),
  rounds: oneIn(3, fc.integer({ min: 1, max: 3 })),
  timeoutMs: oneIn(5, fc.constantFrom(60_000, 3_600_000)),
  worktree: fc.boolean(),
  budget: oneIn(4, budget),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

const dependenciesOf = (
  { dependsOn, when }: Shape,
  position: number,
  all: readonly Shape[],
): Dependency[] => {
  // What a condition names must be a dependency.
  const named = when?.includes('instances.a') === true && position > 0 ? [on('a', 'any')] : [];
  return [...named, ...chosenOf(dependsOn, position, all)];
};

const chosenOf = (
  dependsOn: Shape['dependsOn'],
  position: number,
  all: readonly Shape[],
): readonly Dependency[] =>
  dependsOn.flatMap(({ on: index, need, join }) => {
    if (position === 0) return [];
    const other = index % position;
    const name = names[other] ?? '';
    return [{ kind: 'instance', name, need, join: all[other]?.fanOut === null ? 'all' : join }];
  });

const specOf = (one: Shape, position: number, all: readonly Shape[]): InstanceSpec => {
  const name = names[position] ?? '';
  const tried = {
    ...(one.retry !== null && { retry: retrying({ ...one.retry, maxBackoffMs: 3_600_000 }) }),
    ...(one.rounds !== null && {
      check: { kind: 'condition', when: 'instance.result == "good"' } as const,
      loop: { rounds: one.rounds, prompt: 'again' },
    }),
    ...(one.timeoutMs !== null && { timeoutMs: one.timeoutMs }),
    ...(one.worktree && {
      workspaceSpec: {
        ...({ kind: 'worktree', path: '/src/app', base: null, keep: 'never', setup: [] } as const),
      },
    }),
  };
  return inst(name, {
    ...tried,
    dependsOn: dependenciesOf(one, position, all),
    ...(one.when !== null && (position > 0 || !one.when.includes('instances')) && { when: one.when }),
    ...(one.fanOut !== null && {
      fanOut: over(['x', 'y', 'z'].slice(0, one.fanOut.size), { concurrency: one.fanOut.concurrency }),
    }),
    ...(one.alternatives > 0 && {
      alternatives: Array.from({ length: one.alternatives }, (_, index) =>
        inst(name, { ...tried, prompt: `otherwise ${String(index)}` }),
      ),
    }),
    ...(one.budget !== null && { budget: one.budget }),
  });
};

type PlanShape = {
  readonly shapes: readonly Shape[];
  readonly concurrency: number;
  readonly startupDelayMs: number;
  readonly timeoutMs: number | null;
  readonly budget: BudgetSpec | null;
};

const planFrom = ({ shapes, timeoutMs, budget: own, ...rest }: PlanShape): ResolvedPlan =>
  planOf(0, {
    ...rest,
    name: 'random',
    instances: shapes.map(specOf),
    ...(timeoutMs !== null && { timeoutMs }),
    ...(own !== null && { budget: own }),
  });

const withoutBudgets = (one: Shape): Shape => ({ ...one, budget: null });

/** Plans with all that a plan may say of order, data, recovery and limits. */
export const plans = (which: 'any' | 'without budgets' = 'any'): fc.Arbitrary<ResolvedPlan> =>
  fc
    .record({
      shapes: fc.array(shape, { minLength: 1, maxLength: names.length, size: 'max' }),
      concurrency: fc.integer({ min: 1, max: 4 }),
      startupDelayMs: fc.constantFrom(0, 100),
      timeoutMs: oneIn(5, fc.constantFrom(7_200_000, 86_400_000)),
      budget: oneIn(3, budget),
    })
    .map((made) =>
      planFrom(
        which === 'any'
          ? made
          : { ...made, shapes: made.shapes.map(withoutBudgets), startupDelayMs: 0, budget: null },
      ),
    );

const failures = [
  { code: 'claude.crashed', message: 'It crashed.' },
  { code: 'claude.overloaded', message: 'Overloaded.' },
  { code: 'claude.usage_limit', message: 'The limit is reached.' },
  { code: 'claude.not_signed_in', message: 'Sign in.' },
] as const;

const which = fc.nat(30);
type Kinds<Kind extends string, Rest = object> = { readonly kind: Kind; readonly which: number } & Rest;

export type Happening =
  | Kinds<'begin' | 'succeed' | 'crash' | 'obey' | 'ask' | 'answer' | 'raise'>
  | Kinds<'pause' | 'resume' | 'stop' | 'restart' | 'skip'>
  | Kinds<'pause all' | 'resume all' | 'stop all'>
  | Kinds<'scale', { readonly to: number; readonly isGroup: boolean }>
  | Kinds<'time', { readonly ms: number }>
  | Kinds<'use', { readonly tokens: number }>
  | Kinds<'fail', { readonly failure: (typeof failures)[number]; readonly resetsIn: number | null }>
  | Kinds<'sleep', { readonly how: 'stops' | 'goes on' }>;

type Weighted = { readonly weight: number; readonly arbitrary: fc.Arbitrary<Happening> };

const plain = <Kind extends string>(
  weight: number,
  ...kinds: readonly Kind[]
): { weight: number; arbitrary: fc.Arbitrary<{ kind: Kind; which: number }> } => ({
  weight,
  arbitrary: fc.record({ kind: fc.constantFrom(...kinds), which }),
});

const plainHappenings: readonly Weighted[] = [
  plain(1, 'begin' as const),
  plain(4, 'succeed' as const),
  plain(3, 'crash' as const),
  plain(3, 'obey' as const),
  plain(3, 'pause' as const, 'resume' as const, 'stop' as const, 'restart' as const, 'skip' as const),
  plain(1, 'pause all' as const, 'resume all' as const, 'stop all' as const),
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('scale' as const),
      which,
      to: fc.integer({ min: 1, max: 4 }),
      isGroup: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      which,
      ms: fc.constantFrom(10, 1000, 100_000, 3_600_000),
    }),
  },
];

const otherHappenings: readonly Weighted[] = [
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('use' as const),
      which,
      tokens: fc.constantFrom(1, 500, 1000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fail' as const),
      which,
      failure: fc.constantFrom(...failures),
      resetsIn: fc.constantFrom(null, -1000, 60_000, 7_200_000),
    }),
  },
  plain(3, 'ask' as const, 'answer' as const, 'raise' as const),
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('sleep' as const),
      which,
      how: fc.constantFrom('stops' as const, 'goes on' as const),
    }),
  },
];

/** What happens, and whether the engine is killed after it: at once, or when all is quiet. */
export type Step = { readonly happens: Happening; readonly kill: 'no' | 'abruptly' | 'quietly' };

export const steps = (
  kills: readonly Step['kill'][],
  which: 'plain' | 'any' = 'any',
): fc.Arbitrary<readonly Step[]> => {
  const others = which === 'plain' ? [] : otherHappenings;
  const happens = fc.oneof(...plainHappenings, ...others);
  return fc.array(fc.record({ happens, kill: fc.constantFrom(...kills) }), { maxLength: 30, size: 'max' });
};
