import { mkdir, open, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpoolRange } from '../../../shared/domain/event.ts';
import { failureError, type FailureError } from '../../../shared/domain/failure.ts';
import type { AttemptId } from '../../../shared/domain/ids.ts';
import type { ArgumentFile } from '../process/arguments.ts';
import { expandSpool } from '../../spool/expand-spool.ts';
import { spoolFile } from '../../spool/files.ts';
import { readSpool, type SpoolBytes } from '../../spool/read-spool.ts';
import type { SpoolFiles } from './spool-reader.ts';

/** The files of one attempt, opened for the child to write to. `close` after the start: the child has its own. */
export type OpenSpool = { readonly stdout: number; readonly stderr: number; close(): Promise<void> };

export interface Spool {
  readonly folder: string;
  files(attemptId: AttemptId): SpoolFiles;
  /** Where a private file of an attempt goes. */
  privateFile(attemptId: AttemptId, name: string): string;
  /** Creates the files of a new attempt, readable by this user only. @throws FailureError `spool.failed`, `spool.disk_full` */
  create(attemptId: AttemptId): Promise<OpenSpool>;
  /** Writes private files of an attempt. @throws FailureError `spool.failed`, `spool.disk_full` */
  writePrivate(files: readonly ArgumentFile[]): Promise<void>;
  /** Removes them. */
  removePrivate(files: readonly string[]): Promise<void>;
  /** Removes all files of an attempt that never ran. */
  remove(attemptId: AttemptId, privateFiles: readonly ArgumentFile[]): Promise<void>;
  /** How many bytes stdout holds; 0 when there is no file. */
  bytes(attemptId: AttemptId): Promise<number>;
  /** Bytes of a line as text, at most `maxBytes`, compressed or not. @throws FailureError `spool.missing` */
  readRaw(attemptId: AttemptId, range: SpoolRange, maxBytes: number): Promise<string>;
  /** Makes an attempt's files what they were before they were compressed, where they are. */
  expand(attemptId: AttemptId): Promise<void>;
  /** True when nothing more can be written here. */
  isFull(): Promise<boolean>;
}

/** The message of a full disk, with or without an error of the system behind it. */
export const diskFull = (folder: string, cause?: unknown): FailureError =>
  failureError(
    'spool.disk_full',
    `The disk that holds ${folder} is full, so that what Claude prints cannot be kept. Make room and restart the instance.`,
    cause,
  );

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

function spoolFailure(folder: string, error: unknown): FailureError {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(folder, error);
  if (code === 'ENOENT') {
    return failureError(
      'spool.failed',
      `The spool folder ${folder} is not there any more: the data directory was removed, or its disk was. Bring it back and restart the instance.`,
      error,
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return failureError(
    'spool.failed',
    `The spool folder ${folder} cannot be written: ${reason}. Check its owner and rights.`,
    error,
  );
}

async function readRange(spool: SpoolBytes, range: SpoolRange, maxBytes: number): Promise<string> {
  try {
    return (await spool.read(range.offset, Math.min(range.length, maxBytes))).toString('utf8');
  } finally {
    await spool.close();
  }
}

/** `x`: an attempt's files are made once; `a`: two writers never write over one another. */
async function openFiles({ stdout, stderr }: SpoolFiles): Promise<OpenSpool> {
  const out = await open(stdout, 'ax', 0o600);
  try {
    const err = await open(stderr, 'ax', 0o600);
    return {
      stdout: out.fd,
      stderr: err.fd,
      close: async () => {
        await Promise.all([out.close(), err.close()]);
      },
    };
  } catch (error) {
    await out.close();
    throw error;
  }
}

async function removeAll(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => rm(path, { force: true })));
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** So little is left that the next lines may not fit any more. */
const LEAST_BYTES = 64 * 1024;

/**
 * The last blocks of a file system are root's alone. One that tells no size (some network drives) never counts as full, nor does
 * one that was taken away: it may come back.
 */
async function isDiskFull(folder: string): Promise<boolean> {
  const found = await statfs(folder).catch((error: unknown) => {
    if (codeOf(error) === undefined) throw error;
    return null;
  });
  if (found === null) return false;
  const { blocks, bfree, bavail, bsize } = found;
  const free = process.getuid?.() === 0 ? bfree : bavail;
  return blocks > 0 && free * bsize < LEAST_BYTES;
}

/** Makes the folder if it is missing, but never the data directory: one that was taken away stays away. */
async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** The folder of all spool files: `ATTEMPT.ndjson` and `ATTEMPT.stderr`, made as needed. */
export function createSpool(folder: string): Spool {
  const attempt = async <T>(write: () => Promise<T>): Promise<T> => {
    try {
      await prepareFolder(folder);
      return await write();
    } catch (error) {
      throw spoolFailure(folder, error);
    }
  };
  const files = (attemptId: AttemptId): SpoolFiles => ({
    stdout: spoolFile(folder, attemptId, 'stdout'),
    stderr: spoolFile(folder, attemptId, 'stderr'),
  });
  return {
    folder,
    files,
    privateFile: (attemptId, name) => join(folder, `${attemptId}.${name}.json`),
    create: (attemptId) => attempt(() => openFiles(files(attemptId))),
    writePrivate: (all) =>
      attempt(async () => {
        for (const { path, text } of all) await writeFile(path, text, { mode: 0o600, flag: 'wx' });
      }),
    removePrivate: removeAll,
    remove: async (attemptId, privateFiles) => {
      const { stdout, stderr } = files(attemptId);
      await removeAll([stdout, stderr, ...privateFiles.map(({ path }) => path)]);
    },
    bytes: (attemptId) => sizeOf(files(attemptId).stdout),
    readRaw: async (attemptId, range, maxBytes) => {
      try {
        return await readRange(await readSpool(folder, attemptId, range.stream), range, maxBytes);
      } catch (error) {
        throw failureError(
          'spool.missing',
          `The output of this attempt cannot be read: ${files(attemptId)[range.stream]} is gone or damaged.`,
          error,
        );
      }
    },
    expand: (attemptId) => attempt(() => expandSpool(folder, attemptId)),
    isFull: () => isDiskFull(folder),
  };
}
