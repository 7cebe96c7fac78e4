import { setTimeout as delay } from 'node:timers/promises';
import { failureError } from '../../shared/domain/failure.ts';
import type { ProcessIdentity } from '../engine/ports.ts';
import { askProgram } from './ask-program.ts';
import { ATTEMPT_MARKER } from './environment.ts';
import { isAlive } from './process-identity.ts';
import { hasVariable, livingProcesses } from './process-table.ts';

/** The processes of an attempt: its group (led by `leader`), and whoever carries its marker. */
export type AttemptGroup = {
  readonly leader: ProcessIdentity;
  readonly attemptId: string;
  /**
   * True while the number of the group is surely still ours: the leader lives, or we have seen it end. When it ended
   * unseen (the engine was gone), the number may belong to another group by now, and only the marker counts.
   */
  readonly isOurs: boolean;
};

type UnixSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL';

/** Sends a signal to a process, or with a negative number to a group. False when there is none. */
function send(pid: number, signal: UnixSignal): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    // EPERM of a group on macOS: all that is left in it are dead processes.
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}

/** Windows has no groups: the tree below a process is ended, by force (nothing gentler reaches a console program). */
async function endTree(pid: number): Promise<void> {
  const root = process.env['SystemRoot'] ?? 'C:\\Windows';
  const env = { SystemRoot: root };
  const taskkill = { file: `${root}\\System32\\taskkill.exe`, prefix: [] };
  await askProgram(taskkill, ['/PID', String(pid), '/T', '/F'], { env, cwd: root, timeoutMs: 10_000 });
}

/** The pids of an attempt that are alive; on Linux only, elsewhere nobody can say without asking a program. */
export async function membersOf({ leader, attemptId, isOurs }: AttemptGroup): Promise<readonly number[]> {
  if (process.platform !== 'linux') return [];
  const living = await livingProcesses();
  const members = await Promise.all(
    living.map(async ({ pid, group, session }) => {
      if (pid === process.pid) return [];
      const inGroup = isOurs && (group === leader.pid || session === leader.pid);
      return inGroup || (await hasVariable(pid, ATTEMPT_MARKER, attemptId)) ? [pid] : [];
    }),
  );
  return members.flat();
}

/** Asks the leader alone to stop what it does, as Ctrl-C would. Windows has no such signal: false. */
export async function interruptProcess(leader: ProcessIdentity): Promise<boolean> {
  if (process.platform === 'win32' || !(await isAlive(leader))) return false;
  return send(leader.pid, 'SIGINT');
}

/** Asks the whole group to end. On Windows this ends it. */
export async function terminateGroup(group: AttemptGroup): Promise<void> {
  if (process.platform === 'win32') {
    if (await isAlive(group.leader)) await endTree(group.leader.pid);
    return;
  }
  if (group.isOurs) send(-group.leader.pid, 'SIGTERM');
}

const KILL_LIMIT_MS = 5000;
const LOOK_AGAIN_MS = 20;

/**
 * Ends every process of an attempt and returns when none is left: the group, and on Linux those that left the group but
 * carry the marker. @throws FailureError `claude.left_behind` naming the pids that outlived SIGKILL for 5 s.
 */
export async function killGroup(group: AttemptGroup): Promise<void> {
  if (process.platform === 'win32') return terminateGroup(group);
  const deadline = Date.now() + KILL_LIMIT_MS;
  if (group.isOurs) send(-group.leader.pid, 'SIGKILL');
  let left = await membersOf(group);
  while (left.length > 0) {
    for (const pid of left) send(pid, 'SIGKILL');
    if (Date.now() > deadline) {
      throw failureError(
        'claude.left_behind',
        `These processes of the instance could not be ended: ${left.join(', ')}. End them by hand.`,
      );
    }
    await delay(LOOK_AGAIN_MS);
    left = await membersOf(group);
  }
}

/** Lets what a leader left behind end by itself after SIGTERM for `graceMs`, then ends it. */
export async function sweepGroup(group: AttemptGroup, graceMs: number): Promise<void> {
  const left = await membersOf(group);
  if (left.length === 0 && process.platform === 'linux') return;
  for (const pid of left) send(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline && (await membersOf(group)).length > 0) await delay(LOOK_AGAIN_MS);
  await killGroup(group);
}
