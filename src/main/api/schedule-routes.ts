import type { Router } from '@orpc/server';
import type { scheduleContract } from '../../shared/contract/schedules.ts';
import type { Schedules } from '../engine/schedule/schedules.ts';
import { base, type Caller } from './base.ts';
import { readPlan } from './plans.ts';

/** The schedules of the data directory. */
export type ScheduleSource = Pick<Schedules, 'list' | 'add' | 'remove'>;

export const scheduleRoutes = (source: ScheduleSource): Router<typeof scheduleContract, Caller> => ({
  list: base.schedules.list.handler(() => source.list()),
  add: base.schedules.add.handler(({ input, context }) => {
    const { text: planText, file: planFile } = input;
    return source.add({ plan: readPlan(input), planText }, { by: context.by, planFile });
  }),
  remove: base.schedules.remove.handler(({ input }) => source.remove(input.id)),
});
