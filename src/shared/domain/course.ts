import type { z } from 'zod';
import type { checkVerdictSchema, courseSchema, endingSchema, nextAttemptSchema } from './course-schema.ts';

/** How the next attempt of an instance begins. */
export type NextAttempt = Readonly<z.infer<typeof nextAttemptSchema>>;

/** How what an instance does is to end, other than by itself. */
export type Ending = Readonly<z.infer<typeof endingSchema>>;

/** What a check said of the last result. */
export type CheckVerdict = Readonly<z.infer<typeof checkVerdictSchema>>;

/** Where an instance stands on its way: what was tried, what comes next, what holds it. */
export type InstanceCourse = Readonly<z.infer<typeof courseSchema>>;

export const freshAttempt: NextAttempt = { resume: null, say: { kind: 'prompt' }, notBefore: null };

/** The course of an instance that nothing has happened to. */
export const newCourse: InstanceCourse = {
  alternative: 0,
  tries: 0,
  round: 1,
  check: null,
  next: freshAttempt,
  ending: null,
  hold: null,
  stage: null,
  workspace: null,
  grants: [],
  skippedByDependency: false,
};
