import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import type { InstanceId } from '../../../src/shared/domain/ids.ts';
import type { WorkspaceSpec } from '../../../src/shared/domain/plan/plan-spec.ts';
import type { CopyLimits } from '../../../src/main/workspace/copy.ts';
import { openWorkspaces, type Workspaces } from '../../../src/main/workspace/workspaces.ts';

const execute = promisify(execFile);

/** What git and the shell get in tests: nothing of the person's own settings. */
export const testEnvironment = (home: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.invalid',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.invalid',
});

/** A temporary folder with a data directory and a home, and what tests do there. */
export type TestPlace = {
  readonly root: string;
  readonly dataDir: string;
  /** What was said to the log as an error. */
  readonly errors: string[];
  open(copyLimits?: CopyLimits): Promise<Workspaces>;
  git(folder: string, ...args: string[]): Promise<string>;
  /** A file with its folders; gives its path. */
  file(path: string, text: string): Promise<string>;
  /** A repository with one commit, on `main`. */
  repository(name: string, files?: Readonly<Record<string, string>>): Promise<string>;
  remove(): Promise<void>;
};

export const openTestPlace = async (): Promise<TestPlace> => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'netra-workspaces-')));
  const env = testEnvironment(root);
  const errors: string[] = [];
  const opened: Workspaces[] = [];
  const dataDir = join(root, 'data');
  const git = async (folder: string, ...args: string[]): Promise<string> =>
    (await execute('git', args, { cwd: folder, env })).stdout;
  const file = async (path: string, text: string): Promise<string> => {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), text);
    return join(root, path);
  };
  return {
    root,
    dataDir,
    errors,
    git,
    file,
    open: async (copyLimits) => {
      const workspaces = await openWorkspaces({
        dataDir,
        environment: () => Promise.resolve(env),
        log: {
          warn: () => undefined,
          error: (message, error) => errors.push(`${message}: ${String(error)}`),
        },
        ...(copyLimits !== undefined && { copyLimits }),
      });
      opened.push(workspaces);
      return workspaces;
    },
    repository: async (name, files = { 'README.md': 'hello\n' }) => {
      await mkdir(join(root, name), { recursive: true });
      await git(join(root, name), 'init', '--quiet', '--initial-branch=main');
      for (const [path, text] of Object.entries(files)) await file(join(name, path), text);
      await git(join(root, name), 'add', '--all');
      await git(join(root, name), 'commit', '--quiet', '--message=first');
      return join(root, name);
    },
    remove: async () => {
      for (const each of opened) each.close();
      await execute('chmod', ['-R', 'u+rwX', root]);
      await chmod(root, 0o700);
      await rm(root, { recursive: true, maxRetries: 5 });
    },
  };
};

export const worktreeOf = (path: string, more: Partial<WorkspaceSpec> = {}): WorkspaceSpec => ({
  ...{ kind: 'worktree', path, base: null, keep: 'never', setup: [] },
  ...more,
});

export const copyOf = (path: string, more: Partial<WorkspaceSpec> = {}): WorkspaceSpec => ({
  ...worktreeOf(path, more),
  kind: 'copy',
});

export const folderOf = (path: string, more: Partial<WorkspaceSpec> = {}): WorkspaceSpec => ({
  ...worktreeOf(path, more),
  kind: 'folder',
});

/** The id of the nth instance of a test. */
export const instanceNumber = (n: number): InstanceId =>
  `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}` as InstanceId;

/** True while a process does something; one that has ended and waits to be collected does not. */
export const isRunning = async (pid: number): Promise<boolean> => {
  const said = await execute('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return said.stdout.trim() !== '' && !said.stdout.startsWith('Z');
};
