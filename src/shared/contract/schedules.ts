import { type } from '@orpc/contract';
import { z } from 'zod';
import type { Instant, OrchestrationId } from '../domain/ids.ts';
import type { ScheduleSpec } from '../domain/plan/plan-spec.ts';
import { base } from './base.ts';
import { planInputSchema } from './plan-input.ts';

/** A start that did not come at its time. */
export type MissedStart = {
  /** When it was due; of several in a row the first. */
  readonly occurrence: Instant;
  /** Nothing ran that could have started it; the run before it was not over; or it could not be started. */
  readonly reason: 'not_running' | 'still_running' | 'failed';
  /** The same as a sentence. */
  readonly message: string;
  /** True when it was made up for later, by one run. */
  readonly started: boolean;
};

/** A plan that is started by itself, as long as an engine runs that stays: the desktop app, `netra serve` or `netra daemon`. */
export type ScheduleView = ScheduleSpec & {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly by: string;
  readonly planFile: string | null;
  readonly workspace: string;
  readonly addedAt: Instant;
  /** When it is due next; in the past while no engine runs that starts it; null when it never is again. */
  readonly next: Instant | null;
  readonly lastStart: {
    readonly occurrence: Instant;
    readonly startedAt: Instant;
    readonly orchestrationId: OrchestrationId;
  } | null;
  readonly lastMissed: MissedStart | null;
};

export const scheduleContract = {
  /** What is due first comes first. */
  list: base.output(type<readonly ScheduleView[]>()),
  /**
   * Adds the schedule of a plan that has one. It takes the place of an earlier one (`replaced`) of the same plan file with
   * the same name and inputs, when both repeat or are for the same single start. Fails with `plan.not_scheduled`,
   * `schedule.past`.
   */
  add: base
    .input(planInputSchema)
    .output(type<{ readonly schedule: ScheduleView; readonly replaced: boolean }>()),
  /** What it started goes on. Fails with `schedule.unknown`. */
  remove: base.input(z.object({ id: z.string() })).output(type<ScheduleView>()),
};
