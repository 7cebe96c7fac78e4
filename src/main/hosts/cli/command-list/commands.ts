import { Option } from 'commander';
import { z } from 'zod';
import { acting, formatOption, type CommandSpec } from '../command-spec.ts';

const workspaceOption = new Option(
  '-w, --workspace <folder>',
  'the folder whose commands are meant (default: this one)',
);
const options = z.object({ workspace: z.string().default('.'), format: z.enum(['text', 'json']) });

/** `netra commands` */
export const slashCommands: readonly CommandSpec[] = [
  {
    usage: 'commands',
    summary: 'Look at the slash commands that Claude Code takes in a folder',
    subcommands: [
      {
        usage: 'list',
        summary: 'List them with what they do (this is what "netra commands" does)',
        isDefault: true,
        options: [
          workspaceOption,
          formatOption(['text', 'json'], 'text: a line for each; json: the same as data'),
        ],
        act: acting(options, async (context, _args, { workspace, format }) =>
          (await import('../commands/commands.ts')).listCommands(context, workspace, format),
        ),
      },
      {
        usage: 'show <name>',
        summary: 'Show a slash command: its file, its front matter, the beginning of its text',
        options: [
          workspaceOption,
          new Option('--full', 'the whole text'),
          formatOption(['text', 'json'], 'text: for people; json: the same as data, with the whole text'),
        ],
        examples: ['netra commands show review', 'netra commands show git:commit --workspace ../shop'],
        act: acting(
          options.extend({ full: z.boolean().default(false) }),
          async (context, [name = ''], { workspace, ...how }) =>
            (await import('../commands/commands.ts')).showCommand(context, name, workspace, how),
        ),
      },
    ],
  },
];
