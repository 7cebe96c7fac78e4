import { Option } from 'commander';
import { z } from 'zod';
import { acting, formatOption, type CommandSpec } from '../command-spec.ts';

const formats = z.enum(['text', 'json']);
const options = z.object({ format: formats });
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
    watches: true,
    options: [format],
    act: acting(options, async (context, _args, { format: chosen }) =>
      (await import('../commands/db.ts')).remake(context, chosen, 'repair'),
    ),
  },
  {
    usage: 'rebuild',
    summary: 'Make the database anew from the ledgers alone; the old one is kept',
    watches: true,
    options: [format],
    act: acting(options, async (context, _args, { format: chosen }) =>
      (await import('../commands/db.ts')).remake(context, chosen, 'rebuild'),
    ),
  },
];

const figures = formatOption(['text', 'json'], 'text: for people; json: the same as data');

const keeping: readonly CommandSpec[] = [
  {
    usage: 'stats',
    summary: 'Say what is kept and what room it takes (this is what "netra db" does)',
    isDefault: true,
    options: [figures],
    act: acting(options, async (context, _args, { format: chosen }) =>
      (await import('../commands/db-care.ts')).showStats(context, chosen),
    ),
  },
  {
    usage: 'prune',
    summary: 'Remove for good what the settings (retention) do not keep; this also happens once an hour',
    watches: true,
    options: [new Option('--dry-run', 'only say what would be removed'), figures],
    examples: ['netra db prune --dry-run'],
    act: acting(
      z.object({ format: formats, dryRun: z.boolean().default(false) }),
      async (context, _args, { format: chosen, dryRun }) =>
        (await import('../commands/db-care.ts')).prune(context, dryRun, chosen),
    ),
  },
  {
    usage: 'vacuum',
    summary: 'Write the database anew, as small as it can be; nothing may run meanwhile',
    watches: true,
    options: [figures],
    act: acting(options, async (context, _args, { format: chosen }) =>
      (await import('../commands/db-care.ts')).vacuum(context, chosen),
    ),
  },
];

/** `netra db` */
export const databaseCommands: readonly CommandSpec[] = [
  {
    usage: 'db',
    summary: 'Look after the database of a data directory',
    subcommands: [...keeping, ...caring],
  },
];
