import type { Failure } from '../../../shared/domain/failure.ts';
import { Button } from '../../ui/button.tsx';
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
  readonly failure: Failure | null;
};

/** Asks how to stop: gently (interrupt, time to finish), or at once. */
export const StopDialog = ({ title, description, open, onClose, onStop, pending, failure }: StopProps) => {
  const stop = (force: boolean): void => {
    void onStop(force).then((done) => {
      if (done) onClose();
    });
  };
  return (
    <Confirm open={open} onClose={onClose} title={title} description={description}>
      {failure === null ? null : <FailureNote failure={failure} />}
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
