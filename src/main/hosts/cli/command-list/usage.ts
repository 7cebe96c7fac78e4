import { InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { isTimeZone } from '../../../../shared/domain/zoned-time.ts';
import { USAGE_DIMENSIONS } from '../../../../shared/domain/usage-report.ts';
import { acting, formatOption, type CommandSpec } from '../command-spec.ts';
import { listOf } from '../option-readers.ts';

const zone = (text: string): string => {
  if (isTimeZone(text)) return text;
  throw new InvalidArgumentError('It must be the name of a time zone, such as Europe/Berlin or UTC.');
};

/** `netra usage` and `netra compare` */
export const usageCommands: readonly CommandSpec[] = [
  {
    usage: 'usage',
    summary: 'Report tokens and cost: by day, model, workspace and more',
    options: [
      new Option(
        '-b, --by <what>',
        `one to four of ${USAGE_DIMENSIONS.join(', ')}, with commas between them`,
      ).argParser(listOf),
      new Option(
        '--from <day>',
        'from this day, month or year on (2026-11-01, 2026-11), this moment, so long ago (7d), today, yesterday',
      ),
      new Option('--to <day>', 'up to the end of this day, month or year, or up to this moment'),
      new Option('-s, --search <query>', 'only of what "netra sessions --search" finds by this'),
      new Option('--time-zone <zone>', 'whose days, weeks and months; else those of this machine').argParser(
        zone,
      ),
      formatOption(
        ['text', 'table', 'json', 'csv'],
        'text (or table): for people; json: the same as data; csv: for a spreadsheet',
      ),
    ],
    examples: [
      'netra usage',
      'netra usage --by month,model --from 2026-01-01 --format csv',
      'netra usage --by workspace,user --search "label:release"',
      'netra usage --by tool',
    ],
    act: acting(
      z.object({
        by: z.array(z.string()).readonly().default(['day']),
        from: z.string().exactOptional(),
        to: z.string().exactOptional(),
        search: z.string().exactOptional(),
        timeZone: z.string().exactOptional(),
        format: z.enum(['text', 'table', 'json', 'csv']),
      }),
      async (context, _args, options) => (await import('../commands/usage.ts')).usage(context, options),
    ),
  },
  {
    usage: 'compare <left> <right>',
    summary: 'Compare two orchestrations, instance by instance: results, tokens, cost, time',
    options: [formatOption(['text', 'json'], 'text: a table; json: the same as data')],
    examples: [
      'netra compare 0198c0de-1f2a 0198c0de-77b1',
      'netra compare opus-run sonnet-run --format json',
    ],
    act: acting(
      z.object({ format: z.enum(['text', 'json']) }),
      async (context, [left = '', right = ''], { format }) =>
        (await import('../commands/compare.ts')).compare(context, [left, right], format),
    ),
  },
];
