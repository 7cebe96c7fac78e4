import { Columns2, Download, Ellipsis, Pencil, Pin, PinOff, StickyNote, Tag, Trash2 } from 'lucide-react';
import { panels } from '../../app/panels.ts';
import { go, routes } from '../../app/routes.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useEngine } from '../../data/engine.tsx';
import { cx } from '../../ui/class-names.ts';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { deleteSessions, togglePin } from '../library/library-actions.ts';

type SessionMenuProps = {
  readonly session: OrchestrationView;
  readonly onRename: () => void;
  /** One to compare it with, if there is one at hand. */
  readonly other?: OrchestrationView | undefined;
  readonly onDeleted?: () => void;
  readonly className?: string;
};

/** Everything that can be done to one session. */
export const SessionMenu = ({ session, onRename, other, onDeleted, className }: SessionMenuProps) => {
  const engine = useEngine();
  const one = [session];
  const compare: readonly MenuItem[] =
    other === undefined || other.id === session.id
      ? []
      : [
          {
            label: `Compare with ${other.name}`,
            icon: Columns2,
            onSelect: () => {
              go(routes.compare(other.id, session.id));
            },
          },
        ];
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`More for ${session.name}`}
          title="More"
          data-menu
          className={cx(
            'grid size-[26px] place-items-center rounded-s text-ink-2 hover:bg-line-soft hover:text-ink aria-expanded:bg-line-soft',
            className,
          )}
        >
          <Ellipsis size={15} strokeWidth={1.75} aria-hidden />
        </button>
      }
      items={[
        { label: 'Rename', icon: Pencil, keys: 'F2', onSelect: onRename },
        {
          label: 'Labels…',
          icon: Tag,
          keys: 'L',
          onSelect: () => {
            panels.setState({ library: { about: 'labels', sessions: one } });
          },
        },
        {
          label: session.note === null ? 'Add a note…' : 'Change the note…',
          icon: StickyNote,
          onSelect: () => {
            panels.setState({ library: { about: 'note', session } });
          },
        },
        {
          label: session.pinned ? 'Unpin' : 'Pin: keep for ever',
          icon: session.pinned ? PinOff : Pin,
          onSelect: () => void togglePin(engine, one),
        },
        ...compare,
        {
          label: 'Export…',
          icon: Download,
          onSelect: () => {
            panels.setState({ library: { about: 'export', sessions: one } });
          },
        },
        {
          label: session.state === 'running' ? 'Delete (stop it first)' : 'Delete',
          icon: Trash2,
          keys: 'Delete',
          danger: true,
          disabled: session.state === 'running',
          onSelect: () =>
            void deleteSessions(engine, one).then((isDone) => {
              if (isDone) onDeleted?.();
            }),
        },
      ]}
    />
  );
};
