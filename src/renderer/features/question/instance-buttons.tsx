import { RotateCcw, CircleStop } from 'lucide-react';
import { useState } from 'react';
import { isActive, isFinal, type InstanceView } from '../../../shared/domain/instance.ts';
import { useAction } from '../../data/use-action.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { FailureNote } from '../../ui/notes.tsx';

type StopProps = {
  /** What is stopped, as the title of the question says it. */
  readonly title: string;
  readonly description: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onStop: (force: boolean) => Promise<boolean>;
  readonly pending: boolean;
};

/** Asks how to stop: gently (interrupt, time to finish), or at once. */
export const StopDialog = ({ title, description, open, onClose, onStop, pending }: StopProps) => {
  const stop = (force: boolean): void => {
    void onStop(force).then((done) => {
      if (done) onClose();
    });
  };
  return (
    <Confirm open={open} onClose={onClose} title={title} description={description}>
      <Button
        look="danger"
        disabled={pending}
        onClick={() => {
          stop(true);
        }}
      >
        Kill now
      </Button>
      <Button
        look="primary"
        disabled={pending}
        onClick={() => {
          stop(false);
        }}
      >
        Stop gently
      </Button>
    </Confirm>
  );
};

type InstanceButtonsProps = { readonly instance: InstanceView; readonly compact?: boolean };

/** Stop and restart of one instance, whichever its state allows; `compact` shows icons only. */
export const InstanceButtons = ({ instance, compact = false }: InstanceButtonsProps) => {
  const [asking, setAsking] = useState(false);
  const stop = useAction((client, force: boolean) => client.instances.stop({ id: instance.id, force }));
  const restart = useAction((client) => client.instances.restart({ id: instance.id }));
  const failure = stop.failure ?? restart.failure;
  const onRestart = (): void => void restart.run();
  const onStop = (): void => {
    setAsking(true);
  };
  return (
    <>
      {failure === null ? null : <FailureNote failure={failure} className="flex-1" />}
      {isFinal(instance.state) ? (
        compact ? (
          <IconButton
            label={`Restart ${instance.name}`}
            icon={RotateCcw}
            disabled={restart.pending}
            onClick={onRestart}
          />
        ) : (
          <Button icon={RotateCcw} disabled={restart.pending} onClick={onRestart}>
            Restart
          </Button>
        )
      ) : compact ? (
        <IconButton
          label={`Stop ${instance.name}`}
          icon={CircleStop}
          disabled={stop.pending}
          onClick={onStop}
        />
      ) : (
        <Button look="danger" icon={CircleStop} disabled={stop.pending} onClick={onStop}>
          Stop
        </Button>
      )}
      <StopDialog
        title={`Stop ${instance.name}?`}
        description={
          isActive(instance.state)
            ? 'Gently: Claude is interrupted and may end its turn. Kill: the process ends at once. What it did so far is kept either way.'
            : 'It has not started yet and will not run. The others go on.'
        }
        open={asking}
        onClose={() => {
          setAsking(false);
        }}
        pending={stop.pending}
        onStop={stop.run}
      />
    </>
  );
};
