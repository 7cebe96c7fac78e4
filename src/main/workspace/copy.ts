import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  lutimes,
  mkdir,
  readFile,
  readlink,
  statfs,
  symlink,
  unlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import { failureError } from '../../shared/domain/failure.ts';
import { isMissing } from './file-error.ts';
import { asBuffer, below, bytePath, listTree, readablePath, type BytePath, type TreeEntry } from './tree.ts';
import { eachOf } from './turns.ts';

export type CopyLimits = {
  /** The sum of the sizes of all files. */
  readonly bytes: number;
  /** Files, folders and links together. */
  readonly entries: number;
};

export const DEFAULT_COPY_LIMITS: CopyLimits = { bytes: 32 * 2 ** 30, entries: 2_000_000 };

/** Room that a copy must leave on the disk, in bytes: the engine itself needs some to go on. */
const ROOM_LEFT_BYTES = 2 ** 30;

/**
 * Not copied: what belongs to the worktrees of the original (a `git worktree remove` in the copy would reach them), and
 * the lock of a git that happens to be at work.
 */
const NOT_COPIED: ReadonlySet<BytePath> = new Set(['.git/worktrees', '.git/index.lock', '.git/HEAD.lock']);

function totalBytes(entries: readonly TreeEntry[]): number {
  return entries.reduce((sum, { kind, stats }) => (kind === 'file' ? sum + Number(stats.size) : sum), 0);
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

function checkLimits(origin: string, entries: readonly TreeEntry[], limits: CopyLimits): void {
  const bytes = totalBytes(entries);
  if (bytes <= limits.bytes && entries.length <= limits.entries) return;
  throw failureError(
    'workspace.too_large',
    `${origin} is too large to be copied: more than ${bytes > limits.bytes ? gib(limits.bytes) : `${String(limits.entries)} files`}. Use a worktree, or name a smaller folder.`,
  );
}

/** A `.git` that is a file leads to the data of a worktree or submodule, which the copy would share with the original. */
async function refuseLinkedGit(origin: string): Promise<void> {
  const stats = await lstat(join(origin, '.git')).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (stats === null || stats.isDirectory()) return;
  throw failureError(
    'workspace.linked_git',
    `${origin} is a worktree or submodule of git: a copy would share its index and branch. Use \`worktree: ${origin}\`.`,
  );
}

/** True when the file system makes copies that share their blocks until one is written to. */
async function canClone(origin: string, target: string, entries: readonly TreeEntry[]): Promise<boolean> {
  const sample = entries.find(({ kind, stats }) => kind === 'file' && stats.size > 0n);
  if (sample === undefined) return false;
  const probe = join(target, '.netra-clone-probe');
  const from = asBuffer(below(bytePath(origin), sample.path));
  const cloned = await copyFile(from, probe, constants.COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => false,
  );
  await unlink(probe).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  return cloned;
}

async function checkRoom(origin: string, target: string, entries: readonly TreeEntry[]): Promise<void> {
  if (await canClone(origin, target, entries)) return;
  const { bavail, bsize } = await statfs(target);
  const needed = totalBytes(entries) + ROOM_LEFT_BYTES;
  if (bavail * bsize >= needed) return;
  throw failureError(
    'workspace.no_room',
    `There is no room for a copy of ${origin}: it needs ${gib(needed)}, and ${gib(bavail * bsize)} are free at ${target}.`,
  );
}

const FILES_AT_ONCE = 16;

const seconds = (ns: bigint): number => Number(ns / 1000n) / 1_000_000;

async function keepTimes(path: Buffer, { stats }: TreeEntry): Promise<void> {
  await lutimes(path, seconds(stats.atimeNs), seconds(stats.mtimeNs));
}

async function copyEntry(origin: BytePath, target: BytePath, entry: TreeEntry): Promise<void> {
  const from = asBuffer(below(origin, entry.path));
  const to = asBuffer(below(target, entry.path));
  try {
    if (entry.kind === 'link') await symlink(await readlink(from, 'buffer'), to);
    else await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await keepTimes(to, entry);
  } catch (error) {
    // Gone since it was listed: somebody is at work in the original.
    if (!isMissing(error)) throw error;
  }
}

async function copyEntries(
  origin: BytePath,
  target: BytePath,
  entries: readonly TreeEntry[],
  signal: AbortSignal,
): Promise<void> {
  const folders = entries.filter(({ kind }) => kind === 'folder');
  const leaves = entries.filter(({ kind }) => kind === 'file' || kind === 'link');
  for (const { path } of folders) await mkdir(asBuffer(below(target, path)), { mode: 0o700 });
  await eachOf(leaves, FILES_AT_ONCE, async (entry) => {
    signal.throwIfAborted();
    await copyEntry(origin, target, entry);
  });
  // From the innermost out: rights may forbid to write, and what is made inside changes the time of a folder.
  for (const entry of folders.toReversed()) {
    const folder = asBuffer(below(target, entry.path));
    await chmod(folder, Number(entry.stats.mode & 0o7777n));
    await keepTimes(folder, entry);
  }
}

/**
 * Copies what is in `origin` into the empty folder `target`: files as clones where the file system can, rights and times
 * kept, symbolic links as they are, sockets and pipes left out.
 * @throws FailureError `workspace.linked_git`, `workspace.too_large`, `workspace.no_room`, `workspace.copy_failed`
 */
export async function copyFolder(
  origin: string,
  target: string,
  limits: CopyLimits,
  signal: AbortSignal,
): Promise<void> {
  await refuseLinkedGit(origin);
  try {
    const entries = await listTree(
      origin,
      (path) => NOT_COPIED.has(path),
      (found) => checkLimits(origin, found, limits),
    );
    await checkRoom(origin, target, entries);
    await copyEntries(bytePath(origin), bytePath(target), entries, signal);
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw failureError('workspace.copy_failed', `${origin} could not be copied: ${error.message}.`, error);
  }
}

/** Git writes its index anew when it is only asked for the state; what is staged is in its objects. */
const NOT_COMPARED: ReadonlySet<BytePath> = new Set(['.git/index']);

/** What tells a changed entry: a change of content or rights always sets the time of change, which nobody can set back. */
function markOf({ kind, stats }: TreeEntry): string {
  return kind === 'folder' ? 'folder' : `${kind} ${String(stats.size)} ${String(stats.ctimeNs)}`;
}

/** The state of all files of a copy, as text: a line for each, `MARK\tPATH`, with the path in base64. */
export async function manifestOf(folder: string): Promise<string> {
  const entries = await listTree(folder, (path) => NOT_COMPARED.has(path));
  return entries
    .map((entry) => `${markOf(entry)}\t${Buffer.from(entry.path, 'latin1').toString('base64')}\n`)
    .join('');
}

/** The first path that is new, gone or changed since the manifest was made; null when there is none. */
export async function changedSince(folder: string, manifestFile: string): Promise<string | null> {
  const lines = (await readFile(manifestFile, 'utf8')).split('\n').filter((line) => line !== '');
  const before = new Map(
    lines.map((line) => {
      const [mark = '', path = ''] = line.split('\t');
      return [Buffer.from(path, 'base64').toString('latin1'), mark] as const;
    }),
  );
  for (const entry of await listTree(folder, (path) => NOT_COMPARED.has(path))) {
    if (before.get(entry.path) !== markOf(entry)) return readablePath(entry.path);
    before.delete(entry.path);
  }
  const [gone] = before.keys();
  return gone === undefined ? null : readablePath(gone);
}
