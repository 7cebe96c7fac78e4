import { z } from 'zod';
import { acting, formatOption, type CommandSpec } from '../command-spec.ts';

const options = z.object({ format: z.enum(['text', 'json']) });
const format = formatOption(['text', 'json'], 'text: for people; json: the same as data');

/** `netra trust` */
export const trustCommands: readonly CommandSpec[] = [
  {
    usage: 'trust',
    summary: 'Folders in which Claude Code may run the hooks and MCP servers that they bring along',
    subcommands: [
      {
        usage: 'add [folder]',
        summary: 'Trust a folder (default: this one) with all below it; "netra trust <folder>" does the same',
        isDefault: true,
        options: [format],
        examples: ['netra trust', 'netra trust ../shop'],
        act: acting(options, async (context, [folder = '.'], { format: form }) =>
          (await import('../commands/trust.ts')).addTrust(context, folder, form),
        ),
      },
      {
        usage: 'show [folder]',
        summary: 'Say what a folder would run, and whether it is trusted (exit code 1: it is not)',
        options: [format],
        act: acting(options, async (context, [folder = '.'], { format: form }) =>
          (await import('../commands/trust.ts')).showTrust(context, folder, form),
        ),
      },
      {
        usage: 'list',
        summary: 'List the trusted folders',
        options: [format],
        act: acting(options, async (context, _args, { format: form }) =>
          (await import('../commands/trust.ts')).listTrust(context, form),
        ),
      },
      {
        usage: 'remove <folder>',
        summary: 'Trust a folder no more; what runs there goes on',
        aliases: ['rm'],
        act: async (context, [folder = '']) =>
          (await import('../commands/trust.ts')).removeTrust(context, folder),
      },
    ],
  },
];
