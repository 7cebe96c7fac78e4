import { setTimeout as delay } from 'node:timers/promises';
import { failureError, FailureError } from '../../shared/domain/failure.ts';
import type { ProgramResult, Programs } from './programs.ts';

/** Asks git. */
export interface Git {
  /** What it prints. @throws FailureError `workspace.git_failed`, `workspace.git_missing`, `workspace.not_git` */
  ask(folder: string, args: readonly string[]): Promise<string>;
  /** The same, null when git says no (exits with another code than 0). @throws FailureError `workspace.git_missing` */
  tryAsk(folder: string, args: readonly string[]): Promise<string | null>;
}

/** Nothing of git's that goes on by itself: no prompt, no daemon, no tidying in the background. */
const QUIET = [
  ...['-c', 'core.fsmonitor=false', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false'],
  ...['-c', 'core.quotePath=false'],
];
const ENVIRONMENT = { GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C.UTF-8' };

const TIMEOUT_MS = 15 * 60_000;
const TRIES = 20;
const TRY_AGAIN_MS = 250;

/** Another git is at work in the same repository. */
const isLocked = ({ output }: ProgramResult): boolean =>
  /\.lock'?: File exists|could not lock config file|Unable to create .*\.lock/.test(output);

function gitFailure(folder: string, args: readonly string[], { output, timedOut }: ProgramResult) {
  if (/not a git repository/.test(output)) {
    return failureError(
      'workspace.not_git',
      `${folder} is in no git repository, so there can be no worktree of it. Use \`folder:\` or \`copy:\`, or run \`git init\`.`,
    );
  }
  const said = timedOut ? 'it did not end within 15 minutes' : output.trim().split('\n').slice(-3).join(' ');
  return failureError(
    'workspace.git_failed',
    `git ${args.find((arg) => !arg.startsWith('-')) ?? ''} failed in ${folder}: ${said}`,
  );
}

export function createGit(programs: Programs, signal: AbortSignal): Git {
  const once = async (folder: string, args: readonly string[]): Promise<ProgramResult> => {
    const request = { cwd: folder, env: ENVIRONMENT, timeoutMs: TIMEOUT_MS, file: 'git', shell: false };
    try {
      return await programs.run({ ...request, args: [...QUIET, ...args] }, signal);
    } catch (error) {
      if (!(error instanceof FailureError) || error.failure.code !== 'command.spawn_failed') throw error;
      throw failureError('workspace.git_missing', 'git could not be started. Install git.', error);
    }
  };
  const patient = async (folder: string, args: readonly string[]): Promise<ProgramResult> => {
    for (let tries = 1; ; tries += 1) {
      const result = await once(folder, args);
      if (result.exitCode === 0 || !isLocked(result) || tries === TRIES) return result;
      await delay(TRY_AGAIN_MS);
    }
  };
  return {
    ask: async (folder, args) => {
      const result = await patient(folder, args);
      if (result.exitCode !== 0) throw gitFailure(folder, args, result);
      return result.stdout;
    },
    tryAsk: async (folder, args) => {
      const { exitCode, stdout } = await patient(folder, args);
      return exitCode === 0 ? stdout : null;
    },
  };
}
