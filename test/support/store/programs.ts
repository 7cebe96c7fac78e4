import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export type Program = {
  readonly pid: number;
  /** The next line it prints; null when it has ended. */
  readonly line: () => Promise<string | null>;
  /** Kills it as `kill -9` does, and waits until it is gone. */
  readonly kill: () => Promise<void>;
};

const startProcess = (command: string, args: readonly string[]): Program => {
  const child: ChildProcessByStdio<null, Readable, null> = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  return {
    pid: child.pid ?? 0,
    line: async () => {
      const next = await lines.next();
      return next.done === true ? null : next.value;
    },
    kill,
  };
};

const pathOf = (program: string): string => fileURLToPath(new URL(`./${program}.ts`, import.meta.url));

/** Starts a program of this folder on a data directory or a file; it is killed when the test ends. */
export const startProgram = (
  program:
    | 'commit-forever'
    | 'compress-file'
    | 'compact-forever'
    | 'index-forever'
    | 'import-forever'
    | 'hold-data-dir'
    | 'bring-up-to-date'
    | 'remake'
    | 'vacuum',
  dataDir: string,
  ...more: readonly string[]
): Program => startProcess(process.execPath, [pathOf(program), dataDir, ...more]);

/** As `startProgram`, but no file that it writes may grow over `kib` KiB (needs a POSIX shell). */
export const startWithFileLimit = (program: 'commit-forever', dataDir: string, kib: number): Program =>
  startProcess('bash', [
    '-c',
    `ulimit -f ${String(kib)} && exec "$0" "$@"`,
    process.execPath,
    pathOf(program),
    dataDir,
  ]);
