import { homedir } from 'node:os';
import { join } from 'node:path';
import { createSlashCommands, type SlashCommands } from '../claude/commands/slash-commands.ts';

/** The slash commands of this person: of the home, or of `CLAUDE_CONFIG_DIR` where Claude Code is told to keep to that. */
export const slashCommandsOf = (): SlashCommands => {
  const home = homedir();
  return createSlashCommands({ home, configDir: process.env['CLAUDE_CONFIG_DIR'] || join(home, '.claude') });
};
