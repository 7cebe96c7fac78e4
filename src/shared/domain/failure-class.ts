import type { Failure } from './failure.ts';

/** The kinds of failure that a plan's `retry.on` names; `any` stands for all of them. */
export const FAILURE_CLASSES = [
  'overloaded',
  'rate_limit',
  'timeout',
  'hung',
  'crashed',
  'auth',
  'budget',
  'invalid_result',
  'any',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** The class of each failure that an attempt may end with; those that are not here are only `any`. */
const classes: Readonly<Record<string, FailureClass>> = {
  'claude.overloaded': 'overloaded',
  'claude.rate_limited': 'rate_limit',
  'claude.usage_limit': 'rate_limit',
  'instance.timeout': 'timeout',
  'instance.hung': 'hung',
  'claude.crashed': 'crashed',
  'claude.killed': 'crashed',
  'claude.garbage': 'crashed',
  'claude.no_output': 'crashed',
  'claude.interrupted': 'crashed',
  'claude.auth_failed': 'auth',
  'claude.not_signed_in': 'auth',
  'claude.max_budget': 'budget',
  'instance.invalid_result': 'invalid_result',
  'instance.check_failed': 'invalid_result',
};

/** The class of a failure; `any` for one of no class of its own. */
export const failureClassOf = ({ code }: Failure): FailureClass => classes[code] ?? 'any';

/** True when a policy that names these classes holds for a failure. */
export const isOfClass = (failure: Failure, named: readonly FailureClass[]): boolean =>
  named.includes('any') || named.includes(failureClassOf(failure));
