import { createHash, randomUUID } from 'node:crypto';
import { execa, type Options } from 'execa';
import { failureError } from '../../shared/domain/failure.ts';
import type { Log } from '../engine/ports.ts';
import type { CommandRequest, CommandResult } from '../engine/workspace-ports.ts';
import { errorCode } from './file-error.ts';
import { endCarriers } from './left-behind.ts';
import { createOutputTail } from './output-tail.ts';

/** Which engine a process belongs to: the digest of its data directory. */
const HOME_MARKER = 'NETRA_COMMAND_HOME';
/** Which command a process belongs to. */
const COMMAND_MARKER = 'NETRA_COMMAND_ID';

const OUTPUT_BYTES = 65_536;
/** How long a program that is to end may take before it is killed. */
const GRACE_MS = 2000;

export type ProgramRequest = Omit<CommandRequest, 'command'> & {
  readonly file: string;
  readonly args: readonly string[];
  /** A command of somebody else's: what leaves its process group is looked for too. */
  readonly shell: boolean;
};

export type ProgramResult = CommandResult & {
  /** What it printed without its errors, the last 64 KiB of it. */
  readonly stdout: string;
};

export type Environment = Readonly<Record<string, string>>;

export type ProgramsOptions = {
  /** Whose programs they are: the real path of a folder that no other engine has. */
  readonly owner: string;
  /** What a program gets of our own environment; the PATH is that of the person's terminal. */
  readonly environment: () => Promise<Environment>;
  readonly log: Log;
};

/** Runs programs to their end, with all that they start. */
export interface Programs {
  /**
   * Runs a program in a process group of its own, without input. What it started is ended with it: at its end, at the
   * timeout, and when the signal comes. @throws FailureError `command.spawn_failed`, `command.left_behind`
   */
  run(request: ProgramRequest, signal: AbortSignal): Promise<ProgramResult>;
}

/** Later ones win; on Windows case does not matter in names. */
function mergedEnvironment(...parts: readonly Environment[]): Environment {
  const merged = new Map<string, readonly [string, string]>();
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
    merged.set(process.platform === 'win32' ? name.toUpperCase() : name, [name, value]);
  }
  return Object.fromEntries(merged.values());
}

function spawnFailure(cwd: string, error: { readonly code?: string | undefined; readonly cause?: unknown }) {
  const cause = error.cause;
  return failureError(
    'command.spawn_failed',
    `The command could not be started in ${cwd} (${error.code ?? 'for an unknown reason'}). Check that the folder is there and that the command is not too long.`,
    cause,
  );
}

const optionsOf = ({ cwd, timeoutMs, shell }: ProgramRequest, signal: AbortSignal) =>
  ({
    ...{ cwd, shell, cancelSignal: signal, killDescendants: true, forceKillAfterDelay: GRACE_MS },
    ...{ extendEnv: false, stdin: 'ignore', all: true, buffer: false, reject: false, windowsHide: true },
    ...(timeoutMs > 0 && { timeout: timeoutMs }),
  }) as const satisfies Options;

/** What is left of the process group of a leader that has ended. */
function killGroup(pid: number): void {
  if (process.platform === 'win32') return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // EPERM of a group on macOS: all that is left in it are dead processes.
    if (!['ESRCH', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** How long pipes are read on when nobody of ours can hold them any more. */
const LAST_OUTPUT_MS = 1000;

async function run(request: ProgramRequest, signal: AbortSignal, env: Environment): Promise<ProgramResult> {
  const [all, own] = [createOutputTail(OUTPUT_BYTES), createOutputTail(OUTPUT_BYTES)];
  const child = execa(request.file, request.args, { ...optionsOf(request, signal), env });
  const { pid } = child;
  if (pid === undefined) throw spawnFailure(request.cwd, await child);
  child.all.on('data', (chunk: Uint8Array) => {
    all.add(chunk);
  });
  child.stdout.on('data', (chunk: Uint8Array) => {
    own.add(chunk);
  });
  const exited = new Promise((resolve) => child.nodeChildProcess.once('exit', resolve));
  // What it left behind may hold its pipes open, and would be waited for.
  const ended = exited.then(async () => {
    child.kill();
    if (request.shell)
      await endCarriers({ name: COMMAND_MARKER, value: env[COMMAND_MARKER] ?? '' }, GRACE_MS);
    killGroup(pid);
    setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, LAST_OUTPUT_MS).unref();
  });
  const [result] = await Promise.all([child, ended]);
  const { exitCode = null, timedOut } = result;
  return { exitCode, timedOut, output: all.text(), stdout: own.text() };
}

const notStarted: ProgramResult = { exitCode: null, timedOut: false, output: '', stdout: '' };

/** Begins with ending what an engine that was killed left running; programs wait for that. */
export function createPrograms({ owner, environment, log }: ProgramsOptions): Programs {
  const home = createHash('sha256').update(owner).digest('hex').slice(0, 16);
  const cleared = endCarriers({ name: HOME_MARKER, value: home }, GRACE_MS).catch((error: unknown) => {
    log.error('commands of an earlier engine go on', error);
  });
  return {
    run: async (request, signal) => {
      await cleared;
      const markers = { [HOME_MARKER]: home, [COMMAND_MARKER]: randomUUID() };
      const env = mergedEnvironment(await environment(), request.env, markers);
      return signal.aborted ? notStarted : run(request, signal, env);
    },
  };
}
