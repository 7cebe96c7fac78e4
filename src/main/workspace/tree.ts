import type { BigIntStats } from 'node:fs';
import { chmod, lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { errorCode, isMissing } from './file-error.ts';
import { eachOf } from './turns.ts';

/** A path with a character for each byte (latin1): the name of a file need not be text. Parts are divided by `/`. */
export type BytePath = string;

export function bytePath(path: string): BytePath {
  return Buffer.from(path, 'utf8').toString('latin1');
}

/** A path for people: what is no UTF-8 shows as replacement characters. */
export function readablePath(path: BytePath): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

/** A path for calls of the file system. */
export function asBuffer(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1');
}

export function below(folder: BytePath, name: BytePath): BytePath {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Something in a tree; symbolic links are listed and not followed. */
export type TreeEntry = {
  /** Relative to the top of the tree. */
  readonly path: BytePath;
  /** `other` is a socket, pipe or device. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly stats: BigIntStats;
};

function kindOf(stats: BigIntStats): TreeEntry['kind'] {
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isDirectory()) return 'folder';
  return stats.isFile() ? 'file' : 'other';
}

/** What a call gives; null when the file has gone meanwhile: others may be at work in a tree. */
async function unlessGone<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function entriesOf(root: BytePath, folder: BytePath): Promise<readonly TreeEntry[]> {
  const names = await unlessGone(readdir(asBuffer(below(root, folder)), 'latin1'));
  const entries = await Promise.all(
    (names ?? []).map(async (name) => {
      const path = below(folder, name);
      const stats = await unlessGone(lstat(asBuffer(below(root, path)), { bigint: true }));
      return stats === null ? [] : [{ path, kind: kindOf(stats), stats }];
    }),
  );
  return entries.flat();
}

const FOLDERS_AT_ONCE = 32;

/**
 * Everything below a folder, each folder before what is in it. `skip` leaves something out, with all that is in it;
 * `onLevel` is told what has been found so far, and may throw.
 */
export async function listTree(
  root: string,
  skip: (path: BytePath) => boolean,
  onLevel: (found: readonly TreeEntry[]) => void = () => undefined,
): Promise<readonly TreeEntry[]> {
  const top = bytePath(root);
  let found: readonly TreeEntry[] = [];
  let folders: readonly BytePath[] = [''];
  while (folders.length > 0) {
    const level: TreeEntry[] = [];
    await eachOf(folders, FOLDERS_AT_ONCE, async (folder) => {
      const entries = await entriesOf(top, folder);
      for (const entry of entries) if (!skip(entry.path)) level.push(entry);
    });
    found = found.concat(level);
    onLevel(found);
    folders = level.filter(({ kind }) => kind === 'folder').map(({ path }) => path);
  }
  return found;
}

/** A folder whose rights forbid it is made its owner's again. */
async function withRights(folder: BytePath, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    await chmod(asBuffer(folder), 0o700);
    await act();
  }
}

async function removeEntry(folder: BytePath, name: BytePath): Promise<void> {
  const path = below(folder, name);
  const stats = await unlessGone(lstat(asBuffer(path)));
  if (stats === null) return;
  if (stats.isDirectory()) await removeFolder(path);
  else await withRights(folder, () => unlessGone(unlink(asBuffer(path))));
}

const REMOVED_AT_ONCE = 8;

async function removeFolder(path: BytePath): Promise<void> {
  await withRights(path, async () => {
    const names = await unlessGone(readdir(asBuffer(path), 'latin1'));
    await eachOf(names ?? [], REMOVED_AT_ONCE, (name) => removeEntry(path, name));
  });
  const slash = path.lastIndexOf('/');
  await withRights(path.slice(0, slash), () => unlessGone(rmdir(asBuffer(path))));
}

/** Removes a folder with all that is in it, or a link or file; nothing is no error. Symbolic links are not followed. */
export async function removeTree(path: string): Promise<void> {
  const bytes = bytePath(path.replaceAll('\\', process.platform === 'win32' ? '/' : '\\'));
  const slash = bytes.lastIndexOf('/');
  await removeEntry(bytes.slice(0, slash), bytes.slice(slash + 1));
}
