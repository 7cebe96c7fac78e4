import type { InstanceState, InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationTotals } from '../../../shared/domain/orchestration.ts';
import {
  addUsage,
  isEmptyModelUsage,
  subtractModelUsage,
  noModelUsage,
  noUsage,
  type Usage,
} from '../../../shared/domain/usage.ts';

/** Keeps the sums of an orchestration's instances up to date, at a cost that does not grow with their number. */
export interface Totals {
  /** Takes in an instance's new view in place of its old one (null when it is new). */
  replace(before: InstanceView | null, after: InstanceView): void;
  current(): OrchestrationTotals;
}

const without = (total: Usage, part: Usage): Usage => {
  const byModel = { ...total.byModel };
  for (const [model, usage] of Object.entries(part.byModel)) {
    const rest = subtractModelUsage(byModel[model] ?? noModelUsage, usage);
    if (isEmptyModelUsage(rest)) Reflect.deleteProperty(byModel, model);
    else byModel[model] = rest;
  }
  return { basis: 'exact', byModel };
};

export const createTotals = (): Totals => {
  const counts = new Map<InstanceState, number>();
  let usage = noUsage;
  let instanceCount = 0;
  let estimated = 0;
  let toolCalls = 0;

  const count = (state: InstanceState, by: number): void => {
    const next = (counts.get(state) ?? 0) + by;
    if (next === 0) counts.delete(state);
    else counts.set(state, next);
  };

  return {
    replace: (before, after) => {
      if (before === null) instanceCount += 1;
      else {
        count(before.state, -1);
        estimated -= before.usage.basis === 'estimated' ? 1 : 0;
        toolCalls -= before.toolCalls;
      }
      count(after.state, 1);
      estimated += after.usage.basis === 'estimated' ? 1 : 0;
      toolCalls += after.toolCalls;
      if (before?.usage !== after.usage) {
        usage = addUsage(before === null ? usage : without(usage, before.usage), after.usage);
      }
    },
    current: () => ({
      instanceCount,
      counts: Object.fromEntries(counts),
      usage: { basis: estimated > 0 ? 'estimated' : 'exact', byModel: usage.byModel },
      toolCalls,
    }),
  };
};
