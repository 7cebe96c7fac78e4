import { CircleStop, Pause, Play, RotateCcw, SkipForward, type LucideIcon } from 'lucide-react';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { panels } from '../../app/panels.ts';
import { controlsOf, type InstanceControl } from '../../data/controls.ts';
import { useAction } from '../../data/use-action.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { FailureNote } from '../../ui/notes.tsx';

type InstanceButtonsProps = { readonly instance: InstanceView; readonly compact?: boolean };

const looks: Readonly<
  Record<InstanceControl, { readonly word: string; readonly icon: LucideIcon; readonly keys: string }>
> = {
  pause: { word: 'Pause', icon: Pause, keys: 'P' },
  resume: { word: 'Go on', icon: Play, keys: 'P' },
  skip: { word: 'Skip', icon: SkipForward, keys: 'X' },
  stop: { word: 'Stop', icon: CircleStop, keys: 'S' },
  restart: { word: 'Restart', icon: RotateCcw, keys: 'Shift+R' },
};

type ButtonProps = {
  readonly control: InstanceControl;
  readonly name: string;
  readonly compact: boolean;
  readonly pending: boolean;
  readonly onClick: () => void;
};

const ControlButton = ({ control, name, compact, pending, onClick }: ButtonProps) => {
  const { word, icon, keys } = looks[control];
  if (compact)
    return <IconButton label={`${word} ${name}`} icon={icon} disabled={pending} onClick={onClick} />;
  return (
    <Button
      look={control === 'stop' ? 'danger' : 'plain'}
      icon={icon}
      disabled={pending}
      aria-keyshortcuts={keys}
      onClick={onClick}
    >
      {word}
    </Button>
  );
};

/** What may be done to one instance as it stands; `compact` shows icons only, and leaves skipping to the page. */
export const InstanceButtons = ({ instance, compact = false }: InstanceButtonsProps) => {
  const { id, name } = instance;
  const act = useAction((client, control: 'pause' | 'resume' | 'restart') =>
    client.instances[control]({ id }),
  );
  const choose = (control: InstanceControl): void => {
    if (control === 'stop' || control === 'skip') {
      const hasStarted = instance.attempts > 0;
      panels.setState({ control: { action: control, of: 'instance', id, name, hasStarted } });
    } else void act.run(control);
  };
  const shown = controlsOf(instance).filter((control) => !compact || control !== 'skip');
  return (
    <>
      {act.failure === null ? null : <FailureNote failure={act.failure} className="flex-1" />}
      {shown.map((control) => (
        <ControlButton
          key={control}
          control={control}
          name={name}
          compact={compact}
          pending={act.pending}
          onClick={() => {
            choose(control);
          }}
        />
      ))}
    </>
  );
};
