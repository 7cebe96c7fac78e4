import { execa } from 'execa';

/** How to start a program: the file, and the arguments that come before any of ours (a script for `node`). */
export type Launch = { readonly file: string; readonly prefix: readonly string[] };

export type ProgramAnswer = {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when it could not be started, was ended by a signal or by the time limit. */
  readonly exitCode: number | null;
  /** Why there is no proper answer; null when it ran to its end by itself. */
  readonly trouble: string | null;
};

export type AskOptions = {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly timeoutMs: number;
};

/** At most this much of an answer is kept; more is no answer to a question of ours. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Runs a program for its answer: no shell, no input, its own process group, ended with its children after
 * `timeoutMs`. Never throws: what went wrong is in `trouble`.
 */
export async function askProgram(
  launch: Launch,
  args: readonly string[],
  options: AskOptions,
): Promise<ProgramAnswer> {
  const result = await execa(launch.file, [...launch.prefix, ...args], {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    stdin: 'ignore',
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
    killDescendants: true,
    maxBuffer: MOST_BYTES,
    reject: false,
    windowsHide: true,
  });
  return {
    stdout: result.stdout,
    stderr: result.stderr,
    exitCode: result.exitCode ?? null,
    trouble: troubleOf(result, options.timeoutMs),
  };
}

function troubleOf(
  result: {
    timedOut: boolean;
    exitCode?: number | undefined;
    signal?: string | undefined;
    shortMessage?: string | undefined;
  },
  timeoutMs: number,
): string | null {
  if (result.timedOut) return `no answer within ${String(timeoutMs / 1000)} s`;
  if (result.exitCode !== undefined) return null;
  if (result.signal !== undefined) return `ended by ${result.signal}`;
  return result.shortMessage ?? 'could not be started';
}
