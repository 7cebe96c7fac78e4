import { readdir, readFile } from 'node:fs/promises';

/** A process of Linux as /proc shows it. */
export type ProcessEntry = {
  readonly pid: number;
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
  const [state, , group, session] = fields;
  const startTicks = fields[19];
  if (!Number.isInteger(pid) || state === undefined || startTicks === undefined) return null;
  return { pid, state, group: Number(group), session: Number(session), startTicks };
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

/** All living processes. Linux only; a few milliseconds for some hundreds of them: for stops, not for polling. */
export async function livingProcesses(): Promise<readonly ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(pids.map((pid) => livingProcess(Number(pid))));
  return entries.filter((entry) => entry !== null);
}

/** True when the process was started with `name=value` in its environment, as far as we may look. Linux only. */
export async function hasVariable(pid: number, name: string, value: string): Promise<boolean> {
  const environment = await readProc(`/proc/${String(pid)}/environ`);
  return environment?.split('\0').includes(`${name}=${value}`) ?? false;
}
