import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { panels } from '../../app/panels.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useNow } from '../../data/clock.ts';
import { useEngine, useOverview, type Engine } from '../../data/engine.tsx';
import type { SessionListState, SessionSort } from '../../data/session-list.ts';
import { cx } from '../../ui/class-names.ts';
import { isTypingIn, matchesKeys } from '../../ui/keyboard.ts';
import { moveInList } from '../../ui/list-keys.ts';
import { deleteSessions, rename } from '../library/library-actions.ts';
import { wordsOf } from '../search/query-words.ts';
import { extended, nothingSelected, toggled, type Selection } from './selection.ts';
import { nextSort, sessionColumns } from './session-columns.ts';
import { sessionGrid, SessionRow } from './session-row.tsx';

const ROW = 36;
const MIN_WIDTH = 'min-w-[900px]';

type HeadProps = {
  readonly sort: SessionSort;
  readonly onSort: (sort: SessionSort) => void;
  readonly isAllSelected: boolean;
  readonly isSomeSelected: boolean;
  readonly onSelectAll: (on: boolean) => void;
};

const Head = ({ sort, onSort, isAllSelected, isSomeSelected, onSelectAll }: HeadProps) => (
  <div role="row" aria-rowindex={1} className={cx(sessionGrid, 'h-[30px] text-xs text-ink-3')}>
    <span role="columnheader" className="grid place-items-center">
      <input
        type="checkbox"
        aria-label="Select all that are shown"
        checked={isAllSelected}
        ref={(box) => {
          if (box !== null) box.indeterminate = isSomeSelected && !isAllSelected;
        }}
        onChange={(event) => {
          onSelectAll(event.currentTarget.checked);
        }}
        className="accent-accent"
      />
    </span>
    {sessionColumns.map(({ title, by, isNumber }) => {
      const isOn = by === sort.by;
      const Arrow = sort.direction === 'asc' ? ArrowUp : ArrowDown;
      return (
        <span
          key={title}
          role="columnheader"
          {...(by === null
            ? {}
            : { 'aria-sort': isOn ? (sort.direction === 'asc' ? 'ascending' : 'descending') : 'none' })}
          className={cx('flex', title !== 'Orchestration' && 'px-1', isNumber && 'justify-end')}
        >
          {by === null ? (
            <span className="px-1.5">{title}</span>
          ) : (
            <button
              type="button"
              className={cx(
                'inline-flex items-center gap-1 rounded-xs px-1.5 py-0.5 hover:bg-hover hover:text-ink',
                title === 'Orchestration' && '-ml-1.5',
                isOn && 'font-medium text-ink',
                isNumber && 'flex-row-reverse',
              )}
              onClick={() => {
                onSort(nextSort(sort, by));
              }}
            >
              {title}
              {isOn ? <Arrow size={11} aria-hidden /> : null}
            </button>
          )}
        </span>
      );
    })}
    <span role="columnheader">
      <span className="sr-only">Actions</span>
    </span>
  </div>
);

type RowKeys = {
  readonly engine: Engine;
  readonly sessions: readonly OrchestrationView[];
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly onRename: (session: OrchestrationView) => void;
};

/** Keys of the row in focus; with sessions ticked, those that can be of several are of all of them. */
const onRowKey = (event: KeyboardEvent, session: OrchestrationView, keys: RowKeys): boolean => {
  const { engine, selection, onSelect, onRename } = keys;
  const many = selection.size > 0 ? [...selection.values()] : [session];
  if (event.key === 'x' || event.key === 'X') onSelect(toggled(selection, session));
  else if (event.key === 'F2') onRename(session);
  else if (event.key === 'l' || event.key === 'L') panels.setState({ library: { about: 'labels', sessions: many } });
  else if (event.key === 'Delete') void deleteSessions(engine, many);
  else return false;
  return true;
};

