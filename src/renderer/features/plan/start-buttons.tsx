import { CalendarClock, Play } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import type { PlanCheck } from '../../../shared/contract/plan-check.ts';
import { useEngine } from '../../data/engine.tsx';
import { Button } from '../../ui/button.tsx';
import { matchesKeys } from '../../ui/keyboard.ts';
import { Keys } from '../../ui/keys.tsx';
import { InputsDialog } from './inputs-dialog.tsx';
import type { PlanRun, StartKind } from './use-plan-run.ts';

const useRunKey = (run: () => void): void => {
  const { host } = useEngine();
  const onRun = useEffectEvent(run);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || !matchesKeys(event, 'Mod+Enter', host.isMac)) return;
      event.preventDefault();
      onRun();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, [host]);
};

/** How a plan begins: asked for its inputs first, where it has some. */
export type Start = {
  /** What the key does: schedules a plan with a schedule, runs another at once. */
  readonly main: () => void;
  readonly begin: (kind: StartKind) => void;
  readonly canStart: boolean;
  readonly isScheduled: boolean;
  /** The inputs that are being asked for. */
  readonly asking: StartKind | null;
  readonly stopAsking: () => void;
};

/** What the buttons, the key and the dialog of a start share. */
export const useStart = (run: PlanRun, check: PlanCheck | null, isEmpty: boolean): Start => {
  const [asking, setAsking] = useState<StartKind | null>(null);
  const canStart = !isEmpty && !run.pending && (check === null || check.problems.length === 0);
  const isScheduled = (check?.summary?.schedule ?? null) !== null;
  const begin = (kind: StartKind): void => {
    if (!canStart || asking !== null) return;
    run.dismiss();
    if ((check?.summary?.inputs.length ?? 0) > 0) setAsking(kind);
    else void run.start(kind, {});
  };
  const main = (): void => {
    begin(isScheduled ? 'schedule' : 'run');
  };
  useRunKey(main);
  return {
    main,
    begin,
    canStart,
    isScheduled,
    asking,
    stopAsking: () => {
      setAsking(null);
    },
  };
};

/** *Run*; of a plan with a schedule *Schedule*, and running it once now. */
export const StartButtons = ({ start }: { readonly start: Start }) => {
  const key = { 'aria-keyshortcuts': 'Control+Enter' };
  if (!start.isScheduled) {
    return (
      <Button look="primary" icon={Play} disabled={!start.canStart} onClick={start.main} {...key}>
        Run <Keys keys="Mod+Enter" bare />
      </Button>
    );
  }
  return (
    <>
      <Button
        icon={Play}
        disabled={!start.canStart}
        onClick={() => {
          start.begin('run_now');
        }}
      >
        Run once now
      </Button>
      <Button look="primary" icon={CalendarClock} disabled={!start.canStart} onClick={start.main} {...key}>
        Schedule <Keys keys="Mod+Enter" bare />
      </Button>
    </>
  );
};

type AskForInputsProps = { readonly start: Start; readonly run: PlanRun; readonly check: PlanCheck | null };

/** The dialog for the inputs, while they are asked for. */
export const AskForInputs = ({ start, run, check }: AskForInputsProps) => {
  const summary = check?.summary ?? null;
  const { asking, stopAsking } = start;
  if (asking === null || summary === null) return null;
  const word = asking === 'schedule' ? 'Schedule' : 'Run';
  return (
    <InputsDialog
      title={`${word} ${summary.name}`}
      button={word}
      inputs={summary.inputs}
      pending={run.pending}
      failure={run.failure}
      onGive={(inputs) => {
        void run.start(asking, inputs).then((done) => {
          if (done) stopAsking();
        });
      }}
      onClose={() => {
        run.dismiss();
        stopAsking();
      }}
    />
  );
};
