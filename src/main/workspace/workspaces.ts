import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceId } from '../../shared/domain/ids.ts';
import type { CommandRunner, Files, Folders, Machine, WorkspaceKeeper } from '../engine/workspace-ports.ts';
import { createCommandRunner } from './commands.ts';
import { DEFAULT_COPY_LIMITS, type CopyLimits } from './copy.ts';
import { createFiles, removeValues } from './files.ts';
import { createFolders } from './folders.ts';
import { createGit } from './git.ts';
import { createWorkspaceKeeper } from './keeper.ts';
import { machine } from './machine.ts';
import { createPrograms, type ProgramsOptions } from './programs.ts';

export type WorkspacesOptions = Omit<ProgramsOptions, 'owner'> & {
  readonly dataDir: string;
  readonly copyLimits?: CopyLimits;
};

/** The folders of this machine that Claude works in, and what is run and read there. */
export interface Workspaces {
  /** The real path of the folder that worktrees and copies are below. */
  readonly root: string;
  readonly keeper: WorkspaceKeeper;
  readonly commands: CommandRunner;
  readonly files: Files;
  readonly folders: Folders;
  readonly machine: Machine;
  /** Removes the values that are kept for an instance that is removed itself. */
  readonly forgetValues: (instanceId: InstanceId) => Promise<void>;
  /** Ends what is being made and set up: a later engine makes it anew. */
  close(): void;
}

/**
 * Opens the workspaces of a data directory, which nobody else may have open: commands that an engine before this one
 * left running are ended, and workspaces that it left half made are removed.
 */
export async function openWorkspaces(options: WorkspacesOptions): Promise<Workspaces> {
  const { dataDir, environment, log, copyLimits: limits = DEFAULT_COPY_LIMITS } = options;
  const rootFolder = join(dataDir, 'workspaces');
  await mkdir(rootFolder, { recursive: true, mode: 0o700 });
  const root = await realpath(rootFolder);
  const programs = createPrograms({ environment, log, owner: root });
  const ending = new AbortController();
  const { signal } = ending;
  const commands = createCommandRunner(programs);
  const git = createGit(programs, signal);
  const files = createFiles(dataDir);
  return {
    root,
    keeper: createWorkspaceKeeper({ root, git, commands, files, limits, log, signal }),
    commands,
    files,
    folders: createFolders(),
    machine,
    forgetValues: (instanceId) => removeValues(dataDir, instanceId),
    close: () => {
      ending.abort();
    },
  };
}
