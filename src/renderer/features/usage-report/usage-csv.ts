import type { UsageReport, UsageRow } from '../../../shared/domain/usage-report.ts';

const columns: readonly (readonly [string, (row: UsageRow) => string | number | null])[] = [
  ['sessions', (row) => row.orchestrations],
  ['instances', (row) => row.instances],
  ['succeeded', (row) => row.succeeded],
  ['input_tokens', (row) => row.inputTokens],
  ['output_tokens', (row) => row.outputTokens],
  ['cache_write_tokens', (row) => row.cacheWriteTokens],
  ['cache_read_tokens', (row) => row.cacheReadTokens],
  ['cache_hit_rate', (row) => row.cacheHitRate],
  ['cost_micro_usd', (row) => row.costMicroUsd],
  ['cost_basis', (row) => (row.atLeast ? 'at least' : row.basis)],
  ['cost_per_success_micro_usd', (row) => row.costPerSuccessMicroUsd],
];
const toolColumns: typeof columns = [
  ['calls', (row) => row.tools?.calls ?? null],
  ['errors', (row) => row.tools?.errors ?? null],
  ['duration_ms', (row) => row.tools?.durationMs ?? null],
];

/** A cell; what a spreadsheet would take for a formula is made text by an apostrophe. */
const cell = (value: string | number | null): string => {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A report as CSV (RFC 4180) with a line of names; costs are whole micro-dollars. Without the totals, which sums of a spreadsheet give. */
export const usageCsv = ({ by, rows }: UsageReport): string => {
  const own = by.includes('tool') ? [...columns.slice(0, 3), ...toolColumns] : columns;
  const lines = [
    [...by, ...own.map(([name]) => name)],
    ...rows.map((row) => [...row.titles, ...own.map(([, of]) => of(row))]),
  ];
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
};
