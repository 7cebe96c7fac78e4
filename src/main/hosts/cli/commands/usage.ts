import { csvLine } from '../../../exports/csv-line.ts';
import { exactDollars } from '../../../exports/figures.ts';
import { didYouMean } from '../../../../shared/domain/did-you-mean.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { instantOf, type Instant } from '../../../../shared/domain/ids.ts';
import {
  USAGE_DIMENSIONS,
  type UsageDimension,
  type UsageReport,
  type UsageRow,
} from '../../../../shared/domain/usage-report.ts';
import { momentOf } from '../../../../shared/domain/zoned-time.ts';
import { columnLines, type Column } from '../columns.ts';
import { withEngine, type CliContext } from '../context.ts';
import { costText, durationText, shareText, tokensText } from '../figures.ts';
import { printable } from '../terminal-text.ts';

export type UsageOptions = {
  readonly by: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly search?: string;
  readonly timeZone?: string;
  readonly format: 'text' | 'table' | 'json' | 'csv';
};

const isDimension = (text: string): text is UsageDimension =>
  (USAGE_DIMENSIONS as readonly string[]).includes(text);

const dimensionNamed = (text: string): UsageDimension => {
  if (isDimension(text)) return text;
  const meant = didYouMean(text, USAGE_DIMENSIONS);
  const guess = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw failureError(
    'arguments.usage',
    `Usage is not reported by "${text}".${guess} These there are: ${USAGE_DIMENSIONS.join(', ')}.`,
  );
};

const dimensionsOf = (texts: readonly string[]): UsageDimension[] => {
  const by = [...new Set(texts.map(dimensionNamed))];
  if (by.length === 0 || by.length > 4) {
    throw failureError('arguments.usage', 'Name one to four of what to report by.');
  }
  if (by.includes('tool') && by.includes('model')) {
    throw failureError(
      'arguments.usage',
      'Calls of tools are not counted by model: leave out one of the two.',
    );
  }
  return by;
};

const midnight = { hour: 0, minute: 0, second: 0 };

/** A day begins `after` days later: 1 for the end of it. */
const momentFrom = (option: string, text: string, timeZone: string, after: 0 | 1): Instant => {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year !== undefined) {
    const date = { year: Number(year), month: Number(month), day: Number(day) };
    const isThere = new Date(`${text}T00:00:00Z`).getUTCDate() === date.day;
    if (isThere) return instantOf(momentOf({ ...date, ...midnight, day: date.day + after }, timeZone));
  }
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  if (isMoment && !Number.isNaN(Date.parse(text))) return instantOf(Date.parse(text));
  throw failureError(
    'arguments.usage',
    `${option} "${text}" is no day. Give one such as 2026-11-01, or a moment such as 2026-11-01T08:00Z.`,
  );
};

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });

const titlesOf: Readonly<Record<UsageDimension, string>> = {
  day: 'DAY',
  week: 'WEEK',
  month: 'MONTH',
  model: 'MODEL',
  plan: 'PLAN',
  workspace: 'WORKSPACE',
  user: 'USER',
  tool: 'TOOL',
  orchestration: 'ORCHESTRATION',
};

const usageColumns = ['RUNS', 'INST', 'OK', 'IN', 'OUT', 'WRITTEN', 'READ', 'HITS', 'COST', 'PER OK'].map(
  right,
);
const toolColumns = ['RUNS', 'INST', 'CALLS', 'ERRORS', 'TIME'].map(right);

const least = (text: string, { atLeast }: UsageRow): string => (atLeast ? `≥${text}` : text);

const cellsOf = (row: UsageRow): readonly string[] => {
  const { tools, basis, costPerSuccessMicroUsd: perSuccess } = row;
  const runs = [String(row.orchestrations), String(row.instances)];
  if (tools !== null) {
    return [...runs, String(tools.calls), String(tools.errors), durationText(tools.durationMs)];
  }
  return [
    ...runs,
    String(row.succeeded),
    tokensText(row.inputTokens),
    tokensText(row.outputTokens),
    tokensText(row.cacheWriteTokens),
    tokensText(row.cacheReadTokens),
    shareText(row.cacheHitRate),
    least(costText(row, basis), row),
    perSuccess === null ? '–' : least(costText({ costMicroUsd: perSuccess }, basis), row),
  ];
};

