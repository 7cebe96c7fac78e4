import { type } from '@orpc/contract';
import { z } from 'zod';
import type { SlashCommand, SlashCommandDetail } from '../domain/slash-command.ts';
import { base } from './base.ts';

/** A folder of the machine that the engine runs on. */
const inWorkspace = z.object({ workspace: z.string().min(1).max(4096) });

/** The slash commands that Claude Code takes in a workspace. `workspace.missing` where there is no such folder. */
export const commandsContract = {
  /** By name. */
  list: base.input(inWorkspace).output(type<readonly SlashCommand[]>()),
  /** One of them, with or without its slash; `command.unknown` when there is none of that name. */
  show: base
    .input(inWorkspace.extend({ name: z.string().min(1).max(500) }))
    .output(type<SlashCommandDetail>()),
};
