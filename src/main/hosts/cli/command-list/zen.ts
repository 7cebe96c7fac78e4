import { Option } from 'commander';
import { z } from 'zod';
import { acting, type CommandSpec } from '../command-spec.ts';

/** `netra import-zen` */
export const zenCommands: readonly CommandSpec[] = [
  {
    usage: 'import-zen <file>',
    summary: 'Write a config of zen as a plan (netra run also takes it as it is)',
    options: [
      new Option('-o, --output <file>', 'where to write it; else to stdout'),
      new Option('--force', 'in the place of a file that is there'),
    ],
    examples: ['netra import-zen zen.json -o plan.yaml'],
    act: acting(
      z.object({ output: z.string().optional(), force: z.boolean().default(false) }),
      async (context, [file = ''], options) =>
        (await import('../commands/import-zen.ts')).importZen(context, file, options),
    ),
  },
];
