import { CircleStop, Pause, Play } from 'lucide-react';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { panels } from '../../app/panels.ts';
import { orchestrationControlsOf } from '../../data/controls.ts';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { FailureNote } from '../../ui/notes.tsx';

/** Pauses, lets go on or stops an orchestration, whichever its state allows. */
export const OrchestrationButtons = ({ orchestration }: { readonly orchestration: OrchestrationView }) => {
  const { id, name } = orchestration;
  const act = useAction((client, control: 'pause' | 'resume') => client.orchestrations[control]({ id }));
  const controls = orchestrationControlsOf(orchestration);
  return (
    <>
      {act.failure === null ? null : <FailureNote failure={act.failure} className="flex-1" />}
      {controls.includes('pause') ? (
        <Button
          icon={Pause}
          disabled={act.pending}
          aria-keyshortcuts="P"
          onClick={() => void act.run('pause')}
        >
          Pause
        </Button>
      ) : null}
      {controls.includes('resume') ? (
        <Button
          icon={Play}
          disabled={act.pending}
          aria-keyshortcuts="P"
          onClick={() => void act.run('resume')}
        >
          Go on
        </Button>
      ) : null}
      {controls.includes('stop') ? (
        <Button
          look="danger"
          icon={CircleStop}
          aria-keyshortcuts="S"
          onClick={() => {
            panels.setState({ control: { action: 'stop', of: 'orchestration', id, name } });
          }}
        >
          Stop all
        </Button>
      ) : null}
    </>
  );
};
