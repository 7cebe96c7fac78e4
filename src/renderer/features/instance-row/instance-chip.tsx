import type { InstanceView } from '../../../shared/domain/instance.ts';
import { useNow } from '../../data/clock.ts';
import { countdownText } from '../../ui/format.ts';
import { StateChip } from '../../ui/state.tsx';

const LimitedChip = ({ until }: { readonly until: string }) => {
  const now = useNow(true);
  const left = Date.parse(until) - now;
  return <StateChip state="limited" text={left > 0 ? `goes on in ${countdownText(left)}` : 'going on'} />;
};

/** The state of an instance in a word; of a rate-limited one, when it goes on. */
export const InstanceChip = ({ instance }: { readonly instance: InstanceView }) =>
  instance.state === 'limited' && instance.limitedUntil !== null ? (
    <LimitedChip until={instance.limitedUntil} />
  ) : (
    <StateChip state={instance.state} />
  );
