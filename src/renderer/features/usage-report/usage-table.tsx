import { ArrowDown, ArrowUp } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { routes } from '../../app/routes.ts';
import { orchestrationIdSchema } from '../../../shared/domain/ids.ts';
import type { UsageDimension, UsageReport, UsageRow } from '../../../shared/domain/usage-report.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/class-names.ts';
import { Tokens } from '../../ui/figures.tsx';
import { durationText, percentText, UNKNOWN, wholeNumber } from '../../ui/format.ts';
import { Card } from '../../ui/layout.tsx';
import { CostText } from './cost-text.tsx';
import { tokensOf } from './usage-chart-data.ts';
import { dimensionWords, titleText } from './usage-words.ts';

type Column = {
  readonly id: string;
  readonly title: string;
  readonly value: (row: UsageRow) => number;
  readonly show: (row: UsageRow) => ReactNode;
  /** Stays at the right end. */
  readonly isPinned?: boolean;
};

const plain = (id: string, title: string, value: (row: UsageRow) => number): Column => ({
  ...{ id, title, value },
  show: (row) => wholeNumber(value(row)),
});
const tokens = (id: string, title: string, value: (row: UsageRow) => number): Column => ({
  ...{ id, title, value },
  show: (row) => <Tokens value={value(row)} />,
});

const counts: readonly Column[] = [
  plain('sessions', 'Sessions', (row) => row.orchestrations),
  plain('instances', 'Instances', (row) => row.instances),
  plain('succeeded', 'Succeeded', (row) => row.succeeded),
];

const usageColumns: readonly Column[] = [
  ...counts,
  tokens('input', 'Input', (row) => row.inputTokens),
  tokens('output', 'Output', (row) => row.outputTokens),
  tokens('write', 'Cache write', (row) => row.cacheWriteTokens),
  tokens('read', 'Cache read', (row) => row.cacheReadTokens),
  tokens('tokens', 'Tokens', tokensOf),
  {
    id: 'hit',
    title: 'Cache hit',
    value: (row) => row.cacheHitRate ?? -1,
    show: (row) => percentText(row.cacheHitRate),
  },
  {
    id: 'success',
    title: 'Per success',
    value: (row) => row.costPerSuccessMicroUsd ?? -1,
    show: (row) =>
      row.costPerSuccessMicroUsd === null ? (
        UNKNOWN
      ) : (
        <CostText microUsd={row.costPerSuccessMicroUsd} row={row} />
      ),
  },
  {
    id: 'cost',
    title: 'Cost',
    isPinned: true,
    value: (row) => row.costMicroUsd,
    show: (row) => (
      <span className="font-[550]">
        <CostText microUsd={row.costMicroUsd} row={row} />
      </span>
    ),
  },
];

const toolColumns: readonly Column[] = [
  ...counts,
  plain('calls', 'Calls', (row) => row.tools?.calls ?? 0),
  plain('errors', 'Failed', (row) => row.tools?.errors ?? 0),
  {
    id: 'time',
    title: 'Time',
    value: (row) => row.tools?.durationMs ?? 0,
    show: (row) => durationText(row.tools?.durationMs ?? 0),
  },
];

type Sort = { readonly id: string; readonly down: boolean } | null;

const head = 'border-b border-line px-0.5 py-1 font-medium whitespace-nowrap';
const cell = 'border-b border-line-soft px-2 py-1.5 whitespace-nowrap';
/** What one looks for first stays in sight while the others scroll. */
const pinned = 'sticky right-0 bg-inherit';
const number = cx(cell, 'text-right tabular-nums');

const Title = ({
  dimension,
  row,
  at,
}: {
  readonly dimension: UsageDimension;
  readonly row: UsageRow;
  readonly at: number;
}) => {
  const title = row.titles[at] ?? '';
  const id = dimension === 'orchestration' ? orchestrationIdSchema.safeParse(row.keys[at]) : null;
  if (id?.success !== true) return <span title={title}>{titleText(dimension, title)}</span>;
  return (
    <Link href={routes.orchestration(id.data)} className="rounded-xs hover:underline">
      {title}
    </Link>
  );
};

