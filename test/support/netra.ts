import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openScriptedApi, type ScriptedApi } from '../../src/main/demo/scripted-api.ts';
import { trustAll } from './trust.ts';
import { claudeBinary, openClaudePlace, type ClaudePlace } from './claude.ts';

export type NetraExit = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A running `netra`. */
export type NetraRun = {
  readonly pid: number;
  readonly exited: Promise<NetraExit>;
  kill(signal: NodeJS.Signals): void;
  /** Writes to its stdin. */
  type(text: string): void;
  /** Ends stdin, with a last text where given. */
  endInput(text?: string): void;
  /** Breaks the pipe that it writes to. */
  stopReading(): void;
  /** Resolves with the match when stdout or stderr has it; rejects when the program ends without it. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
};

/** A data directory, a scripted API and a place for Claude processes, for the real command. Close it. */
export type NetraPlace = {
  readonly dataDir: string;
  readonly api: ScriptedApi;
  readonly claude: ClaudePlace;
  /** Starts `netra` with these arguments, on this data directory. */
  start(args: readonly string[], options?: StartOptions): NetraRun;
  /** Runs it to its end. */
  run(args: readonly string[], options?: StartOptions): Promise<NetraExit>;
  /** Writes a plan whose instances talk to the scripted API; gives its path. */
  plan(name: string, instances: readonly object[], more?: object): Promise<string>;
  close(): Promise<void>;
};

type StartOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** Runs it in a terminal of 110 × 30 (Linux's `script`). */
  readonly inTerminal?: boolean;
};

const program = join(import.meta.dirname, '../../src/main/hosts/cli/main.ts');

const quoted = (arg: string): string => `'${arg.replaceAll("'", `'\\''`)}'`;

const commandOf = (
  args: readonly string[],
  inTerminal: boolean,
): readonly [command: string, args: readonly string[]] => {
  if (!inTerminal) return [process.execPath, args];
  const line = [process.execPath, ...args].map(quoted).join(' ');
  return ['script', ['-qefc', `stty cols 110 rows 30; exec ${line}`, '/dev/null']];
};

const startProgram = (args: readonly string[], cwd: string, options: StartOptions): NetraRun => {
  const { env = {}, inTerminal = false } = options;
  const [command, commandArgs] = commandOf([program, ...args], inTerminal);
  const child = spawn(command, commandArgs, { cwd, env: { ...env } });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  const heard = (): void => {
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  child.stdin.on('error', () => undefined);
  const exited = new Promise<NetraExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
  return {
    pid: child.pid ?? 0,
    exited,
    kill: (signal) => child.kill(signal),
    type: (text) => child.stdin.write(text),
    endInput: (text = '') => child.stdin.end(text),
    stopReading: () => child.stdout.destroy(),
    shows: async (pattern) => {
      const found = Promise.withResolvers<RegExpExecArray>();
      const look = (): void => {
        const match = pattern.exec(stdout) ?? pattern.exec(stderr);
        if (match !== null) found.resolve(match);
      };
      listeners.add(look);
      look();
      exited.then(() => {
        look();
        found.reject(new Error(`netra ended without ${String(pattern)}:\n${stdout}\n${stderr}`));
      }, found.reject);
      try {
        return await found.promise;
      } finally {
        listeners.delete(look);
      }
    },
  };
};

/** Makes a place for `netra`; its instances run the real Claude Code on a scripted API. */
export const openNetraPlace = async (pace = 1): Promise<NetraPlace> => {
  const api = await openScriptedApi({ pace });
  const claude = await openClaudePlace(api.url);
  const dataDir = await mkdtemp(join(tmpdir(), 'netra-cli-'));
  await trustAll(dataDir);
  const runs = new Set<NetraRun>();
  const env = { ...claude.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', TZ: 'UTC' };

  const start = (args: readonly string[], options: StartOptions = {}): NetraRun => {
    const globals = ['--data-dir', dataDir, '--claude', claudeBinary()];
    const run = startProgram([...globals, ...args], claude.workspace, {
      ...options,
      env: { ...env, ...options.env },
    });
    runs.add(run);
    void run.exited.finally(() => runs.delete(run));
    return run;
  };
  const run = (args: readonly string[], options?: StartOptions): Promise<NetraExit> =>
    start(args, options).exited;
  return {
    dataDir,
    api,
    claude,
    start,
    run,
    plan: async (name, instances, more = {}) => {
      const file = join(claude.root, `${name}.yaml`);
      const plan = {
        ...{ name, workspace: claude.workspace, startupDelay: '0s', defaults: { env: claude.env } },
        ...more,
        instances,
      };
      await writeFile(file, JSON.stringify(plan));
      return file;
    },
    close: async () => {
      for (const each of runs) each.kill('SIGKILL');
      await Promise.allSettled([...runs].map(({ exited }) => exited));
      await run(['stop', '--all', '--force']);
      await api.close();
      await claude.remove();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
