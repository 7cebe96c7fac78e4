import type { KeyboardEvent } from 'react';
import { panels } from '../../app/panels.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { Engine } from '../../data/engine.tsx';
import { isTypingIn, matchesKeys } from '../../ui/keyboard.ts';
import { moveInList } from '../../ui/list-keys.ts';
import { deleteSessions } from '../library/library-actions.ts';
import { nothingSelected, toggled, type Selection } from './selection.ts';

type TableKeys = {
  readonly engine: Engine;
  readonly sessions: readonly OrchestrationView[];
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly onRename: (session: OrchestrationView) => void;
  readonly onDeleted: () => void;
};

/** Keys of the row in focus; with sessions ticked, those that can be of several are of all of them. */
const onRowKey = (key: string, session: OrchestrationView, keys: TableKeys): boolean => {
  const { engine, selection, onSelect, onRename, onDeleted } = keys;
  const many = selection.size > 0 ? [...selection.values()] : [session];
  switch (key === 'Backspace' && engine.host.isMac ? 'Delete' : key) {
    case 'x':
      onSelect(toggled(selection, session));
      return true;
    case 'F2':
      onRename(session);
      return true;
    case 'l':
      panels.setState({ library: { about: 'labels', sessions: many } });
      return true;
    case 'Delete':
      void deleteSessions(engine, many).then((isDone) => {
        if (isDone) onDeleted();
      });
      return true;
    default:
      return false;
  }
};

const onListKey = (event: KeyboardEvent, { engine, selection, onSelect, sessions }: TableKeys): boolean => {
  if (matchesKeys(event.nativeEvent, 'Mod+A', engine.host.isMac)) {
    onSelect(new Map(sessions.map((one) => [one.id, one])));
    return true;
  }
  if (event.key !== 'Escape' || selection.size === 0) return false;
  onSelect(nothingSelected);
  return true;
};

/** The keys of the list of sessions: those of the row in focus, and those of all of it. */
export const onTableKey = (event: KeyboardEvent<HTMLElement>, keys: TableKeys): void => {
  const { target, ctrlKey, metaKey, altKey } = event;
  if (event.defaultPrevented || (isTypingIn(target) && !isCheckbox(target))) return;
  const row = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-session]') : null;
  const session = keys.sessions.find(({ id }) => id === row?.dataset['session']);
  const isPlain = !ctrlKey && !metaKey && !altKey;
  if (onListKey(event, keys) || (isPlain && session !== undefined && onRowKey(event.key, session, keys)))
    event.preventDefault();
  else moveInList(event);
};

/** Which row something is in, by `aria-rowindex`. */
export const placeOfFocus = (target: EventTarget): number =>
  target instanceof HTMLElement
    ? Number(target.closest('[role="row"]')?.getAttribute('aria-rowindex') ?? 2)
    : 2;

/** Puts the focus on what is now in the place of a row, once it is drawn; on the last row when there are fewer. */
export const focusRow = (table: HTMLElement | null, place: number): void => {
  requestAnimationFrame(() => {
    const rows = [...(table?.querySelectorAll<HTMLElement>('[data-session]') ?? [])];
    const row = rows.find((one) => Number(one.getAttribute('aria-rowindex')) === place) ?? rows.at(-1);
    row?.querySelector<HTMLElement>('[data-row]')?.focus();
  });
};

const isCheckbox = (target: EventTarget): boolean =>
  target instanceof HTMLInputElement && target.type === 'checkbox';
