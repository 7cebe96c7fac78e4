import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { routes } from '../../app/routes.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useNow } from '../../data/clock.ts';
import { useOverview } from '../../data/engine.tsx';
import type { SessionListState } from '../../data/session-list.ts';
import { cx } from '../../ui/class-names.ts';
import { Cost, Duration, Tokens } from '../../ui/figures.tsx';
import { figuresOf, percentText, whenText } from '../../ui/format.ts';
import { Marked } from '../../ui/marked.tsx';
import { moveInList } from '../../ui/list-keys.ts';
import { StateChip, StateIcon } from '../../ui/state.tsx';

const ROW = 36;
const grid = 'grid grid-cols-[minmax(140px,1fr)_100px_150px_84px_92px_84px_84px_104px] items-center px-1';
const heads = ['Orchestration', 'State', 'Started', 'Instances', 'Duration', 'Tokens', 'Cache hit', 'Cost'];
const isNumber = (column: number): boolean => column > 2;
const number = 'px-2.5 text-right tabular-nums whitespace-nowrap';

type RowProps = { readonly session: OrchestrationView; readonly search: string; readonly now: number };

const Row = ({ session, search, now }: RowProps) => {
  const { known, tokens, hitRate } = figuresOf(session.usage);
  return (
    <>
      <div role="cell" className="min-w-0 px-2.5">
        <Link
          href={routes.orchestration(session.id)}
          data-row
          className="flex items-center gap-2 rounded-xs font-[550] before:absolute before:inset-0 focus-visible:outline-none focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-focus"
        >
          <StateIcon state={session.state} />
          <span className="truncate">
            <Marked text={session.name} search={search} />
          </span>
        </Link>
      </div>
      <div role="cell" className="px-2.5">
        <StateChip state={session.state} />
      </div>
      <div role="cell" className="px-2.5 whitespace-nowrap text-ink-2 tabular-nums">
        {whenText(session.startedAt, now)}
      </div>
      <div role="cell" className={number}>
        {session.instanceCount}
      </div>
      <div role="cell" className={number}>
        <Duration from={session.startedAt} to={session.endedAt} />
      </div>
      <div role="cell" className={number}>
        <Tokens value={known ? tokens : null} className="relative" />
      </div>
      <div role="cell" className={number}>
        {percentText(hitRate)}
      </div>
      <div role="cell" className={number}>
        <Cost usage={session.usage} className="relative" />
      </div>
    </>
  );
};

type SessionTableProps = { readonly state: SessionListState; readonly onEnd: () => void };

/** Sessions as rows; only those in sight exist, and the next page is asked for before the end comes into sight. */
export const SessionTable = ({ state, onEnd }: SessionTableProps) => {
  const { items, total, query } = state;
  const scroller = useRef<HTMLDivElement>(null);
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
  return (
    // The handler only moves the focus among the links inside.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={scroller}
      role="table"
      aria-label="Sessions"
      aria-rowcount={total + 1}
      aria-busy={state.status === 'loading' || state.status === 'more'}
      onKeyDown={moveInList}
      className="mb-5 min-h-0 overflow-auto rounded-l border border-line bg-panel shadow-card"
    >
      <div role="rowgroup" className="sticky top-0 z-10 min-w-[840px] border-b border-line bg-panel">
        <div role="row" aria-rowindex={1} className={cx(grid, 'h-[30px] text-xs text-ink-3')}>
          {heads.map((head, column) => (
            <span key={head} role="columnheader" className={cx('px-2.5', isNumber(column) && 'text-right')}>
              {head}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative min-w-[840px]" style={{ height: rows.getTotalSize() }}>
        {shown.map((row) => {
          const item = items[row.index];
          if (item === undefined) return null;
          return (
            <div
              key={item.id}
              role="row"
              aria-rowindex={row.index + 2}
              className={cx(grid, 'absolute inset-x-0 border-b border-line-soft hover:bg-hover')}
              style={{ height: ROW, transform: `translateY(${String(row.start - ROW)}px)` }}
            >
              <Row session={live.get(item.id) ?? item} search={query.search} now={now} />
            </div>
          );
        })}
      </div>
    </div>
  );
};
