import { Option } from 'commander';
import { z } from 'zod';
import { acting, type CommandSpec } from '../command-spec.ts';
import { importArchiveCommand } from './export.ts';

const importClaudeCommand: CommandSpec = {
  usage: 'claude',
  summary: "Take in Claude Code's own history: the sessions that ran in a terminal",
  options: [
    new Option('--from <folder>', 'another folder than ~/.claude/projects, laid out as it is'),
    new Option('-w, --watch', 'take in what comes as well, until Ctrl-C'),
    new Option('--json', 'what was done as JSON, a line for each time'),
  ],
  examples: [
    'netra import claude',
    'netra import claude --watch',
    'netra import claude --from /mnt/old/.claude/projects',
  ],
  watches: true,
  act: acting(
    z.object({
      from: z.string().min(1, 'It needs the name of a folder').optional(),
      watch: z.boolean().default(false),
      json: z.boolean().default(false),
    }),
    async (context, _args, options) =>
      (await import('../commands/import-claude.ts')).importClaude(context, options),
  ),
};

/** `netra import` */
export const importCommands: readonly CommandSpec[] = [
  {
    usage: 'import',
    summary: 'Take in sessions from elsewhere',
    subcommands: [importArchiveCommand, importClaudeCommand],
  },
];
