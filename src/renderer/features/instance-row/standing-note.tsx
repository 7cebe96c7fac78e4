import type { InstanceView } from '../../../shared/domain/instance.ts';
import { standingOf } from '../../data/standing.ts';
import { StateIcon } from '../../ui/state.tsx';
import { Until } from './until.tsx';

/** Why an instance does not go on, and when it does; nothing where it does. */
export const StandingNote = ({ instance }: { readonly instance: InstanceView }) => {
  const standing = standingOf(instance);
  if (standing === null) return null;
  const { text, until } = standing;
  return (
    <p
      role="note"
      className="mx-auto flex w-full max-w-[820px] shrink-0 items-start gap-2 rounded-m border border-line bg-panel px-3 py-2 text-s text-ink-2"
    >
      <StateIcon state={instance.state} className="mt-0.5" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {text}
        {until === null ? null : (
          <>
            {' '}
            It goes on <Until at={until} />.
          </>
        )}
      </span>
    </p>
  );
};
