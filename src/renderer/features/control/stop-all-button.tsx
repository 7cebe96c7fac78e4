import { CircleStop } from 'lucide-react';
import { useState } from 'react';
import type { EngineClient } from '../../../shared/contract/contract.ts';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { allStopWords } from './control-words.ts';
import { StopDialog } from './stop-dialog.tsx';

type StopAllButtonProps = {
  readonly title: string;
  /** What is stopped, as a sentence. */
  readonly what: string;
  readonly stop: (client: EngineClient, force: boolean) => Promise<unknown>;
};

/** Stops several instances at once, after asking how. */
export const StopAllButton = ({ title, what, stop }: StopAllButtonProps) => {
  const [asking, setAsking] = useState(false);
  const { run, pending, failure } = useAction(stop);
  return (
    <>
      <Button
        look="danger"
        icon={CircleStop}
        onClick={() => {
          setAsking(true);
        }}
      >
        Stop all
      </Button>
      <StopDialog
        title={title}
        description={allStopWords(what)}
        open={asking}
        onClose={() => {
          setAsking(false);
        }}
        onStop={run}
        pending={pending}
        failure={failure}
      />
    </>
  );
};
