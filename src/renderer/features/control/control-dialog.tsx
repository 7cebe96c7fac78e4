import { useStore } from 'zustand';
import { panels, type ControlQuestion } from '../../app/panels.ts';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { FailureNote } from '../../ui/notes.tsx';
import { allStopWords, skipWords, stopWords } from './control-words.ts';
import { StopDialog } from './stop-dialog.tsx';

type Stopped = Extract<ControlQuestion, { readonly action: 'stop' | 'skip' }>;
type Skipped = Extract<ControlQuestion, { readonly of: 'instance' }>;

const close = (): void => {
  panels.setState({ control: null });
};

const Stop = ({ asked }: { readonly asked: Stopped }) => {
  const stop = useAction((client, force: boolean): Promise<unknown> =>
    asked.of === 'instance'
      ? client.instances.stop({ id: asked.id, force })
      : client.orchestrations.stop({ id: asked.id, force }),
  );
  return (
    <StopDialog
      title={`Stop ${asked.name}?`}
      description={asked.of === 'instance' ? stopWords(asked.hasStarted) : allStopWords('All its instances.')}
      open
      onClose={close}
      onStop={stop.run}
      pending={stop.pending}
      failure={stop.failure}
    />
  );
};

const Skip = ({ asked }: { readonly asked: Skipped }) => {
  const skip = useAction((client) => client.instances.skip({ id: asked.id }), close);
  return (
    <Confirm open onClose={close} title={`Skip ${asked.name}?`} description={skipWords(asked.hasStarted)}>
      {skip.failure === null ? null : <FailureNote failure={skip.failure} />}
      <Button look="primary" disabled={skip.pending} onClick={() => void skip.run()}>
        Skip it
      </Button>
    </Confirm>
  );
};

/** Asks before something is stopped or skipped, and says what a key could not do. */
export const ControlDialog = () => {
  const asked = useStore(panels, (state) => state.control);
  if (asked === null) return null;
  if (asked.action === 'failed') {
    return (
      <Dialog open onClose={close} title={asked.name}>
        <div className="px-4 pb-4">
          <FailureNote failure={asked.failure} />
        </div>
      </Dialog>
    );
  }
  if (asked.action === 'skip') return <Skip asked={asked} />;
  return <Stop asked={asked} />;
};
