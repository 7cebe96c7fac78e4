import { ArrowRight } from 'lucide-react';
import { useStore } from 'zustand';
import { panels } from '../../app/panels.ts';
import { go, routes } from '../../app/routes.ts';
import { activityLine } from '../../data/activity.ts';
import { asksOf } from '../../data/asks.ts';
import { useOverview } from '../../data/engine.tsx';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Cost, Duration } from '../../ui/figures.tsx';
import { StateIcon } from '../../ui/state.tsx';
import { InstanceChip } from '../instance-row/instance-chip.tsx';
import { InstanceButtons } from '../control/instance-buttons.tsx';
import { StandingNote } from '../instance-row/standing-note.tsx';
import { QuestionCard } from './question-card.tsx';

const close = (): void => {
  panels.setState({ peek: null });
};

const PeekBody = ({ instance }: { readonly instance: InstanceView }) => {
  const [ask] = asksOf(instance);
  const text = instance.said ?? instance.result ?? activityLine(instance);
  return (
    <>
      <div className="flex flex-col gap-3 overflow-y-auto px-4 pb-3">
        <p className="flex items-center gap-2 text-s text-ink-3">
          <StateIcon state={instance.state} />
          <InstanceChip instance={instance} />
          <Duration from={instance.startedAt} to={instance.endedAt} />
          <span>turn {instance.turns}</span>
          <Cost usage={instance.usage} className="ml-auto font-semibold text-ink" />
        </p>
        <StandingNote instance={instance} />
        {ask === undefined ? null : <QuestionCard key={ask.id} instance={instance} ask={ask} full />}
        {text === '' ? null : <p className="break-words whitespace-pre-wrap text-ink-2">{text}</p>}
      </div>
      <div className="flex justify-end gap-2 border-t border-line-soft px-4 py-3">
        <InstanceButtons instance={instance} />
        <Button
          look="primary"
          icon={ArrowRight}
          onClick={() => {
            close();
            go(routes.instance(instance.orchestrationId, instance.id));
          }}
        >
          Open
        </Button>
      </div>
    </>
  );
};

/** Space on an instance: its question, its last words and its buttons, without leaving the list. */
export const Peek = () => {
  const id = useStore(panels, (state) => state.peek);
  const instance = useOverview((state) => (id === null ? undefined : state.instances.get(id)));
  return (
    <Dialog open={instance !== undefined} onClose={close} title={instance?.name ?? ''}>
      {instance === undefined ? null : <PeekBody instance={instance} />}
    </Dialog>
  );
};
