import type { Ending } from '../../shared/domain/course.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { isAsking } from '../../shared/domain/inbox.ts';
import { isParked, type InstanceView } from '../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';
import { sentence } from './sentence.ts';

/** Why something does not go on, as sentences, and the moment when it goes on by itself, where that is known. */
export type Standing = { readonly text: string; readonly until: Instant | null };

const endings: Readonly<Record<Exclude<Ending['kind'], 'fail'>, string>> = {
  stop: 'It is being stopped: Claude is interrupted first.',
  skip: 'It is being skipped: Claude is interrupted first.',
  restart: 'It is being stopped, and begins anew then.',
  hold: 'It is being held up: Claude is interrupted, and goes on in the same session later.',
  go_on: 'It was being held up, and goes on as soon as Claude was interrupted.',
};

const pausedText = ({ reason, course: { hold } }: InstanceView): string => {
  if (hold?.kind !== 'person') return sentence(reason ?? 'It is held up');
  const who = `Paused by ${hold.by}`;
  return hold.scope === 'orchestration' ? `${who}, with its orchestration.` : `${who}. The others go on.`;
};

const limitedText = (instance: InstanceView): string => {
  const why = sentence(instance.reason ?? 'The API limits how much may be asked');
  return isParked(instance) ? `${why} No process waits for it meanwhile.` : why;
};

const lostText = ({ lost }: InstanceView): string =>
  lost.length === 1
    ? 'A question was open when the engine ended: it is asked again when this attempt has ended.'
    : `${String(lost.length)} questions were open when the engine ended: they are asked again when this attempt has ended.`;

const ofState = (instance: InstanceView): Standing | null => {
  const { state, reason, limitedUntil, course } = instance;
  const why = reason === null ? null : sentence(reason);
  switch (state) {
    case 'paused':
      return { text: pausedText(instance), until: null };
    case 'limited':
      return { text: limitedText(instance), until: limitedUntil };
    case 'pending':
      return why === null ? null : { text: why, until: course.next.notBefore };
    case 'waiting':
    case 'skipped':
    case 'stopped':
      return why === null ? null : { text: why, until: null };
    default:
      return null;
  }
};

/** Why an instance does not go on, or did not run; null where it does, and where a person is asked about it. */
export const standingOf = (instance: InstanceView): Standing | null => {
  const { ending } = instance.course;
  if (ending !== null && ending.kind !== 'fail') return { text: endings[ending.kind], until: null };
  if (isAsking(instance)) return null;
  if (instance.lost.length > 0) return { text: lostText(instance), until: null };
  return ofState(instance);
};

/** Why nothing of an orchestration starts; null when it does. */
export const heldText = ({
  pausedBy,
  heldBecause,
}: Pick<OrchestrationView, 'pausedBy' | 'heldBecause'>): string | null => {
  if (pausedBy !== null) return `Paused by ${pausedBy}. Nothing of it starts until it is let go on.`;
  return heldBecause === null ? null : sentence(heldBecause);
};