/** An orchestration's name alone would not tell two of them apart. */
const titleCells = ({ by }: UsageReport, row: UsageRow): readonly string[] =>
  by.map((dimension, index) => {
    const title = printable(row.titles[index] ?? '');
    return dimension === 'orchestration' ? `${row.keys[index]?.slice(0, 13) ?? ''} ${title}` : title;
  });

const printTable = async ({ streams, paint }: CliContext, report: UsageReport): Promise<void> => {
  const figures = report.by.includes('tool') ? toolColumns : usageColumns;
  const columns = [...report.by.map((dimension) => left(titlesOf[dimension])), ...figures];
  const total = [...report.by.map((_, index) => (index === 0 ? 'TOTAL' : '')), ...cellsOf(report.total)];
  const rows = report.rows.map((row) => [...titleCells(report, row), ...cellsOf(row)]);
  const lines = columnLines(columns, [...rows, total], paint);
  for (const line of lines.slice(0, -1)) await streams.print(line);
  await streams.print(paint('strong', lines.at(-1) ?? ''));
};

const csvFigures: Readonly<Record<string, (row: UsageRow) => string | number | null>> = {
  orchestrations: (row) => row.orchestrations,
  instances: (row) => row.instances,
  succeeded: (row) => row.succeeded,
  input_tokens: (row) => row.inputTokens,
  output_tokens: (row) => row.outputTokens,
  cache_write_tokens: (row) => row.cacheWriteTokens,
  cache_read_tokens: (row) => row.cacheReadTokens,
  cache_hit_rate: (row) => row.cacheHitRate,
  cost_micro_usd: (row) => row.costMicroUsd,
  cost_usd: (row) => exactDollars(row.costMicroUsd),
  basis: (row) => row.basis,
  at_least: (row) => String(row.atLeast),
  cost_per_success_micro_usd: (row) => row.costPerSuccessMicroUsd,
};
const csvTools: typeof csvFigures = {
  orchestrations: (row) => row.orchestrations,
  instances: (row) => row.instances,
  calls: (row) => row.tools?.calls ?? null,
  errors: (row) => row.tools?.errors ?? null,
  duration_ms: (row) => row.tools?.durationMs ?? null,
};

/** Without a total: a spreadsheet adds up by itself, and would count it twice. */
const printCsv = async ({ streams }: CliContext, { by, rows }: UsageReport): Promise<void> => {
  const figures = by.includes('tool') ? csvTools : csvFigures;
  const heads = by.flatMap((one) => (one === 'orchestration' ? ['orchestration_id', one] : [one]));
  const print = (values: readonly (string | number | null)[]): Promise<void> =>
    streams.print(csvLine(values).trimEnd());
  await print([...heads, ...Object.keys(figures)]);
  for (const row of rows) {
    const keys = by.flatMap((one, index) => {
      const title = row.titles[index] ?? '';
      return one === 'orchestration' ? [row.keys[index] ?? '', title] : [title];
    });
    await print([...keys, ...Object.values(figures).map((figure) => figure(row))]);
  }
};

/** `netra usage` */
export const usage = (context: CliContext, options: UsageOptions): Promise<number> => {
  const { streams } = context;
  const { from, to, search, format } = options;
  const timeZone = options.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const input = {
    by: dimensionsOf(options.by),
    timeZone,
    ...(from !== undefined && { from: momentFrom('--from', from, timeZone, 0) }),
    ...(to !== undefined && { to: momentFrom('--to', to, timeZone, 1) }),
    ...(search !== undefined && { search }),
  };
  return withEngine(context, 'settle', async ({ client }) => {
    const { problems, ...report } = await client.usage.report(input);
    for (const { message } of problems) streams.say(`netra: ${printable(message)}`);
    if (format === 'json') await streams.print(JSON.stringify(report, null, 2));
    else if (format === 'csv') await printCsv(context, report);
    else if (report.rows.length === 0) streams.say('netra: nothing was used there.');
    else await printTable(context, report);
    return problems.length === 0 ? 0 : 2;
  });
};
