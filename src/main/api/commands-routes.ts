import type { Router } from '@orpc/server';
import type { commandsContract } from '../../shared/contract/commands.ts';
import type { SlashCommand, SlashCommandDetail } from '../../shared/domain/slash-command.ts';
import { base, type Caller } from './base.ts';

/** The slash commands of this machine's workspaces. */
export type SlashCommandSource = {
  readonly list: (workspace: string) => Promise<readonly SlashCommand[]>;
  readonly show: (workspace: string, name: string) => Promise<SlashCommandDetail>;
};

export const commandsRoutes = (source: SlashCommandSource): Router<typeof commandsContract, Caller> => ({
  list: base.commands.list.handler(({ input }) => source.list(input.workspace)),
  show: base.commands.show.handler(({ input }) => source.show(input.workspace, input.name)),
});
