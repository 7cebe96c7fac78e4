import type { Failure } from '../../shared/domain/failure.ts';
import type { AttemptItem } from './ports.ts';

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
