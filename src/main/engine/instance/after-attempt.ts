import type { InstanceCourse } from '../../../shared/domain/course.ts';
import { freshAttempt } from '../../../shared/domain/course.ts';
import { failureClassOf, isOfClass } from '../../../shared/domain/failure-class.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import { instantOf, type Instant } from '../../../shared/domain/ids.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import { waitBefore } from '../../../shared/domain/retry.ts';

/** What an attempt came to, and what the next one could build on. */
export type AttemptOutcome = {
  readonly failure: Failure;
  /** The Claude session that the attempt came to; null when it came to none. */
  readonly sessionId: string | null;
  /** When a usage limit ends, if it is one. */
  readonly resetsAt: Instant | null;
  /** Epoch milliseconds. */
  readonly now: number;
  /** From 0 to 1. */
  readonly chance: number;
};

/** What comes after an attempt that did not do. */
export type WhatNext =
  | { readonly kind: 'failed'; readonly failure: Failure }
  | {
      readonly kind: 'again';
      readonly how: 'retry' | 'fallback' | 'round' | 'parked';
      readonly course: InstanceCourse;
      readonly reason: string;
    };

/** What Claude is told when its session goes on after something outside it went wrong. */
export const goOn = 'Go on where you left off.';

/** How far apart those that waited for the same reset come back, in milliseconds. */
const resetSpreadMs = 30_000;

/** How long one waits whose limit should have ended already, in milliseconds. */
const againMs = 60_000;

/** The spec that is tried now: the instance as written, or one of its fallbacks. */
export const triedSpec = (spec: InstanceSpec, { alternative }: InstanceCourse): InstanceSpec =>
  alternative === 0 ? spec : (spec.alternatives?.[alternative - 1] ?? spec);

/** Failures after which the session is no base to build on. */
const lostSessions: readonly string[] = [
  'claude.session_unknown',
  'claude.session_in_use',
  'claude.bad_arguments',
];

/**
 * The next try resumes the session where that spares work: what failed was outside it, or it can be told what is wrong. One
 * that did not come to a session is tried again as it was begun.
 */
const nextOf = (
  { next }: InstanceCourse,
  { failure, sessionId }: AttemptOutcome,
  notBefore: number,
): InstanceCourse['next'] => {
  const at = instantOf(notBefore);
  if (lostSessions.includes(failure.code)) return { ...freshAttempt, notBefore: at };
  if (sessionId === null) return { ...next, notBefore: at };
  const text =
    failureClassOf(failure) === 'invalid_result'
      ? `The result does not count: ${failure.message}\nSet it right.`
      : goOn;
  return { resume: sessionId, say: { kind: 'text', text }, notBefore: at };
};

/** A usage limit with a known end is waited for, whatever the policy: it is nobody's failure. */
const park = (course: InstanceCourse, outcome: AttemptOutcome, resetsAt: Instant): WhatNext => {
  const reset = Date.parse(resetsAt);
  // A moment that is past is looked at anew a little later, and not at once for ever.
  const earliest = reset > outcome.now ? reset : outcome.now + againMs;
  const at = earliest + Math.round(outcome.chance * resetSpreadMs);
  return {
    kind: 'again',
    how: 'parked',
    course: { ...course, next: nextOf(course, outcome, at) },
    reason: `The usage limit ends at ${resetsAt}; it goes on by itself then.`,
  };
};

/** A further round with what the check said, while there are rounds left. */
const anotherRound = (
  spec: InstanceSpec,
  course: InstanceCourse,
  { failure, sessionId, now }: AttemptOutcome,
): WhatNext | null => {
  const { loop } = spec;
  if (loop === undefined || failure.code !== 'instance.check_failed' || course.round >= loop.rounds)
    return null;
  const round = course.round + 1;
  return {
    kind: 'again',
    how: 'round',
    course: {
      ...course,
      round,
      next: { resume: sessionId, say: { kind: 'round' }, notBefore: instantOf(now) },
    },
    reason: `Round ${String(round)} of ${String(loop.rounds)}: ${failure.message}`,
  };
};

const anotherTry = (spec: InstanceSpec, course: InstanceCourse, outcome: AttemptOutcome): WhatNext | null => {
  const { retry } = spec;
  const tries = course.tries + 1;
  if (retry === undefined || tries >= retry.attempts || !isOfClass(outcome.failure, retry.on)) return null;
  const at = outcome.now + waitBefore(retry, tries + 1, outcome.chance);
  return {
    kind: 'again',
    how: 'retry',
    course: { ...course, tries, next: nextOf(course, outcome, at) },
    reason: `Try ${String(tries + 1)} of ${String(retry.attempts)}: ${outcome.failure.message}`,
  };
};

const anotherWay = (
  spec: InstanceSpec,
  course: InstanceCourse,
  { failure }: AttemptOutcome,
): WhatNext | null => {
  const alternative = course.alternative + 1;
  const count = spec.alternatives?.length ?? 0;
  if (alternative > count) return null;
  return {
    kind: 'again',
    how: 'fallback',
    course: { ...course, alternative, tries: 0, round: 1, check: null, next: freshAttempt },
    reason: `Fallback ${String(alternative)} of ${String(count)}: ${failure.message}`,
  };
};

/**
 * What comes after an attempt that failed, or whose result did not count: it waits for a limit to end, does a further
 * round of its loop, tries again, takes its next fallback, or has failed. Pure.
 */
export const afterFailure = (
  spec: InstanceSpec,
  course: InstanceCourse,
  outcome: AttemptOutcome,
): WhatNext => {
  const { failure, resetsAt } = outcome;
  if (failure.code === 'claude.usage_limit' && resetsAt !== null) return park(course, outcome, resetsAt);
  const tried = triedSpec(spec, course);
  return (
    anotherRound(tried, course, outcome) ??
    anotherTry(tried, course, outcome) ??
    anotherWay(spec, course, outcome) ?? { kind: 'failed', failure }
  );
};
