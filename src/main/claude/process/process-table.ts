import { readdir, readFile } from 'node:fs/promises';
import { askProgram } from './ask-program.ts';

/** A process of Linux as /proc shows it. */
export type ProcessEntry = {
  readonly pid: number;
  readonly parent: number;
  /** One letter; `Z` and `X` are dead ones that nobody has collected yet. */
  readonly state: string;
  readonly group: number;
  readonly session: number;
  /** Clock ticks from the start of the system to the start of the process. */
  readonly startTicks: string;
};

/** Reads a line of /proc/PID/stat. The name in parentheses may hold anything: the fields begin after the last one. */
export function processEntry(stat: string): ProcessEntry | null {
  const pid = Number.parseInt(stat, 10);
  // proc_pid_stat(5): state, ppid, pgrp, session are fields 3 to 6, starttime is 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  const startTicks = fields[19];
  if (!Number.isInteger(pid) || state === undefined || startTicks === undefined) return null;
  return { pid, parent: Number(parent), state, group: Number(group), session: Number(session), startTicks };
}

const isDead = ({ state }: ProcessEntry): boolean => state === 'Z' || state === 'X' || state === 'x';

/** Errors of /proc that say that the process is gone, or is not ours to look at. */
function isOutOfSight(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM';
}

async function readProc(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (isOutOfSight(error)) return null;
    throw error;
  }
}

/** The entry of one living process; null when there is none. Linux only. */
export async function livingProcess(pid: number): Promise<ProcessEntry | null> {
  const stat = await readProc(`/proc/${String(pid)}/stat`);
  const entry = stat === null ? null : processEntry(stat);
  return entry === null || isDead(entry) ? null : entry;
}

/** A living process, on any Unix. */
export type LivingProcess = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** True when it was started with this variable and value, as far as we may look. */
  readonly carries: (name: string, value: string) => Promise<boolean>;
};

async function linuxProcesses(): Promise<readonly LivingProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(pids.map((pid) => livingProcess(Number(pid))));
  return entries.flatMap((entry) => (entry === null ? [] : [{ ...entry, carries: carriesOf(entry.pid) }]));
}

/** The environment is read once, when it is first asked for. */
const carriesOf = (pid: number): LivingProcess['carries'] => {
  let variables: Promise<ReadonlySet<string>> | null = null;
  return async (name, value) => {
    variables ??= readProc(`/proc/${String(pid)}/environ`).then((text) => new Set(text?.split('\0')));
    return (await variables).has(`${name}=${value}`);
  };
};

/** Reads what `ps -E -o pid=,ppid=,pgid=,state=,command=` prints on macOS: the environment stands after the command. */
export function processesInPs(output: string): readonly LivingProcess[] {
  return output.split('\n').flatMap((line) => {
    const [, pid, parent, group, state, command = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    if (pid === undefined || state?.startsWith('Z') !== false) return [];
    const words = new Set(command.split(' '));
    const carries: LivingProcess['carries'] = (name, value) => Promise.resolve(words.has(`${name}=${value}`));
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), carries }];
  });
}

async function macProcesses(): Promise<readonly LivingProcess[]> {
  const answer = await askProgram(
    { file: '/bin/ps', prefix: [] },
    ['-E', '-axww', '-o', 'pid=,ppid=,pgid=,state=,command='],
    { env: { LC_ALL: 'C' }, cwd: '/', timeoutMs: 10_000 },
  );
  return processesInPs(answer.stdout);
}

/** Who asks while a look is under way shares the next one, for things may have changed since it began. */
export const sharedLooks = <T>(look: () => Promise<T>): (() => Promise<T>) => {
  let present: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  const start = (): Promise<T> => {
    const begun = look();
    const over = (): void => {
      if (present === begun) present = null;
    };
    next = null;
    present = begun;
    begun.then(over, over);
    return begun;
  };
  return () => (present === null ? start() : (next ??= present.then(start, start)));
};

const lookAround = (): Promise<readonly LivingProcess[]> => {
  if (process.platform === 'linux') return linuxProcesses();
  return process.platform === 'darwin' ? macProcesses() : Promise.resolve([]);
};

/**
 * All living processes: for stops, not for polling. Some milliseconds on Linux; on macOS `ps` is asked, which hides the
 * environment of the system's own programs. Nothing on other systems. Many that are stopped at once share a few looks.
 */
export const livingProcesses: () => Promise<readonly LivingProcess[]> = sharedLooks(lookAround);
