import type { Instant } from '../../../shared/domain/ids.ts';
import type { InboxKind } from '../../../shared/domain/inbox.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { asksOf } from '../../data/asks.ts';
import { useNow } from '../../data/clock.ts';
import { Chip, StateChip } from '../../ui/state.tsx';
import { untilText } from './until.tsx';

const askWord: Readonly<Record<InboxKind, string>> = {
  permission: 'needs input',
  question: 'needs an answer',
  plan: 'has a plan',
  trust: 'needs trust',
  budget: 'budget used up',
  sign_in: 'needs sign-in',
};

const endingWord = {
  stop: 'stopping',
  skip: 'being skipped',
  restart: 'restarting',
  hold: 'pausing',
  go_on: 'going on',
  fail: 'failing',
} as const;

type UntilChipProps = {
  readonly state: InstanceView['state'];
  readonly verb: string;
  readonly until: Instant;
};

const UntilChip = ({ state, verb, until }: UntilChipProps) => {
  const now = useNow(true);
  return <StateChip state={state} text={`${verb} ${untilText(until, now)}`} />;
};

/** The state of an instance in a word or two: what it waits for, when it goes on, what is being done to it. */
export const InstanceChip = ({ instance }: { readonly instance: InstanceView }) => {
  const { state, limitedUntil, course } = instance;
  const [ask] = asksOf(instance);
  if (course.ending !== null) return <StateChip state={state} text={endingWord[course.ending.kind]} />;
  if (ask !== undefined) return <Chip tone="waiting">{askWord[ask.kind]}</Chip>;
  if (state === 'waiting') return <StateChip state={state} text="waiting" />;
  if (state === 'limited' && limitedUntil !== null) {
    return <UntilChip state={state} verb="goes on" until={limitedUntil} />;
  }
  if (state === 'pending' && course.next.notBefore !== null) {
    return <UntilChip state={state} verb="tries again" until={course.next.notBefore} />;
  }
  return <StateChip state={state} />;
};
