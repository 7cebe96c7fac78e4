import type { Router } from '@orpc/server';
import type { labelsContract, orchestrationMarks } from '../../shared/contract/marks.ts';
import type { usageContract } from '../../shared/contract/usage.ts';
import { compareOrchestrations } from '../../shared/domain/comparison.ts';
import { instantOf } from '../../shared/domain/ids.ts';
import type { Engine } from '../engine/engine.ts';
import { base, type Caller } from './base.ts';

export const orchestrationMarkRoutes = (engine: Engine): Router<typeof orchestrationMarks, Caller> => ({
  mark: base.orchestrations.mark.handler(({ input: { id, ...change }, context }) =>
    engine.marks.mark(id, change, context.by),
  ),
  delete: base.orchestrations.delete.handler(async ({ input, context }) => ({
    deleted: await engine.marks.delete(input.ids, context.by),
  })),
  restore: base.orchestrations.restore.handler(async ({ input, context }) => ({
    restored: await engine.marks.restore(input.ids, context.by),
  })),
  compare: base.orchestrations.compare.handler(async ({ input }) => {
    const [left, right] = await Promise.all([engine.detail(input.left), engine.detail(input.right)]);
    return compareOrchestrations(left, right, instantOf(Date.now()));
  }),
});

export const labelRoutes = (engine: Engine): Router<typeof labelsContract, Caller> => ({
  list: base.labels.list.handler(() => engine.labels()),
});

export const usageRoutes = (engine: Engine): Router<typeof usageContract, Caller> => ({
  report: base.usage.report.handler(({ input: { from = null, to = null, search = null, ...rest } }) =>
    engine.usage({ ...rest, from, to, search }),
  ),
});
