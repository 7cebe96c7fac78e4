import { ArrowDown, ArrowUp } from 'lucide-react';
import { useState } from 'react';
import type { JsonValue } from '../../../shared/domain/plan/plan-spec.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { byAttention, byPlace } from '../../data/attention.ts';
import { activityLine } from '../../data/activity.ts';
import { courseWords } from '../../../shared/domain/course-words.ts';
import { useNow } from '../../data/clock.ts';
import { cx } from '../../ui/class-names.ts';
import { Cost, Duration, Tokens } from '../../ui/figures.tsx';
import { figuresOf, percentText, UNKNOWN } from '../../ui/format.ts';
import { Card } from '../../ui/layout.tsx';
import { moveInList } from '../../ui/list-keys.ts';
import { StateIcon } from '../../ui/state.tsx';
import { InstanceButtons } from '../control/instance-buttons.tsx';
import { InstanceChip } from './instance-chip.tsx';
import { InstanceLink } from './instance-link.tsx';

type Column = {
  readonly id: string;
  readonly title: string;
  readonly isNumber: boolean;
  /** A narrow table has no room for it. */
  readonly isExtra?: boolean;
  readonly compare: (a: InstanceView, b: InstanceView, now: number) => number;
};

const durationOf = ({ startedAt, endedAt }: InstanceView, now: number): number =>
  startedAt === null ? -1 : (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt);

const columns: readonly Column[] = [
  { id: 'name', title: 'Instance', isNumber: false, compare: (a, b) => a.name.localeCompare(b.name) },
  { id: 'state', title: 'State', isNumber: false, compare: byAttention },
  {
    id: 'model',
    title: 'Model',
    isNumber: false,
    compare: (a, b) => (a.model ?? '').localeCompare(b.model ?? ''),
  },
  { id: 'turns', title: 'Turns', isNumber: true, isExtra: true, compare: (a, b) => a.turns - b.turns },
  {
    id: 'tools',
    title: 'Tools',
    isNumber: true,
    isExtra: true,
    compare: (a, b) => a.toolCalls - b.toolCalls,
  },
  {
    id: 'duration',
    title: 'Duration',
    isNumber: true,
    compare: (a, b, now) => durationOf(a, now) - durationOf(b, now),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    isNumber: true,
    compare: (a, b) => figuresOf(a.usage).tokens - figuresOf(b.usage).tokens,
  },
  {
    id: 'hit',
    title: 'Cache hit',
    isNumber: true,
    isExtra: true,
    compare: (a, b) => (figuresOf(a.usage).hitRate ?? -1) - (figuresOf(b.usage).hitRate ?? -1),
  },
  {
    id: 'cost',
    title: 'Cost',
    isNumber: true,
    compare: (a, b) => figuresOf(a.usage).total.costMicroUsd - figuresOf(b.usage).total.costMicroUsd,
  },
];

/** What an instance of a fan-out is about. */
const itemText = (item: JsonValue): string => (typeof item === 'string' ? item : JSON.stringify(item));

type Sort = { readonly id: string; readonly down: boolean };

const extra = '@max-[720px]:hidden';

type HeadProps = { readonly column: Column; readonly sort: Sort; readonly onSort: (sort: Sort) => void };

const Head = ({ column, sort, onSort }: HeadProps) => {
  const on = sort.id === column.id;
  const Arrow = sort.down ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={on ? (sort.down ? 'descending' : 'ascending') : 'none'}
      className={cx(
        'border-b border-line px-1 py-1 font-medium whitespace-nowrap',
        column.isNumber ? 'text-right' : 'text-left',
        column.isExtra === true && extra,
      )}
    >
      <button
        type="button"
        className={cx(
          'inline-flex items-center gap-1 rounded-xs px-1.5 py-0.5 text-xs hover:bg-hover hover:text-ink',
          on ? 'text-ink' : 'text-ink-3',
          column.isNumber && 'flex-row-reverse',
        )}
        onClick={() => {
          onSort({ id: column.id, down: on ? !sort.down : column.isNumber });
        }}
      >
        {column.title}
        {on ? <Arrow size={11} aria-hidden /> : null}
      </button>
    </th>
  );
};

const cell = 'border-b border-line-soft px-2.5 py-1.5 whitespace-nowrap group-last:border-0';
const number = cx(cell, 'text-right tabular-nums');

const Row = ({ instance, plan }: { readonly instance: InstanceView; readonly plan: string | undefined }) => {
  const { known, tokens, hitRate } = figuresOf(instance.usage);
  const line = activityLine(instance);
  const item = instance.group === null ? [] : [itemText(instance.group.item)];
  const beside = [...item, ...courseWords(instance.course), ...(plan === undefined ? [] : [plan])];
  return (
    <tr className="group hover:bg-hover">
      <td className={cx(cell, 'w-full max-w-0 min-w-[170px]')}>
        <InstanceLink instance={instance} className="flex items-center gap-2 rounded-xs">
          <StateIcon state={instance.state} />
          <span className="min-w-0">
            <span className="block truncate font-[550]">
              {instance.name}
              {beside.map((words) => (
                <span key={words} className="font-normal text-ink-3">
                  {' '}
                  · {words}
                </span>
              ))}
            </span>
            {line === '' ? null : <span className="block truncate text-xs text-ink-3">{line}</span>}
          </span>
        </InstanceLink>
      </td>
      <td className={cell}>
        <InstanceChip instance={instance} />
      </td>
      <td className={cx(cell, 'text-ink-2')}>{instance.model?.replace('claude-', '') ?? UNKNOWN}</td>
      <td className={cx(number, extra)}>{instance.turns === 0 ? UNKNOWN : instance.turns}</td>
      <td className={cx(number, extra)}>{instance.startedAt === null ? UNKNOWN : instance.toolCalls}</td>
      <td className={number}>
        <Duration from={instance.startedAt} to={instance.endedAt} />
      </td>
      <td className={number}>
        <Tokens value={known ? tokens : null} />
      </td>
      <td className={cx(number, extra)}>{percentText(hitRate)}</td>
      <td className={cx(number, 'font-[550]')}>
        <Cost usage={instance.usage} />
      </td>
      <td className={cx(cell, 'py-0 pr-2 pl-0 text-right')}>
        <InstanceButtons instance={instance} compact />
      </td>
    </tr>
  );
};

type InstanceTableProps = {
  readonly label: string;
  readonly instances: readonly InstanceView[];
  /** The name of the orchestration of an instance, where there are several. */
  readonly planOf?: (instance: InstanceView) => string | undefined;
};

/** Instances in a table that sorts by any column; at first by what wants to be looked at. */
export const InstanceTable = ({ label, instances, planOf }: InstanceTableProps) => {
  const [sort, setSort] = useState<Sort>({ id: 'state', down: false });
  const now = useNow(false);
  const column = columns.find((one) => one.id === sort.id);
  const sorted = instances.toSorted(
    (a, b) => (column?.compare(a, b, now) ?? 0) * (sort.down ? -1 : 1) || byPlace(a, b),
  );
  return (
    <Card className="@container shrink-0 overflow-x-auto">
      {/* The handler only moves the focus among the links inside. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <table aria-label={label} className="w-full border-collapse" onKeyDown={moveInList}>
        <thead>
          <tr>
            {columns.map((one) => (
              <Head key={one.id} column={one} sort={sort} onSort={setSort} />
            ))}
            <th scope="col" className="border-b border-line">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((instance) => (
            <Row key={instance.id} instance={instance} plan={planOf?.(instance)} />
          ))}
        </tbody>
      </table>
    </Card>
  );
};
