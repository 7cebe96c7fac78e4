import fc from 'fast-check';
import type { BudgetSpec } from '../../../src/shared/domain/budget.ts';
import type { Dependency, InstanceSpec, ResolvedPlan } from '../../../src/shared/domain/plan-spec.ts';
import { planOf } from './engine.ts';
import { inst, over, retrying } from './play.ts';

const names = ['a', 'b', 'c', 'd', 'e'];

const budget = fc.record({
  tokens: fc.integer({ min: 1, max: 4000 }),
  onExceed: fc.constantFrom('warn' as const, 'pause' as const, 'stop' as const),
});

/** A budget that is mostly not there, for with one little gets done. */
const rarely = fc.option(budget, { freq: 4, nil: undefined });

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
  when: fc.option(fc.constantFrom('true', 'false', 'inputs.no', 'instances.a.state == "succeeded"'), {
    freq: 4,
  }),
  fanOut: fc.option(fc.record({ size: fc.nat(3), concurrency: fc.option(fc.integer({ min: 1, max: 2 })) }), {
    freq: 3,
  }),
  retry: fc.option(retry),
  alternatives: fc.nat(2),
  rounds: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 3 }),
  timeoutMs: fc.option(fc.constantFrom(60_000, 3_600_000), { freq: 4 }),
  worktree: fc.boolean(),
  budget: rarely,
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

const dependenciesOf = ({ dependsOn }: Shape, position: number, all: readonly Shape[]): Dependency[] =>
  dependsOn.flatMap(({ on, need, join }) => {
    if (position === 0) return [];
    const other = on % position;
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
    ...(one.dependsOn.length > 0 && { dependsOn: dependenciesOf(one, position, all) }),
    ...(one.when !== null && (position > 0 || !one.when.includes('instances')) && { when: one.when }),
    ...(one.fanOut !== null && {
      fanOut: over(['x', 'y', 'z'].slice(0, one.fanOut.size), { concurrency: one.fanOut.concurrency }),
    }),
    ...(one.alternatives > 0 && {
      alternatives: Array.from({ length: one.alternatives }, (_, index) =>
        inst(name, { ...tried, prompt: `otherwise ${String(index)}` }),
      ),
    }),
    ...(one.budget !== undefined && { budget: one.budget }),
  });
};

type PlanShape = {
  readonly shapes: readonly Shape[];
  readonly concurrency: number;
  readonly startupDelayMs: number;
  readonly timeoutMs: number | null;
  readonly budget: BudgetSpec | undefined;
};

const planFrom = ({ shapes, timeoutMs, budget: own, ...rest }: PlanShape): ResolvedPlan =>
  planOf(0, {
    ...rest,
    name: 'random',
    instances: shapes.map(specOf),
    ...(timeoutMs !== null && { timeoutMs }),
    ...(own !== undefined && { budget: own }),
  });

const withoutBudgets = (one: Shape): Shape => ({ ...one, budget: undefined });

/** Plans with all that a plan may say of order, data, recovery and limits. */
export const plans = (which: 'any' | 'without budgets' = 'any'): fc.Arbitrary<ResolvedPlan> =>
  fc
    .record({
      shapes: fc.array(shape, { minLength: 1, maxLength: names.length }),
      concurrency: fc.integer({ min: 1, max: 4 }),
      startupDelayMs: fc.constantFrom(0, 100),
      timeoutMs: fc.option(fc.constantFrom(7_200_000, 86_400_000), { freq: 4 }),
      budget: rarely,
    })
    .map((made) =>
      planFrom(
        which === 'any'
          ? made
          : { ...made, shapes: made.shapes.map(withoutBudgets), startupDelayMs: 0, budget: undefined },
      ),
    );

const failures = [
  { code: 'claude.crashed', message: 'It crashed.' },
  { code: 'claude.overloaded', message: 'Overloaded.' },
  { code: 'claude.usage_limit', message: 'The limit is reached.' },
  { code: 'claude.not_signed_in', message: 'Sign in.' },
] as const;

const which = fc.nat(30);
const plainHappenings = [
  fc.record({ kind: fc.constant('begin' as const), which }),
  fc.record({ kind: fc.constant('succeed' as const), which }),
  fc.record({ kind: fc.constant('crash' as const), which }),
  fc.record({ kind: fc.constant('obey' as const), which }),
  fc.record({
    kind: fc.constantFrom(
      'pause' as const,
      'resume' as const,
      'stop' as const,
      'restart' as const,
      'skip' as const,
    ),
    which,
  }),
  fc.record({
    kind: fc.constantFrom('pause all' as const, 'resume all' as const, 'stop all' as const),
    which,
  }),
  fc.record({
    kind: fc.constant('scale' as const),
    which,
    to: fc.integer({ min: 1, max: 4 }),
    isGroup: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('time' as const), which, ms: fc.constantFrom(10, 1000, 100_000, 3_600_000) }),
] as const;

const otherHappenings = [
  fc.record({ kind: fc.constant('use' as const), which, tokens: fc.nat(2000) }),
  fc.record({
    kind: fc.constant('fail' as const),
    which,
    failure: fc.constantFrom(...failures),
    resetsIn: fc.option(fc.constantFrom(-1000, 60_000, 7_200_000)),
  }),
  fc.record({ kind: fc.constantFrom('ask' as const, 'answer' as const, 'raise' as const), which }),
  fc.record({
    kind: fc.constant('sleep' as const),
    which,
    how: fc.constantFrom('stops' as const, 'goes on' as const),
  }),
] as const;

const plain = fc.oneof(...plainHappenings);
const any = fc.oneof(...plainHappenings, ...otherHappenings);

export type Happening = typeof any extends fc.Arbitrary<infer T> ? T : never;

/** What happens, and whether the engine is killed after it: at once, or when all is quiet. */
export type Step = { readonly happens: Happening; readonly kill: 'no' | 'abruptly' | 'quietly' };

export const steps = (
  kills: readonly Step['kill'][],
  happenings: 'plain' | 'any' = 'any',
): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.record({ happens: happenings === 'plain' ? plain : any, kill: fc.constantFrom(...kills) }), {
    maxLength: 30,
  });
