import type { CommandSpec } from '../command-spec.ts';
import { importArchiveCommand } from './export.ts';

/** `netra import` */
export const importCommands: readonly CommandSpec[] = [
  { usage: 'import', summary: 'Take in sessions from elsewhere', subcommands: [importArchiveCommand] },
];
