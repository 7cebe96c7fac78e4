import { fieldsOf, listOf, type RuleBreach } from './plan-breach.ts';
import { fanOutBreaches } from './plan-fan-out.ts';
import { graphBreaches } from './plan-graph.ts';
import { inputBreaches } from './plan-rules-inputs.ts';
import { shown, type PlanPath } from './plan-problem.ts';
import { instanceBreaches } from './plan-rules-instance.ts';
import { budgetBreaches, sharedBreaches, workspaceBreaches } from './plan-rules-shared.ts';
import { scheduleBreaches } from './plan-rules-time.ts';

function duplicates(
  values: readonly unknown[],
  place: (index: number) => PlanPath,
  tell: (value: string) => Pick<RuleBreach, 'code' | 'message' | 'expected'>,
): RuleBreach[] {
  const first = new Map<string, number>();
  return values.flatMap((value, index) => {
    if (typeof value !== 'string') return [];
    const earlier = first.get(value);
    if (earlier !== undefined) return [{ ...tell(value), path: place(index), earlier: place(earlier) }];
    first.set(value, index);
    return [];
  });
}

function duplicateBreaches(instances: readonly unknown[]): readonly RuleBreach[] {
  const list = instances.map(fieldsOf);
  return [
    ...duplicates(
      list.map((instance) => instance?.['name']),
      (index) => ['instances', index, 'name'],
      (name) => ({
        code: 'plan.duplicate_name',
        message: `Two instances have the name "${shown(name)}": give every instance its own.`,
        expected: 'a name that no other instance has',
      }),
    ),
    ...duplicates(
      list.map((instance) => fieldsOf(instance?.['session'])?.['new']),
      (index) => ['instances', index, 'session', 'new'],
      () => ({
        code: 'plan.duplicate_session',
        message: 'Two instances start a session with this id: give every new session its own.',
        expected: 'a session id that no other instance has',
      }),
    ),
  ];
}

function planBreaches(plan: unknown): readonly RuleBreach[] {
  const fields = fieldsOf(plan) ?? {};
  const commandBudgets = Object.entries(fieldsOf(fields['commandBudgets']) ?? {});
  return [
    ...workspaceBreaches(fields['workspace'], ['workspace']),
    ...budgetBreaches(fields['budget'], ['budget']),
    ...commandBudgets.flatMap(([name, budget]) => budgetBreaches(budget, ['commandBudgets', name])),
    ...scheduleBreaches(plan),
    ...inputBreaches(plan),
  ];
}

/**
 * Takes anything that may be a plan and gives the rules between its keys that it breaks; what depends on the time, or on
 * what templates and conditions say, is told by `timeBreaches` and `textRuleBreaches`. Never throws.
 */
export function breachesOf(plan: unknown): readonly RuleBreach[] {
  const { defaults, instances } = fieldsOf(plan) ?? {};
  const standing = fieldsOf(defaults) ?? {};
  return [
    ...planBreaches(plan),
    ...sharedBreaches(standing, ['defaults']),
    ...listOf(instances).flatMap((item, index) => {
      const instance = fieldsOf(item);
      const path = ['instances', index];
      return instance === undefined
        ? []
        : [
            ...instanceBreaches(instance, path, standing),
            ...sharedBreaches(instance, path),
            ...fanOutBreaches(instance, path),
          ];
    }),
    ...graphBreaches(plan),
    ...duplicateBreaches(listOf(instances)),
  ];
}
