import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessIdentity } from '../../engine/ports.ts';
import { askProgram } from './ask-program.ts';
import { allowedEnvironment } from './environment.ts';
import { livingProcess } from './process-table.ts';

const ASK_TIMEOUT_MS = 10_000;

/** With the number of the system's present run: after a restart the same pid and ticks are another process. */
async function linuxToken(pid: number): Promise<string | null> {
  const entry = await livingProcess(pid);
  if (entry === null) return null;
  const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'latin1');
  return `${bootId.trim()} ${entry.startTicks}`;
}

async function answerOf(file: string, args: readonly string[]): Promise<string | null> {
  const inherited = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const env = allowedEnvironment({ inherited, platform: process.platform, path: null });
  const answer = await askProgram({ file, prefix: [] }, args, {
    env,
    cwd: process.cwd(),
    timeoutMs: ASK_TIMEOUT_MS,
  });
  const text = answer.stdout.trim();
  return answer.exitCode === 0 && text !== '' ? text : null;
}

/** macOS and the BSDs: the start time to the second; `Z` in the state is a process that nobody has collected. */
async function psToken(pid: number): Promise<string | null> {
  const answer = await answerOf('/bin/ps', ['-o', 'state=,lstart=', '-p', String(pid)]);
  const [state = '', ...started] = (answer ?? '').split(/\s+/);
  return state.startsWith('Z') || started.length === 0 ? null : started.join(' ');
}

async function windowsToken(pid: number): Promise<string | null> {
  const question = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${String(pid)}').CreationDate.ToUniversalTime().Ticks`;
  return answerOf('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', question]);
}

/** When a living process was started, as an opaque text; null when there is none. Costs nothing on Linux only. */
async function startToken(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return linuxToken(pid);
  return process.platform === 'win32' ? windowsToken(pid) : psToken(pid);
}

/** Tells a process from a later one with the same pid. For one that is gone already the token is empty. */
export async function identify(pid: number): Promise<ProcessIdentity> {
  return { pid, startToken: (await startToken(pid)) ?? '' };
}

/** True while this very process lives; a dead one that nobody has collected counts as gone. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return identity.startToken !== '' && (await startToken(identity.pid)) === identity.startToken;
}

/** True when some process has the pid: cheap everywhere, but it may be another one. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ESRCH') return false;
    if (code === 'EPERM') return true;
    throw error;
  }
}

const POLL_MS = 500;

/**
 * Resolves when a process that is not our child has ended; at once when it is gone. Looks every 500 ms without
 * starting anything (its identity is asked for once), and keeps our own process alive meanwhile.
 */
export async function untilGone(
  identity: ProcessIdentity,
  stop: AbortSignal,
  pollMs = POLL_MS,
): Promise<void> {
  if (!(await isAlive(identity))) return;
  const isThere = (): Promise<boolean> =>
    process.platform === 'linux' ? isAlive(identity) : Promise.resolve(exists(identity.pid));
  while (!stop.aborted && (await isThere())) await pause(pollMs, stop);
}

/** Waits, or less when `stop` comes. */
async function pause(ms: number, stop: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal: stop });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
