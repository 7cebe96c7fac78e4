import { Columns2, Download, Pin, PinOff, Tag, Trash2 } from 'lucide-react';
import { panels } from '../../app/panels.ts';
import { go, routes } from '../../app/routes.ts';
import { useEngine } from '../../data/engine.tsx';
import { Button } from '../../ui/button.tsx';
import { deleteSessions, togglePin } from '../library/library-actions.ts';
import type { Selection } from './selection.ts';

type SelectionBarProps = { readonly selection: Selection; readonly onClear: () => void };

/** What can be done to the sessions that are ticked. */
export const SelectionBar = ({ selection, onClear }: SelectionBarProps) => {
  const engine = useEngine();
  const sessions = [...selection.values()];
  const [first, second] = sessions;
  const isPair = first !== undefined && second !== undefined && sessions.length === 2;
  const areAllPinned = sessions.every(({ pinned }) => pinned);
  const runs = sessions.some(({ state }) => state === 'running');
  return (
    <div role="group" aria-label="Selected sessions" className="flex flex-wrap items-center gap-1.5">
      <span role="status" className="pr-1 text-s font-[550] tabular-nums">
        {sessions.length} selected
      </span>
      <Button
        icon={Tag}
        onClick={() => {
          panels.setState({ library: { about: 'labels', sessions } });
        }}
      >
        Labels…
      </Button>
      <Button icon={areAllPinned ? PinOff : Pin} onClick={() => void togglePin(engine, sessions)}>
        {areAllPinned ? 'Unpin' : 'Pin'}
      </Button>
      <Button
        icon={Columns2}
        disabled={!isPair}
        title={isPair ? undefined : 'Select two to compare them'}
        onClick={() => {
          if (isPair) go(routes.compare(first.id, second.id));
        }}
      >
        Compare
      </Button>
      <Button
        icon={Download}
        onClick={() => {
          panels.setState({ library: { about: 'export', sessions } });
        }}
      >
        Export…
      </Button>
      <Button
        look="danger"
        icon={Trash2}
        disabled={runs}
        title={runs ? 'Stop what still runs first' : undefined}
        onClick={() => void deleteSessions(engine, sessions)}
      >
        Delete
      </Button>
      <Button look="ghost" aria-keyshortcuts="Escape" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
};
