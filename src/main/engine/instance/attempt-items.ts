import type { Failure } from '../../../shared/domain/failure.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { AttemptItem, AttemptPhase } from '../ports.ts';

/** What a change of phase changes in the view of its instance, beside the state. */
export const changeOf = (phase: AttemptPhase): Pick<InstanceView, 'reason' | 'limitedUntil'> => ({
  reason: phase.kind === 'running' ? null : phase.reason,
  limitedUntil: phase.kind === 'limited' ? phase.until : null,
});

/** True for the end of a turn. */
export const isTurnEnd = (item: AttemptItem): boolean =>
  item.kind === 'event' && item.body.type === 'turn.ended';

/** The CLI tries a key that the API refuses ten times, for three minutes (measured, 2.1.330); the second no is enough. */
export const isRefusedKey = (item: AttemptItem): boolean =>
  item.kind === 'event' &&
  item.body.type === 'api.retried' &&
  item.body.error === 'authentication_failed' &&
  item.body.attempt >= 2;

/** What an instance fails with whose key the API refused. */
export const refusedKey: Failure = {
  code: 'claude.auth_failed',
  message:
    'The API refused the key or the sign-in. Sign in with `claude auth login`, or set a key that is valid.',
};
