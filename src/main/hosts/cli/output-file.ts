import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { failureError } from '../../../shared/domain/failure.ts';

/** A file that is there whole or not at all: it gets its name once it is written. */
export type OutputFile = {
  readonly path: string;
  readonly write: (data: string | Uint8Array) => Promise<void>;
  /** Gives it its name. @throws FailureError `arguments.file_exists`, `output.not_written` */
  readonly finish: () => Promise<void>;
  /** Takes away what was written; nothing happens after `finish`. */
  readonly discard: () => Promise<void>;
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const kindOf = async (path: string): Promise<'nothing' | 'folder' | 'file'> => {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'nothing';
    throw notWritten(path, error);
  }
};

/** Why a file cannot be written, and what to do. What the system says names a draft that nobody knows. */
const whyNotWritten = (path: string, error: unknown): string => {
  const folder = dirname(path);
  switch (codeOf(error)) {
    case 'ENOENT':
      return `there is no folder ${folder}. Make it, or name another`;
    case 'ENOTDIR':
      return `${folder} is no folder. Name another`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${folder} may not be written to. Name another`;
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full. Free some space';
    case 'ENAMETOOLONG':
      return 'its name is too long. Give a shorter one';
    default:
      return error instanceof Error ? error.message : String(error);
  }
};

const notWritten = (path: string, error: unknown) =>
  failureError('output.not_written', `${path} cannot be written: ${whyNotWritten(path, error)}.`, error);

const refuseToReplace = async (path: string, force: boolean): Promise<void> => {
  if (force || (await kindOf(path)) === 'nothing') return;
  throw failureError(
    'arguments.file_exists',
    `${path} is there already. Use --force to write in its place, or another name.`,
  );
};

const draftName = (path: string): string =>
  `.${basename(path).slice(0, 60)}.netra-${randomBytes(6).toString('hex')}.part`;
const isDraft = (name: string): boolean => /^\..*\.netra-[0-9a-f]{12}\.part$/.test(name);

/** A draft that nobody has written to for so long belongs to a program that was killed. */
const deadAfterMs = 10 * 60_000;

const removeDeadDrafts = async (folder: string): Promise<void> => {
  try {
    for (const name of (await readdir(folder)).filter(isDraft)) {
      const { mtimeMs } = await stat(join(folder, name));
      if (Date.now() - mtimeMs > deadAfterMs) await rm(join(folder, name), { force: true });
    }
  } catch {
    // A folder that cannot be read or cleared may be one that can be written to: that is seen next.
  }
};

/**
 * Opens a file to be written; what is a folder gets a file called `name` in it.
 * @throws FailureError `arguments.file_exists`, `output.not_written`
 */
export const openOutputFile = async (where: string, name: string, force: boolean): Promise<OutputFile> => {
  const given = resolve(where);
  const path = (await kindOf(given)) === 'folder' ? join(given, name) : given;
  await refuseToReplace(path, force);
  await removeDeadDrafts(dirname(path));
  const draft = join(dirname(path), draftName(path));
  const attempt = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw notWritten(path, error);
    }
  };
  let file: FileHandle | null = await attempt(() => open(draft, 'wx', 0o600));
  const close = async (): Promise<void> => {
    const closing = file;
    file = null;
    await closing?.close();
  };
  return {
    path,
    write: (data) => attempt(async () => file?.writeFile(data)),
    finish: async () => {
      await refuseToReplace(path, force);
      await attempt(async () => {
        await file?.sync();
        await close();
        await rename(draft, path);
      });
    },
    discard: async () => {
      await close();
      await rm(draft, { force: true });
    },
  };
};