const ROWS_MOST = 200;

const sorted = (rows: readonly UsageRow[], columns: readonly Column[], sort: Sort): readonly UsageRow[] => {
  const column = columns.find(({ id }) => id === sort?.id);
  if (sort === null || column === undefined) return rows;
  return rows.toSorted((a, b) => (column.value(a) - column.value(b)) * (sort.down ? -1 : 1));
};

type HeadProps = { readonly column: Column; readonly sort: Sort; readonly onSort: (sort: Sort) => void };

const Head = ({ column, sort, onSort }: HeadProps) => {
  const isOn = sort?.id === column.id;
  const Arrow = sort?.down === false ? ArrowUp : ArrowDown;
  // Down, up, and then as the report came.
  const next = isOn ? (sort.down ? { id: column.id, down: false } : null) : { id: column.id, down: true };
  return (
    <th
      scope="col"
      aria-sort={isOn ? (sort.down ? 'descending' : 'ascending') : 'none'}
      className={cx(head, 'text-right', column.isPinned === true && 'sticky right-0 bg-panel')}
    >
      <button
        type="button"
        className={cx(
          'inline-flex flex-row-reverse items-center gap-1 rounded-xs px-1.5 py-0.5 text-xs hover:bg-hover hover:text-ink',
          isOn ? 'text-ink' : 'text-ink-3',
        )}
        onClick={() => {
          onSort(next);
        }}
      >
        {column.title}
        {isOn ? <Arrow size={11} aria-hidden /> : null}
      </button>
    </th>
  );
};

/** The numbers of a report, with their total; by any column. */
export const UsageTable = ({ report }: { readonly report: UsageReport }) => {
  const [sort, setSort] = useState<Sort>(null);
  const [all, setAll] = useState(false);
  const { by, total } = report;
  const columns = by.includes('tool') ? toolColumns : usageColumns;
  const rows = sorted(report.rows, columns, sort);
  const shown = all ? rows : rows.slice(0, ROWS_MOST);
  return (
    <Card className="shrink-0 overflow-x-auto">
      <table aria-label="Usage" className="w-full border-collapse">
        <thead>
          <tr>
            {by.map((dimension) => (
              <th key={dimension} scope="col" className={cx(head, 'px-2 text-left text-xs text-ink-3')}>
                {dimensionWords[dimension]}
              </th>
            ))}
            {columns.map((column) => (
              <Head key={column.id} column={column} sort={sort} onSort={setSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.keys.join('\n')} className="bg-panel hover:bg-hover">
              {by.map((dimension, at) => (
                <td
                  key={dimension}
                  className={cx(cell, 'max-w-[260px] truncate', at === 0 ? 'font-[550]' : 'text-ink-2')}
                >
                  <Title dimension={dimension} row={row} at={at} />
                </td>
              ))}
              {columns.map((column) => (
                <td key={column.id} className={cx(number, column.isPinned === true && pinned)}>
                  {column.show(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="bg-chrome font-[550]">
            <th scope="row" colSpan={by.length} className="px-2 py-2 text-left font-[550]">
              Total
            </th>
            {columns.map((column) => (
              <td
                key={column.id}
                className={cx(
                  'px-2 py-2 text-right whitespace-nowrap tabular-nums',
                  column.isPinned === true && pinned,
                )}
              >
                {column.show(total)}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
      {shown.length < rows.length ? (
        <div className="flex justify-center border-t border-line-soft p-2">
          <Button
            look="ghost"
            onClick={() => {
              setAll(true);
            }}
          >
            Show all {wholeNumber(rows.length)} rows
          </Button>
        </div>
      ) : null}
    </Card>
  );
};
