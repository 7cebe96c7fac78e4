import { z } from 'zod';
import { acting, formatOption, type CommandSpec } from '../command-spec.ts';

const options = z.object({ format: z.enum(['text', 'json']) });
const format = formatOption(['text', 'json'], 'text: what it does, step by step; json: the result as data');

const caring: readonly CommandSpec[] = [
  {
    usage: 'check',
    summary: 'Check the database, its ledgers and the files beside it; changes nothing',
    options: [format],
    act: acting(options, async (context, _args, { format: chosen }) =>
      (await import('../commands/db.ts')).check(context, chosen),
    ),
  },
  {
    usage: 'repair',
    summary:
      'Make a new database of what can be read of a damaged one, and of the ledgers; the old one is kept',
    options: [format],
    act: acting(options, async (context, _args, { format: chosen }) =>
      (await import('../commands/db.ts')).remake(context, chosen, 'repair'),
    ),
  },
  {
    usage: 'rebuild',
    summary: 'Make the database anew from the ledgers alone; the old one is kept',
    options: [format],
    act: acting(options, async (context, _args, { format: chosen }) =>
      (await import('../commands/db.ts')).remake(context, chosen, 'rebuild'),
    ),
  },
];

/** `netra db` */
export const databaseCommands: readonly CommandSpec[] = [
  { usage: 'db', summary: 'Look after the database of a data directory', subcommands: caring },
];