const onTableKey = (event: KeyboardEvent<HTMLElement>, keys: RowKeys): void => {
  if (event.defaultPrevented || (isTypingIn(event.target) && !isCheckbox(event.target))) return;
  const { target } = event;
  const row = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-session]') : null;
  const session = keys.sessions.find(({ id }) => id === row?.dataset['session']);
  const { engine, selection, onSelect, sessions } = keys;
  if (matchesKeys(event.nativeEvent, 'Mod+A', engine.host.isMac)) {
    onSelect(new Map(sessions.map((one) => [one.id, one])));
  } else if (event.key === 'Escape' && selection.size > 0) onSelect(nothingSelected);
  else if (event.ctrlKey || event.metaKey || event.altKey || session === undefined || !onRowKey(event, session, keys)) {
    moveInList(event);
    return;
  }
  event.preventDefault();
};

const isCheckbox = (target: EventTarget): boolean => target instanceof HTMLInputElement && target.type === 'checkbox';

type SessionTableProps = {
  readonly state: SessionListState;
  readonly sort: SessionSort;
  readonly onSort: (sort: SessionSort) => void;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly onEnd: () => void;
};

/** Sessions as rows; only those in sight exist, and the next page is asked for before the end comes into sight. */
export const SessionTable = ({ state, sort, onSort, selection, onSelect, onEnd }: SessionTableProps) => {
  const engine = useEngine();
  const { items, total, query } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const lastToggled = useRef<OrchestrationView['id'] | null>(null);
  const [renaming, setRenaming] = useState<OrchestrationView['id'] | null>(null);
  const live = useOverview((overview) => overview.orchestrations);
  const now = useNow(false);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 15,
    scrollMargin: ROW,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= items.length - 20) onEnd();
  }, [last, items.length, onEnd]);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [query]);

  const words = wordsOf(query.search);
  const [ticked] = selection.values();
  const endRename = (session: OrchestrationView, name: string | null): void => {
    setRenaming(null);
    if (name !== null) void rename(engine, session, name);
    // The row's link is there again with the next frame.
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-session="${session.id}"] [data-row]`)?.focus();
    });
  };
  const toggle = (session: OrchestrationView, extend: boolean): void => {
    onSelect(
      extend ? extended(selection, items, [lastToggled.current, session.id]) : toggled(selection, session),
    );
    lastToggled.current = session.id;
  };
  return (
    // The handler is for what is in focus inside.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={scroller}
      role="table"
      aria-label="Sessions"
      aria-rowcount={total + 1}
      aria-busy={state.status === 'loading' || state.status === 'more'}
      data-selecting={selection.size > 0 ? '' : undefined}
      onKeyDown={(event) => {
        onTableKey(event, {
          ...{ engine, selection, onSelect },
          sessions: items.map((item) => live.get(item.id) ?? item),
          onRename: ({ id }) => {
            setRenaming(id);
          },
        });
      }}
      className="mb-5 min-h-0 overflow-auto rounded-l border border-line bg-panel shadow-card"
    >
      <div role="rowgroup" className={cx('sticky top-0 z-10 border-b border-line bg-panel', MIN_WIDTH)}>
        <Head
          sort={sort}
          onSort={onSort}
          isSomeSelected={selection.size > 0}
          isAllSelected={items.length > 0 && items.every(({ id }) => selection.has(id))}
          onSelectAll={(on) => {
            onSelect(on ? new Map(items.map((one) => [one.id, one])) : nothingSelected);
          }}
        />
      </div>
      <div role="rowgroup" className={cx('relative', MIN_WIDTH)} style={{ height: rows.getTotalSize() }}>
        {shown.map((row) => {
          const item = items[row.index];
          if (item === undefined) return null;
          const session = live.get(item.id) ?? item;
          const isSelected = selection.has(item.id);
          return (
            <div
              key={item.id}
              role="row"
              aria-rowindex={row.index + 2}
              data-session={item.id}
              className={cx(
                sessionGrid,
                'group absolute inset-x-0 border-b border-line-soft',
                isSelected ? 'bg-sel' : 'hover:bg-hover',
              )}
              style={{ height: ROW, transform: `translateY(${String(row.start - ROW)}px)` }}
            >
              <SessionRow
                {...{ session, words, now, isSelected }}
                other={ticked}
                isRenaming={renaming === item.id}
                onToggle={toggle}
                onRename={(one) => {
                  setRenaming(one?.id ?? null);
                }}
                onRenamed={endRename}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
};
