import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { askProgram } from '../process/ask-program.ts';

export type LoginShell = {
  /** The person's shell, absolute. */
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  readonly home: string;
  readonly timeoutMs?: number;
};

const DEFAULT_TIMEOUT_MS = 3000;

/** csh and its kin take `-l` only alone; the others read the files of a login and of an interactive shell. */
const flagsOf = (shell: string): readonly string[] =>
  /^t?csh$/.test(basename(shell)) ? ['-i', '-c'] : ['-i', '-l', '-c'];

/** The PATH between the two markers of what the shell printed; what its start-up files print is left aside. */
export function pathBetween(output: string, marker: string): string | null {
  const [, environment, ...rest] = output.split(marker);
  if (environment === undefined || rest.length === 0) return null;
  const line = environment.split(/\r?\n/).find((each) => each.startsWith('PATH='));
  return line === undefined ? null : line.slice('PATH='.length);
}

/**
 * Asks the person's login shell, once, for the PATH that a terminal would have: an application started from a
 * desktop does not inherit it. Runs in its own process group with a time limit (3 s). Null when the shell gave none.
 */
export async function loginShellPath(login: LoginShell): Promise<string | null> {
  const marker = `netra-${randomUUID()}`;
  const question = `echo ${marker}; /usr/bin/env; echo ${marker}`;
  const answer = await askProgram({ file: login.shell, prefix: [] }, [...flagsOf(login.shell), question], {
    env: login.env,
    cwd: login.home,
    timeoutMs: login.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  });
  return pathBetween(answer.stdout, marker);
}
