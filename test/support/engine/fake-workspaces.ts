import type {
  CommandRunner,
  Files,
  Folders,
  Machine,
  WorkspaceEnd,
  WorkspaceKeeper,
} from '../../../src/main/engine/workspace-ports.ts';
import type { InstanceId } from '../../../src/shared/domain/ids.ts';
import type { WorkspaceSpec } from '../../../src/shared/domain/plan/plan-spec.ts';
import { failureError } from '../../../src/shared/domain/failure.ts';

export type FakeWorkspaces = {
  readonly keeper: WorkspaceKeeper;
  readonly runner: CommandRunner;
  readonly files: Files;
  readonly folders: Folders;
  readonly machine: Machine;
};

/** The worktrees and copies that there are: whose they are by their paths. They outlive engines. */
export type FakeDisk = Map<string, { readonly instanceId: InstanceId; readonly keep: WorkspaceSpec['keep'] }>;

/** `isDead`: a program that was killed makes and removes nothing any more. */
const createFakeKeeper = (disk: FakeDisk, isDead: () => boolean): WorkspaceKeeper => ({
  prepare: (instanceId, _name, { kind, path, base, keep }) => {
    if (isDead()) return Promise.race([]);
    if (kind === 'folder') return Promise.resolve({ kind, path, origin: path, branch: null });
    const own = `/workspaces/${instanceId}${base === null ? '' : `/${base}`}`;
    disk.set(own, { instanceId, keep });
    return Promise.resolve({
      kind,
      path: own,
      origin: path,
      branch: kind === 'worktree' ? 'netra/one' : null,
    });
  },
  finish: (instanceId) => {
    if (isDead()) return Promise.race([]);
    const own = [...disk].filter(([, made]) => made.instanceId === instanceId);
    const ends = own.map(([path, { keep }]): WorkspaceEnd => {
      if (keep === 'always') return { kind: 'kept', path, reason: 'the plan keeps it' };
      disk.delete(path);
      return { kind: 'removed', path };
    });
    return Promise.resolve(ends);
  },
});

/** Folders, files and commands for tests of the engine alone: every command exits with 0. */
export const createFakeWorkspaces = (
  texts: Readonly<Record<string, string>> = {},
  disk: FakeDisk = new Map(),
  isDead: () => boolean = () => false,
): FakeWorkspaces => ({
  keeper: createFakeKeeper(disk, isDead),
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
