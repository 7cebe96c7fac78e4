import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useEngine, useOverview } from '../../data/engine.tsx';
import { keyOfQuery, type SessionListState, type SessionSort } from '../../data/session-list.ts';
import { cx } from '../../ui/class-names.ts';
import { keptTop, useKeptPlace } from '../../ui/kept-place.ts';
import { rename } from '../library/library-actions.ts';
import { wordsOf } from '../search/query-words.ts';
import { extended, nothingSelected, toggled, type Selection } from './selection.ts';
import { SessionHead } from './session-head.tsx';
import { focusRow, onTableKey, placeOfFocus } from './session-keys.ts';
import { sessionGrid } from './session-columns.ts';
import { SessionRow, type SessionRowProps } from './session-row.tsx';

const ROW = 36;
const MIN_WIDTH = 'min-w-[520px]';

type PlacedRowProps = SessionRowProps & { readonly index: number; readonly top: number };

const PlacedRow = ({ index, top, ...row }: PlacedRowProps) => (
  <div
    role="row"
    aria-rowindex={index + 2}
    data-session={row.session.id}
    data-place={row.session.id}
    className={cx(
      sessionGrid,
      'group absolute inset-x-0 border-b border-line-soft',
      row.isSelected ? 'bg-sel' : 'hover:bg-hover',
    )}
    style={{ height: ROW, transform: `translateY(${String(top)}px)` }}
  >
    <SessionRow {...row} />
  </div>
);

/** The session whose name is being changed, where it stands; its row has the focus again afterwards. */
const useRenaming = (table: React.RefObject<HTMLElement | null>) => {
  const engine = useEngine();
  const [renaming, setRenaming] = useState<OrchestrationView['id'] | null>(null);
  const startRename = ({ id }: OrchestrationView): void => {
    setRenaming(id);
  };
  const endRename = (session: OrchestrationView, name: string | null): void => {
    setRenaming(null);
    if (name !== null) void rename(engine, session, name);
    // The row's link is there again with the next frame.
    requestAnimationFrame(() => {
      table.current?.querySelector<HTMLElement>(`[data-session="${session.id}"] [data-row]`)?.focus();
    });
  };
  return { renaming, startRename, endRename };
};

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
  const shownQuery = keyOfQuery(query);
  const scroller = useRef<HTMLDivElement>(null);
  const lastToggled = useRef<OrchestrationView['id'] | null>(null);
  const { renaming, startRename, endRename } = useRenaming(scroller);
  const live = useOverview((overview) => overview.orchestrations);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 15,
    scrollMargin: ROW,
    initialOffset: () => keptTop('sessions', shownQuery),
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= items.length - 20) onEnd();
  }, [last, items.length, onEnd]);
  useKeptPlace(scroller, 'sessions', shownQuery);

  const words = wordsOf(query.search);
  const [other] = selection.values();
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
        const place = placeOfFocus(event.target);
        onTableKey(event, {
          ...{ engine, selection, onSelect },
          sessions: items.map((item) => live.get(item.id) ?? item),
          onRename: startRename,
          onDeleted: () => {
            focusRow(scroller.current, place);
          },
        });
      }}
      className="@container mb-5 min-h-0 overflow-auto rounded-l border border-line bg-panel shadow-card"
    >
      <div role="rowgroup" className={cx('sticky top-0 z-10 border-b border-line bg-panel', MIN_WIDTH)}>
        <SessionHead
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
          return (
            <PlacedRow
              key={item.id}
              {...{ words, other }}
              index={row.index}
              top={row.start - ROW}
              session={live.get(item.id) ?? item}
              isSelected={selection.has(item.id)}
              isRenaming={renaming === item.id}
              onToggle={toggle}
              onRename={startRename}
              onRenamed={endRename}
            />
          );
        })}
      </div>
    </div>
  );
};
