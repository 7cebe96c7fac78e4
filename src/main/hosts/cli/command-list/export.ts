import { Option } from 'commander';
import { z } from 'zod';
import { exportFormats } from '../../../../shared/contract/exports.ts';
import { acting, type CommandSpec } from '../command-spec.ts';

const flag = z.boolean().default(false);

/** `netra export` */
export const exportCommands: readonly CommandSpec[] = [
  {
    usage: 'export <what...>',
    summary: 'Write sessions to a file: to read, to reckon with, or to take along ("all": every session)',
    options: [
      new Option('-f, --format <format>', 'as what; else as the name of the file says').choices(
        exportFormats,
      ),
      new Option('-o, --output <file>', 'where to write it, "-" for stdout; else a file named after it'),
      new Option('--redact', 'take secrets out'),
      new Option('--force', 'in the place of a file that is there'),
    ],
    examples: [
      'netra export "Fix the build" -o report.html',
      'netra export 0198c0de-1f2a 0198c0de-77b1 --format csv -o -',
      'netra export all everything.netra.zst --redact',
    ],
    watches: true,
    act: acting(
      z.object({
        format: z.enum(exportFormats).optional(),
        output: z.string().min(1, 'It needs the name of a file').optional(),
        redact: flag,
        force: flag,
      }),
      async (context, what, options) =>
        (await import('../commands/export.ts')).exportSessions(context, what, options),
    ),
  },
];

/** `netra import archive` */
export const importArchiveCommand: CommandSpec = {
  usage: 'archive <file>',
  summary: 'Take in sessions that "netra export --format archive" wrote, here or on another machine',
  options: [],
  examples: ['netra import archive everything.netra.zst'],
  watches: true,
  act: acting(z.object({}), async (context, [file = '']) =>
    (await import('../commands/import-archive.ts')).importArchive(context, file),
  ),
};
