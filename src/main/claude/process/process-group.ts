import { setTimeout as delay } from 'node:timers/promises';
import { failureError } from '../../../shared/domain/failure.ts';
import type { ProcessIdentity } from '../../engine/ports.ts';
import { askProgram } from './ask-program.ts';
import { ATTEMPT_MARKER } from './environment.ts';
import { isAlive } from './process-identity.ts';
import { livingProcesses, type LivingProcess } from './process-table.ts';

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
  if (Math.abs(pid) <= 1)
    throw new RangeError(`no signal for ${String(pid)}: it stands for far more than one program`);
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

/** The processes that descend from one, it included, by their parents. */
function descendants(root: number, living: readonly LivingProcess[]): ReadonlySet<number> {
  const found = new Set([root]);
  // Each round finds the children of those found before; a child may stand before its parent in the list.
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { pid, parent } of living) if (found.has(parent)) found.add(pid);
  }
  return found;
}

/**
 * The living processes of an attempt: its group, the descendants of its leader, those that carry its marker, and of
 * `known` (found earlier, perhaps without a parent by now) those that still live. Empty on Windows.
 */
async function membersOf(
  { leader, attemptId, isOurs }: AttemptGroup,
  known: readonly number[],
): Promise<readonly number[]> {
  const living = await livingProcesses();
  const certain = new Set([...known, ...(isOurs ? descendants(leader.pid, living) : [])]);
  const members = await Promise.all(
    living.map(async ({ pid, group, carries }) => {
      if (pid === process.pid) return [];
      const ours = certain.has(pid) || (isOurs && group === leader.pid);
      return ours || (await carries(ATTEMPT_MARKER, attemptId)) ? [pid] : [];
    }),
  );
  return members.flat();
}

/** Asks the leader alone to stop what it does, as Ctrl-C would. Windows has no such signal: false. */
export async function interruptProcess(leader: ProcessIdentity): Promise<boolean> {
  if (process.platform === 'win32' || !(await isAlive(leader))) return false;
  return send(leader.pid, 'SIGINT');
}

/**
 * Asks the whole group to end; on Windows this ends it. Gives the processes that the attempt had then, so that those that
 * outlive their parents are known to `sweepGroup`.
 */
export async function terminateGroup(group: AttemptGroup): Promise<readonly number[]> {
  if (process.platform === 'win32') {
    if (await isAlive(group.leader)) await endTree(group.leader.pid);
    return [];
  }
  const members = await membersOf(group, []);
  if (group.isOurs) send(-group.leader.pid, 'SIGTERM');
  return members;
}

const KILL_LIMIT_MS = 5000;
const LOOK_AGAIN_MS = 20;

/**
 * Ends every process of an attempt and returns when none is left: its group, and those that left the group (see
 * `membersOf`). @throws FailureError `claude.left_behind` naming the pids that outlived SIGKILL for 5 s.
 */
export async function killGroup(group: AttemptGroup, known: readonly number[] = []): Promise<void> {
  if (process.platform === 'win32') {
    await terminateGroup(group);
    return;
  }
  const deadline = Date.now() + KILL_LIMIT_MS;
  let left = await membersOf(group, known);
  if (group.isOurs) send(-group.leader.pid, 'SIGKILL');
  while (left.length > 0) {
    for (const pid of left) send(pid, 'SIGKILL');
    if (Date.now() > deadline) {
      throw failureError(
        'claude.left_behind',
        `These processes of the instance could not be ended: ${left.join(', ')}. End them by hand.`,
      );
    }
    await delay(LOOK_AGAIN_MS);
    left = await membersOf(group, left);
  }
}

/** What a leader left behind is asked to end, and ended after `graceMs`. `known`: see `terminateGroup`. */
export async function sweepGroup(
  group: AttemptGroup,
  known: readonly number[],
  graceMs: number,
): Promise<void> {
  let left = await membersOf(group, known);
  for (const pid of left) send(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (left.length > 0 && Date.now() < deadline) {
    await delay(LOOK_AGAIN_MS);
    left = await membersOf(group, left);
  }
  if (left.length > 0) await killGroup(group, left);
}
