import { InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { orchestrationSortSchema } from '../../../../shared/contract/search.ts';
import { acting, formatOption, wholeNumber, type CommandSpec } from '../command-spec.ts';

const sorts = orchestrationSortSchema.shape.by.options;
type Sort = z.infer<typeof orchestrationSortSchema>;

/** A reader of `cost:desc`; names and states go up where nothing is said, all others down. */
const sortOf = (text: string): Sort => {
  const [by = '', direction = by === 'name' || by === 'state' ? 'asc' : 'desc', ...rest] = text.split(':');
  const sort = orchestrationSortSchema.safeParse({ by, direction });
  if (sort.success && rest.length === 0) return sort.data;
  throw new InvalidArgumentError(
    `It must be one of ${sorts.join(', ')}, with :asc or :desc after it or nothing.`,
  );
};

/** What `netra sessions list` finds and in which order. */
export const sessionOptions: readonly Option[] = [
  new Option('-s, --search <query>', 'words of its name, plan, instances, labels, note or text; filters'),
  new Option('--sort <column>', `by ${sorts.join(', ')}; with :asc or :desc after it`).argParser(sortOf),
];

/** `netra search` */
export const searchCommand: CommandSpec = {
  usage: 'search <query...>',
  summary: 'Find what was said and run, in all sessions',
  options: [
    new Option('-n, --limit <count>', 'at most so many').argParser(wholeNumber(1, 10_000)).default(20),
    formatOption(
      ['text', 'json', 'ndjson'],
      'text: with what stands around it; json: one list; ndjson: one a line',
    ),
  ],
  examples: [
    'netra search flaky test',
    'netra search \'"connection refused" tool:Bash after:7d\'',
    `netra search 'migrat* -draft state:failed cost>1'`,
    "netra search -- '-draft flaky'                         (what begins with - stands after --)",
  ],
  act: acting(
    z.object({ limit: z.int(), format: z.enum(['text', 'json', 'ndjson']) }),
    async (context, words, options) =>
      (await import('../commands/search.ts')).search(context, words.join(' '), options),
  ),
};
