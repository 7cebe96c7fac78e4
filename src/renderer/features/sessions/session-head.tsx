import { ArrowDown, ArrowUp } from 'lucide-react';
import type { SessionSort } from '../../data/session-list.ts';
import { cx } from '../../ui/class-names.ts';
import { nextSort, sessionColumns, sessionGrid } from './session-columns.ts';

type HeadProps = {
  readonly sort: SessionSort;
  readonly onSort: (sort: SessionSort) => void;
  readonly isAllSelected: boolean;
  readonly isSomeSelected: boolean;
  readonly onSelectAll: (on: boolean) => void;
};

/** The heads of the columns, which sort by them, and the box that ticks all. */
export const SessionHead = ({ sort, onSort, isAllSelected, isSomeSelected, onSelectAll }: HeadProps) => (
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
    {sessionColumns.map(({ title, by, isNumber, room }) => {
      const isOn = by === sort.by;
      const Arrow = sort.direction === 'asc' ? ArrowUp : ArrowDown;
      return (
        <span
          key={title}
          role="columnheader"
          {...(by === null
            ? {}
            : { 'aria-sort': isOn ? (sort.direction === 'asc' ? 'ascending' : 'descending') : 'none' })}
          className={cx('flex', title !== 'Orchestration' && 'px-1', isNumber && 'justify-end', room)}
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
