import type { InstanceView } from '../../../shared/domain/instance.ts';
import { upperFirst } from '../../data/sentence.ts';
import { useAction } from '../../data/use-action.ts';
import { FailureNote } from '../../ui/notes.tsx';
import { RaiseForm } from './raise-form.tsx';
import type { Raise } from './raise.ts';

/** An instance that a used-up budget has stopped: raised, it goes on in its session. Nothing for all others. */
export const StoppedByBudget = ({ instance }: { readonly instance: InstanceView }) => {
  const { state, course } = instance;
  const hold = state === 'stopped' && course.hold?.kind === 'budget' ? course.hold : null;
  const raise = useAction((client, account: string, { costMicroUsd, tokens }: Omit<Raise, 'kind'>) =>
    client.budgets.raise({
      account,
      ...(costMicroUsd !== undefined && { costMicroUsd }),
      ...(tokens !== undefined && { tokens }),
    }),
  );
  if (hold === null) return null;
  const { account, name } = hold;
  return (
    <section
      aria-label={`${instance.name}: stopped by a budget`}
      className="mx-auto mb-4 w-full max-w-[820px] shrink-0 rounded-m border border-line bg-panel px-2.5 py-2 shadow-over"
    >
      <b className="text-s font-medium">{upperFirst(name)} is used up: raised, this goes on</b>
      {raise.failure === null ? null : <FailureNote failure={raise.failure} className="my-2" />}
      <RaiseForm budget={hold} pending={raise.pending} onRaise={(limit) => void raise.run(account, limit)} />
    </section>
  );
};
