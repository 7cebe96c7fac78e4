import { Option } from 'commander';
import { z } from 'zod';
import { ON_EXCEED } from '../../../../shared/domain/budget.ts';
import { acting, formatOption, wholeNumber, type CommandSpec } from '../command-spec.ts';
import { dollarAmount } from '../option-readers.ts';

const usd = () => new Option('--usd <dollars>', 'the limit in dollars').argParser(dollarAmount);
const tokens = () =>
  new Option('--tokens <count>', 'the limit in tokens of all kinds').argParser(wholeNumber(1, 1e15));
const format = formatOption(['text', 'json'], 'text: for people; json: the same as data');
const formats = z.enum(['text', 'json']);
const limits = { usd: z.number().exactOptional(), tokens: z.int().exactOptional(), format: formats };

/** `netra budget` */
export const budgetCommands: readonly CommandSpec[] = [
  {
    usage: 'budget',
    summary: 'Look at budgets, raise them, and set those of every day and month',
    subcommands: [
      {
        usage: 'list [orchestration]',
        summary:
          'List the budgets of what runs, of this day and this month (this is what "netra budget" does)',
        isDefault: true,
        options: [format],
        act: acting(z.object({ format: formats }), async (context, [orchestration], { format: form }) =>
          (await import('../commands/budget.ts')).listBudgets(context, orchestration ?? null, form),
        ),
      },
      {
        usage: 'raise <what>',
        summary:
          'Raise the limit of an instance, an orchestration, this day or this month; what waits for it goes on',
        options: [
          usd(),
          tokens(),
          new Option('--command <command>', 'the budget that the orchestration gives to this command'),
          format,
        ],
        examples: [
          'netra budget raise nightly --usd 10',
          'netra budget raise nightly --command /review --usd 2',
          'netra budget raise day --usd 30',
        ],
        act: acting(
          z.object({ ...limits, command: z.string().exactOptional() }),
          async (context, [what = ''], options) =>
            (await import('../commands/budget.ts')).raiseBudget(context, what, options),
        ),
      },
      {
        usage: 'set <period>',
        summary: 'Set the budget of every day or month over everything',
        options: [
          usd(),
          tokens(),
          new Option('--on-exceed <what>', 'what becomes of the work when it is used up')
            .choices([...ON_EXCEED])
            .default('stop'),
          new Option('--none', 'take the limit away'),
          format,
        ],
        examples: ['netra budget set day --usd 20 --on-exceed pause', 'netra budget set month --none'],
        act: acting(
          z.object({ ...limits, onExceed: z.enum(ON_EXCEED), none: z.boolean().default(false) }),
          async (context, [period = ''], options) =>
            (await import('../commands/budget.ts')).setBudget(context, period, options),
        ),
      },
    ],
  },
];
