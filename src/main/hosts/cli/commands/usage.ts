import { csvLine } from '../../../exports/csv-line.ts';
import { exactDollars } from '../../../exports/figures.ts';
import { didYouMean } from '../../../../shared/domain/did-you-mean.ts';
import { readMoment } from '../../../../shared/domain/search/search-values.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { instantOf, type Instant } from '../../../../shared/domain/ids.ts';
import {
  USAGE_DIMENSIONS,
  type UsageDimension,
  type UsageReport,
  type UsageRow,
} from '../../../../shared/domain/usage-report.ts';
import { localTimeAt, momentOf } from '../../../../shared/domain/zoned-time.ts';
import { columnLines, roomOf, type Column } from '../columns.ts';
import { withEngine, type CliContext } from '../context.ts';
import { ownTimeZone, refuseProblems } from '../query-problems.ts';
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

/** What a date names as a whole; null for a moment. */
const unitOf = (text: string): 'year' | 'month' | 'day' | null => {
  if (/^\d{4}$/.test(text)) return 'year';
  if (/^\d{4}-\d\d$/.test(text)) return 'month';
  return /^\d{4}-\d\d-\d\d$|^(today|yesterday)$/i.test(text) ? 'day' : null;
};

/** The beginning of what is named, or with `to` its end: a day, month or year is in it as a whole. */
const momentFrom = (option: 'from' | 'to', text: string, timeZone: string): Instant => {
  const at = readMoment(text, { now: Date.now(), timeZone });
  if (at === undefined) {
    throw failureError(
      'arguments.usage',
      `--${option} "${text}" is no time. Give a date such as 2026-11-01 or 2026-11, a moment such as 2026-11-01T08:00Z, ` +
        'how long ago (7d), today or yesterday.',
    );
  }
  const unit = option === 'to' ? unitOf(text) : null;
  if (unit === null) return instantOf(at);
  const local = localTimeAt(at, timeZone);
  return instantOf(momentOf({ ...local, [unit]: local[unit] + 1 }, timeZone));
};

/** @throws FailureError `arguments.usage` */
const periodOf = ({ from, to }: UsageOptions, timeZone: string) => {
  const period = {
    ...(from !== undefined && { from: momentFrom('from', from, timeZone) }),
    ...(to !== undefined && { to: momentFrom('to', to, timeZone) }),
  };
  if (period.from !== undefined && period.to !== undefined && period.from >= period.to) {
    throw failureError('arguments.usage', `--from ${String(from)} is not before --to ${String(to)}.`);
  }
  return period;
};

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string, dispensable = 0): Column => ({ title, align: 'right', dispensable });

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

/** What goes first where there is little room: the cost stays. */
const usageColumns: readonly Column[] = [
  right('RUNS', 5),
  right('INST', 6),
  right('OK', 7),
  right('IN', 3),
  right('OUT', 2),
  right('WRITTEN', 8),
  right('READ', 9),
  right('HITS', 4),
  right('COST'),
  right('PER OK', 1),
];
const toolColumns = ['RUNS', 'INST', 'CALLS', 'ERRORS', 'TIME'].map((title) => right(title));

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
  const lines = columnLines(columns, [...rows, total], paint, roomOf(streams));
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
  const { search, format } = options;
  const timeZone = options.timeZone ?? ownTimeZone();
  const input = {
    by: dimensionsOf(options.by),
    timeZone,
    ...periodOf(options, timeZone),
    ...(search !== undefined && { search }),
  };
  return withEngine(context, 'settle', async ({ client }) => {
    const { problems, ...report } = await client.usage.report(input);
    refuseProblems(search ?? '', problems);
    if (format === 'json') await streams.print(JSON.stringify(report, null, 2));
    else if (format === 'csv') await printCsv(context, report);
    else if (report.rows.length === 0) streams.say('netra: nothing was used there.');
    else await printTable(context, report);
    return 0;
  });
};
