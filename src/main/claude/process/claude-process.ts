import { access, constants, stat } from 'node:fs/promises';
import { execa } from 'execa';
import { failureError, type FailureError } from '../../../shared/domain/failure.ts';
import type { ProcessIdentity } from '../../engine/ports.ts';
import type { Launch } from './ask-program.ts';
import type { AttemptExit } from '../stream/outcome.ts';
import { identify } from './process-identity.ts';
import type { OpenSpool } from '../spool/spool.ts';

export type ProcessStart = {
  readonly launch: Launch;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly spool: OpenSpool;
};

/** A process of Claude that is our child. */
export interface ClaudeProcess {
  readonly identity: ProcessIdentity;
  /** Resolves when it has ended; never rejects. */
  readonly exited: Promise<AttemptExit>;
  /** Writes to its stdin. False when that is closed, by us or by its end. */
  write(text: string): boolean;
  endInput(): void;
  /** Whether our own process must wait for it. At first it need not. */
  holdOpen(hold: boolean): void;
}

/** @throws FailureError `workspace.missing`, `workspace.unreadable` */
async function checkWorkspace(workspace: string): Promise<void> {
  const found = await stat(workspace).catch((error: unknown) => {
    throw workspaceFailure(workspace, error);
  });
  if (!found.isDirectory()) {
    throw failureError(
      'workspace.unreadable',
      `The workspace ${workspace} is a file. Name the folder to work in.`,
    );
  }
  await access(workspace, constants.R_OK | constants.X_OK).catch((error: unknown) => {
    throw workspaceFailure(workspace, error);
  });
}

function workspaceFailure(workspace: string, error: unknown): FailureError {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return failureError(
      'workspace.missing',
      `The workspace ${workspace} does not exist. Create it, or correct the plan.`,
      error,
    );
  }
  return failureError(
    'workspace.unreadable',
    `The workspace ${workspace} cannot be read. Check its owner and rights.`,
    error,
  );
}

const SPAWN_FAILURES: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['claude.not_found', 'is gone. Install Claude Code again, or say where it is with --claude.'],
  EACCES: ['claude.not_executable', 'may not be executed by this user. Check its rights.'],
  EPERM: ['claude.not_executable', 'may not be executed by this user. Check its rights.'],
  ENOEXEC: ['claude.not_executable', 'is no program for this system. Install Claude Code for it.'],
  E2BIG: [
    'claude.arguments_too_long',
    'cannot take so long arguments. Shorten appendSystemPrompt, or put it in a file of the workspace.',
  ],
  ENAMETOOLONG: [
    'claude.arguments_too_long',
    'cannot take so long arguments. Shorten appendSystemPrompt, or put it in a file of the workspace.',
  ],
  EMFILE: [
    'claude.spawn_failed',
    'could not be started: too many files are open. Run fewer instances at once.',
  ],
  EAGAIN: [
    'claude.spawn_failed',
    'could not be started: this user has too many processes. Run fewer instances at once.',
  ],
};

function spawnFailure(file: string, code: string | undefined, cause: unknown): FailureError {
  const known = code === undefined ? undefined : SPAWN_FAILURES[code];
  if (known !== undefined) return failureError(known[0], `${file} ${known[1]}`, cause);
  return failureError(
    'claude.spawn_failed',
    `${file} could not be started (${code ?? 'for an unknown reason'}).`,
    cause,
  );
}

/** Spawns with stdout and stderr straight into the spool, in a session and process group of its own. */
function spawn({ launch, args, cwd, env, spool }: ProcessStart) {
  return execa(launch.file, [...launch.prefix, ...args], {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    stdin: 'pipe',
    // Any number of a file is taken; the type names the first few only.
    stdout: spool.stdout as 3,
    stderr: spool.stderr as 3,
    buffer: false,
    reject: false,
    windowsHide: true,
  });
}

type Child = ReturnType<typeof spawn>;

/** A pipe whose reader is gone says so by an error; that the process ended is told by its exit. */
function inputOf({ stdin }: Child): Pick<ClaudeProcess, 'write' | 'endInput'> {
  let open = true;
  const closed = (): void => {
    open = false;
  };
  stdin.on('error', closed).on('close', closed);
  return {
    write: (text) => {
      if (!open || !stdin.writable) return false;
      stdin.write(text);
      return true;
    },
    endInput: () => {
      if (open && stdin.writable) stdin.end();
    },
  };
}

/** The pipe of a child is a socket, which its type does not say. */
type Letting = { ref?: () => unknown; unref?: () => unknown };

function holdOpen(child: Child, hold: boolean): void {
  const handles: readonly Letting[] = [child.nodeChildProcess, child.stdin as Letting];
  for (const handle of handles) {
    if (hold) handle.ref?.();
    else handle.unref?.();
  }
}

/**
 * Starts a Claude: no shell, arguments as they are, detached, so that it outlives us when it has to. The workspace is
 * checked before. @throws FailureError `workspace.missing`, `workspace.unreadable`, `claude.not_found`,
 * `claude.not_executable`, `claude.arguments_too_long`, `claude.spawn_failed`
 */
export async function startClaudeProcess(start: ProcessStart): Promise<ClaudeProcess> {
  await checkWorkspace(start.cwd);
  const child = spawn(start);
  const { pid } = child;
  if (pid === undefined) {
    const result = await child;
    throw spawnFailure(start.launch.file, result.code, result.cause);
  }
  const exited = new Promise<AttemptExit>((resolve) => {
    child.nodeChildProcess.once('exit', (exitCode, signal) => {
      resolve({ exitCode, signal });
    });
  });
  const input = inputOf(child);
  holdOpen(child, false);
  return { identity: await identify(pid), exited, ...input, holdOpen: (hold) => holdOpen(child, hold) };
}
