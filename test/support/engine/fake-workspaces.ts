import type {
  CommandRunner,
  Files,
  Folders,
  Machine,
  WorkspaceKeeper,
} from '../../../src/main/engine/workspace-ports.ts';
import { failureError } from '../../../src/shared/domain/failure.ts';

export type FakeWorkspaces = {
  readonly keeper: WorkspaceKeeper;
  readonly runner: CommandRunner;
  readonly files: Files;
  readonly folders: Folders;
  readonly machine: Machine;
};

/** Folders, files and commands for tests of the engine alone: nothing is on a disk, every command exits with 0. */
export const createFakeWorkspaces = (texts: Readonly<Record<string, string>> = {}): FakeWorkspaces => ({
  keeper: {
    prepare: (instanceId, _name, { kind, path }) =>
      Promise.resolve({
        kind,
        path: kind === 'folder' ? path : `/workspaces/${instanceId}`,
        origin: path,
        branch: kind === 'worktree' ? 'netra/one' : null,
      }),
    finish: ({ path }, keep) =>
      Promise.resolve(
        keep === 'always' ? { kind: 'kept', path, reason: 'the plan keeps it' } : { kind: 'removed', path },
      ),
  },
  runner: { run: () => Promise.resolve({ exitCode: 0, timedOut: false, output: '' }) },
  files: {
    glob: () => Promise.resolve(Object.keys(texts).toSorted()),
    read: (_folder, path) => {
      const text = texts[path];
      return text === undefined
        ? Promise.reject(failureError('file.missing', `There is no file ${path}.`))
        : Promise.resolve(text);
    },
    keepValue: (instanceId, name) => Promise.resolve(`/values/${instanceId}/${name}`),
  },
  folders: { real: (folder) => Promise.resolve(folder), whatItRuns: () => Promise.resolve([]) },
  machine: { freeMemoryBytes: () => 8 * 1024 ** 3 },
});
