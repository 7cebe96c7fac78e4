import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { glob, open, realpath, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { failureError } from '../../shared/domain/failure.ts';
import type { InstanceId } from '../../shared/domain/ids.ts';
import type { Files } from '../engine/workspace-ports.ts';
import { isMissing } from './file-error.ts';
import { makeFolder, writeWhole } from './made-state.ts';
import { realFolder } from './real-folder.ts';

/** True for a path that is the folder, or somewhere below it. Both are real paths. */
function isBelow(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return !isAbsolute(inside) && inside !== '..' && !inside.startsWith(`..${sep}`);
}

/** Parts of a pattern, alternatives in braces and parentheses among them. */
const partsOf = (pattern: string): readonly string[] => pattern.split(/[\\/{},()|]/);

function checkPattern(pattern: string): void {
  const isAbsolutePattern = /(^|[{,(|])[\\/]/.test(pattern) || /^[a-zA-Z]:/.test(pattern);
  if (!isAbsolutePattern && !partsOf(pattern).includes('..') && !pattern.includes('\0')) return;
  throw failureError(
    'file.bad_pattern',
    `The pattern ${pattern} leads out of the workspace. Write it relative to the workspace, without "..".`,
  );
}

const LEFT_OUT = ['.git', 'node_modules'];

/** The real path of a file; null when it is none, or one that a link outside leads to. */
async function realFile(folder: string, path: string): Promise<string | null> {
  try {
    const real = await realpath(path);
    return isBelow(folder, real) && (await stat(real)).isFile() ? real : null;
  } catch (error) {
    // A link that leads nowhere, or a file that has gone since.
    if (isMissing(error)) return null;
    throw error;
  }
}

async function globFiles(folder: string, pattern: string, most: number): Promise<readonly string[]> {
  checkPattern(pattern);
  const root = await realFolder(folder);
  const parts = partsOf(pattern);
  const excluded = LEFT_OUT.filter((name) => !parts.includes(name));
  const found = new Set<string>();
  const matches = glob(pattern, {
    cwd: root,
    withFileTypes: true,
    exclude: ({ name }) => excluded.includes(name),
  });
  for await (const entry of matches) {
    if (found.size >= most) break;
    if (entry.isDirectory()) continue;
    const path = resolve(root, entry.parentPath, entry.name);
    if ((await realFile(root, path)) !== null) found.add(relative(root, path).split(sep).join('/'));
  }
  return [...found].sort();
}

/** Not on Windows, whose Node has no such flag. */
const NO_WAIT = process.platform === 'win32' ? 0 : constants.O_NONBLOCK;

async function openFile(path: string): Promise<FileHandle> {
  try {
    // A pipe that nobody writes to must not be waited for.
    return await open(path, constants.O_RDONLY | NO_WAIT);
  } catch (error) {
    if (isMissing(error)) throw failureError('file.missing', `There is no file ${path}.`, error);
    throw failureError('file.unreadable', `${path} cannot be read: ${String(error)}.`, error);
  }
}

async function placeOfFile(folder: string, path: string): Promise<string> {
  if (isAbsolute(path)) return path;
  const root = await realFolder(folder);
  const file = resolve(root, path);
  const real = await realpath(file).catch((error: unknown) => {
    if (isMissing(error)) return file;
    throw failureError('file.unreadable', `${file} cannot be read: ${String(error)}.`, error);
  });
  if (isBelow(root, file) && isBelow(root, real)) return real;
  throw failureError('file.outside', `${path} is outside of the workspace ${folder}.`);
}

function textOf(path: string, bytes: Uint8Array): string {
  const notText = (cause?: unknown) => failureError('file.not_text', `${path} is no text in UTF-8.`, cause);
  if (bytes.includes(0)) throw notText();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw notText(error);
  }
}

async function readText(path: string, maxBytes: number): Promise<string> {
  await using handle = await openFile(path);
  const stats = await handle.stat();
  if (!stats.isFile()) throw failureError('file.unreadable', `${path} is no file.`);
  if (stats.size > maxBytes) {
    throw failureError(
      'file.too_large',
      `${path} has more than ${String(maxBytes)} bytes. Name the file in the prompt, so that Claude reads it itself.`,
    );
  }
  const buffer = Buffer.alloc(stats.size);
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read) {
    read = (await handle.read(buffer, length, buffer.length - length, length)).bytesRead;
  }
  return textOf(path, buffer.subarray(0, length));
}

/** A file name for any name: what can be read of it, and a digest that tells it from others. */
function fileNameOf(name: string): string {
  const slug = name.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${slug === '' ? 'value' : basename(slug).slice(0, 60)}-${digest}.txt`;
}

const valuesFolder = (dataDir: string, instanceId: string): string =>
  join(resolve(dataDir), 'values', instanceId);

/** Removes the files in which values of an instance were kept, if there are any. */
export const removeValues = (dataDir: string, instanceId: InstanceId): Promise<void> =>
  rm(valuesFolder(dataDir, instanceId), { recursive: true, force: true });

/** Files of workspaces, and those in which values are kept: below `values` in the data directory. */
export function createFiles(dataDir: string): Files {
  return {
    glob: globFiles,
    read: async (folder, path, maxBytes) => readText(await placeOfFile(folder, path), maxBytes),
    keepValue: async (instanceId, name, text) => {
      const folder = valuesFolder(dataDir, instanceId);
      await makeFolder(dirname(folder));
      const file = join(folder, fileNameOf(name));
      await writeWhole(file, text);
      return file;
    },
  };
}
