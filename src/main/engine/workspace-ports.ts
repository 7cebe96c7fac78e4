import type { InstanceId } from '../../shared/domain/ids.ts';
import type { WorkspaceSpec } from '../../shared/domain/plan/plan-spec.ts';
import type { FolderCode } from '../../shared/domain/permission/trust.ts';

/** A workspace made ready for an instance; stored with it, so that a later engine can go on in it and tidy it up. */
export type PreparedWorkspace = {
  readonly kind: WorkspaceSpec['kind'];
  /** The folder to work in, absolute. */
  readonly path: string;
  /** What a worktree or copy was made of, absolute; the folder itself for a folder. */
  readonly origin: string;
  /** The branch of a worktree. */
  readonly branch: string | null;
};

/** What became of a workspace at the end. */
export type WorkspaceEnd =
  | { readonly kind: 'kept'; readonly path: string; readonly reason: string }
  | { readonly kind: 'removed'; readonly path: string };

/** How it ended whose workspaces are tidied up; `forgotten`: it is removed itself. */
export type WorkspaceOutcome = 'succeeded' | 'not_succeeded' | 'forgotten';

/** Makes the folders that instances work in, and tidies them up. */
export interface WorkspaceKeeper {
  /**
   * The workspace of an instance: the folder itself, or a worktree or copy of it, made anew or found as an earlier
   * engine made it (same instance, same place); setup commands are run once, when it is made.
   * The signal ends them; what is half made then is removed.
   * @throws FailureError `workspace.missing`, `workspace.not_git`, `workspace.setup_failed` …
   */
  prepare(
    instanceId: InstanceId,
    name: string,
    spec: WorkspaceSpec,
    signal?: AbortSignal,
  ): Promise<PreparedWorkspace>;
  /**
   * Removes the worktrees and copies that were made for an instance, those of its earlier fallbacks too, where the `keep`
   * that each was made with allows it and nothing unsaved is in it; else says why it stays. None for one without.
   */
  finish(instanceId: InstanceId, outcome: WorkspaceOutcome): Promise<readonly WorkspaceEnd[]>;
}

export type CommandRequest = {
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};

export type CommandResult = {
  /** Null when it was ended by its timeout or a signal. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** stdout and stderr as they came, the last 64 KiB of them. */
  readonly output: string;
};

/** Runs a shell command of the plan's author (a check); its whole process group is ended at the timeout. */
export interface CommandRunner {
  run(request: CommandRequest, signal: AbortSignal): Promise<CommandResult>;
}

/** The files that templates and fan-outs read. */
export interface Files {
  /**
   * Paths of files below `folder` that match, relative to it, with `/`, sorted; `most` at most. `.git` and
   * `node_modules` are left out unless the pattern names them, and names that begin with a dot likewise.
   * @throws FailureError `file.bad_pattern` for an absolute pattern or one with `..`, `workspace.missing`
   */
  glob(folder: string, pattern: string, most: number): Promise<readonly string[]>;
  /**
   * The text of a file. A relative path is one below `folder`, symbolic links followed; an absolute one is what the
   * plan's author says, and never comes from what a Claude wrote.
   * @throws FailureError `file.missing`, `file.outside`, `file.too_large`, `file.not_text`, `file.unreadable`
   */
  read(folder: string, path: string, maxBytes: number): Promise<string>;
  /** Keeps a value that is too long for a prompt in a file of the data directory; gives its absolute path. */
  keepValue(instanceId: InstanceId, name: string, text: string): Promise<string>;
}

/** What trust in folders rests on. */
export interface Folders {
  /** Where a folder really is: symbolic links resolved. @throws FailureError `workspace.missing`, `workspace.unreadable` */
  real(folder: string): Promise<string>;
  /** What its settings and those of the folders above it, up to the top of the repository, would run. */
  whatItRuns(folder: string): Promise<readonly FolderCode[]>;
}

/** The machine's state, for limits on starts. */
export interface Machine {
  /** What programs can still get without swapping. */
  freeMemoryBytes(): number;
}
