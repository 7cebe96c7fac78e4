import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { failureError } from '../../shared/domain/failure.ts';
import { errorCode } from './file-error.ts';

/** A variable of the environment by which processes of ours are found, wherever they have gone. */
export type Marker = { readonly name: string; readonly value: string };

async function carriesInProc(pid: string, marker: string): Promise<boolean> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1');
    return environment.split('\0').includes(marker);
  } catch (error) {
    // Gone, or somebody else's.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

async function linuxCarriers(marker: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const carrying = await Promise.all(pids.map((pid) => carriesInProc(pid, marker)));
  return pids.filter((_, index) => carrying[index]).map(Number);
}

/** `ps -E` of macOS prints the environment after the command; a dead process has none. */
async function macCarriers(marker: string): Promise<readonly number[]> {
  const { stdout } = await execa('/bin/ps', ['-E', '-axww', '-o', 'pid=,command='], {
    ...{ env: { LC_ALL: 'C' }, extendEnv: false, cwd: '/', stdin: 'ignore', timeout: 10_000 },
    ...{ reject: false, maxBuffer: 32 * 1024 * 1024 },
  });
  return stdout.split('\n').flatMap((line) => {
    const [pid, ...words] = line.trim().split(' ');
    return words.includes(marker) ? [Number(pid)] : [];
  });
}

/** The processes that were started with the marker, ours left out. None are found on Windows. */
async function carriersOf({ name, value }: Marker): Promise<readonly number[]> {
  const marker = `${name}=${value}`;
  if (process.platform === 'win32') return [];
  const pids = process.platform === 'linux' ? await linuxCarriers(marker) : await macCarriers(marker);
  return pids.filter((pid) => pid !== process.pid);
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}

const LOOK_AGAIN_MS = 20;
const KILL_LIMIT_MS = 5000;

/**
 * Ends every process that carries the marker: asked first, killed after `graceMs`. Returns when none is left. Costs one
 * look at the processes of the machine when there is none. @throws FailureError `command.left_behind`
 */
export async function endCarriers(marker: Marker, graceMs: number): Promise<void> {
  const started = Date.now();
  const asked = new Set<number>();
  for (let left = await carriersOf(marker); left.length > 0; left = await carriersOf(marker)) {
    const waited = Date.now() - started;
    if (waited > graceMs + KILL_LIMIT_MS) {
      const pids = left.join(', ');
      throw failureError(
        'command.left_behind',
        `These processes of a command could not be ended: ${pids}. End them by hand.`,
      );
    }
    for (const pid of left) {
      if (waited >= graceMs) send(pid, 'SIGKILL');
      else if (!asked.has(pid)) send(pid, 'SIGTERM');
      asked.add(pid);
    }
    await delay(LOOK_AGAIN_MS);
  }
}
