import type { PlanCheck, PlanCheckInstance } from '../../../shared/contract/plan-check.ts';
import type { BudgetSpec } from '../../../shared/domain/budget.ts';
import type { Dependency } from '../../../shared/domain/plan/plan-spec.ts';
import { dollarText, shortNumber } from '../../ui/format.ts';

type Summary = NonNullable<PlanCheck['summary']>;

const needs = { succeeded: '', finished: ' (finished)', any: ' (any end)' } as const;

/** What is waited for: `lint`, `work (3 of them)`, `orchestration nightly (latest)`. */
export const dependencyText = (dependency: Dependency): string => {
  if (dependency.kind === 'orchestration') {
    return `orchestration ${dependency.orchestration}${needs[dependency.need]}`;
  }
  const { name, need, join } = dependency;
  return `${name}${join === 'all' ? '' : ` (${String(join)} of them)`}${needs[need]}`;
};

/** How many instances there are at least, and whether fan-outs bring more. */
export const instanceCount = ({
  instances,
}: Pick<Summary, 'instances'>): { readonly least: number; readonly isAll: boolean } => {
  const counts = instances
    .filter(({ standby }) => !standby)
    .map(({ fanOut }) => (fanOut === null ? 1 : fanOut.count));
  return {
    least: counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    isAll: counts.every((count) => count !== null),
  };
};

/** How many run at the same time at most. */
export const atOnce = (summary: Pick<Summary, 'instances' | 'concurrency'>): number => {
  const { least, isAll } = instanceCount(summary);
  return isAll ? Math.min(summary.concurrency, least) : summary.concurrency;
};

export const fanOutText = ({ kind, count }: NonNullable<PlanCheckInstance['fanOut']>): string => {
  if (count !== null) return `${String(count)} ×`;
  return kind === 'glob' ? 'one for each file' : 'one for each item';
};

const onExceed = { warn: 'then warns', pause: 'then pauses', stop: 'then stops' } as const;

export const budgetText = ({ costMicroUsd, tokens, onExceed: what }: BudgetSpec): string =>
  [
    ...(costMicroUsd === undefined ? [] : [dollarText(costMicroUsd)]),
    ...(tokens === undefined ? [] : [`${shortNumber(tokens)} tokens`]),
  ]
    .join(' or ')
    .concat(`, ${onExceed[what]}`);

/** What else there is to know of an instance, line by line. */
export const planLines = ({
  dependsOn,
  when,
  attempts,
  fallbacks,
}: PlanCheckInstance): readonly { readonly name: string; readonly text: string }[] => [
  ...(dependsOn.length === 0 ? [] : [{ name: 'after', text: dependsOn.map(dependencyText).join(', ') }]),
  ...(when === null ? [] : [{ name: 'when', text: when }]),
  ...(attempts === 1 ? [] : [{ name: 'tries', text: `up to ${String(attempts)}` }]),
  ...(fallbacks === 0 ? [] : [{ name: 'fallbacks', text: String(fallbacks) }]),
];
