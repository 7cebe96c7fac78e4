import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk of its own, for what happens on one that is full, read-only or taken away. */
export type SmallDisk = {
  readonly path: string;
  /** Takes up all room but so many bytes. */
  readonly fill: (except: number) => Promise<void>;
  /** Gives that room back. */
  readonly makeRoom: () => Promise<void>;
  /** Throws where what has a file open for writing holds up `ro`. */
  readonly remount: (mode: 'ro' | 'rw') => void;
  /** Takes it away, also while files on it are open; what has them goes on with them. */
  readonly pull: () => void;
  /** Takes it away with its mount point. */
  readonly remove: () => void;
};

/** Mounts one; null where this user may not (root on Linux may). */
export const mountSmallDisk = (megabytes: number): SmallDisk | null => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const path = mkdtempSync(join(tmpdir(), 'netra-disk-'));
  const mount = (...args: readonly string[]) => execFileSync('mount', args, { stdio: 'ignore' });
  try {
    mount('-t', 'tmpfs', '-o', `size=${String(megabytes)}m`, 'tmpfs', path);
  } catch {
    rmSync(path, { recursive: true });
    return null;
  }
  const filler = join(path, 'filler');
  let isThere = true;
  const pull = (): void => {
    if (isThere) execFileSync('umount', ['-l', path]);
    isThere = false;
  };
  return {
    path,
    fill: async (except) => {
      const { bavail, bsize } = await statfs(path);
      const filling = writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - except)), { flag: 'a' });
      await filling.catch((error: unknown) => {
        // Somebody else took some of it meanwhile.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      });
    },
    makeRoom: () => rm(filler, { force: true }),
    remount: (mode) => mount('-o', `remount,${mode}`, path),
    pull,
    remove: () => {
      pull();
      rmSync(path, { recursive: true });
    },
  };
};
