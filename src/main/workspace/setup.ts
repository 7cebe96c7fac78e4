import { failureError } from '../../shared/domain/failure.ts';
import type { CommandResult, CommandRunner } from '../engine/workspace-ports.ts';
import type { Environment } from './programs.ts';

const TIMEOUT_MS = 15 * 60_000;
const LAST_LINES = 20;
const LAST_CHARACTERS = 4000;

function reasonOf({ exitCode, timedOut }: CommandResult): string {
  if (timedOut) return 'it did not end within 15 minutes';
  return exitCode === null ? 'it was ended by a signal' : `it exited with ${String(exitCode)}`;
}

function lastLines(output: string): string {
  const lines = output.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  return lines.slice(-LAST_CHARACTERS);
}

export type Setup = {
  readonly commands: readonly string[];
  readonly folder: string;
  readonly env: Environment;
  /** Keeps what a command that failed printed, the last 64 KiB of it; gives the file. */
  readonly keepOutput: (text: string) => Promise<string>;
};

/** What a command that failed said: its last lines, and where there is more than that, the file with all of it. */
async function saidBy({ output }: CommandResult, { keepOutput }: Setup): Promise<string> {
  const last = lastLines(output);
  if (last === '') return '';
  const where = last === output.trimEnd() ? '' : `\nMore of what it said is in ${await keepOutput(output)}`;
  return ` It said at last:\n${last}${where}`;
}

/** Runs setup commands one after the other, each 15 minutes at most. @throws FailureError `workspace.setup_failed` */
export async function runSetup(runner: CommandRunner, setup: Setup, signal: AbortSignal): Promise<void> {
  const { commands, folder, env } = setup;
  for (const command of commands) {
    const result = await runner.run({ command, cwd: folder, env, timeoutMs: TIMEOUT_MS }, signal);
    if (signal.aborted) {
      throw failureError('workspace.interrupted', 'It was ended while the workspace was being set up.');
    }
    if (result.exitCode !== 0) {
      const said = await saidBy(result, setup);
      throw failureError(
        'workspace.setup_failed',
        `The setup command \`${command}\` failed: ${reasonOf(result)}.${said}`,
      );
    }
  }
}
