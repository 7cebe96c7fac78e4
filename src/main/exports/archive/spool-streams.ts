import { access, mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AttemptId } from '../../../shared/domain/ids.ts';
import { compressedSuffix, spoolFile } from '../../spool/files.ts';
import { readSpool, type SpoolBytes } from '../../spool/read-spool.ts';
import type { NewRaw, RawStreams, StreamName } from './raw.ts';

const pieceBytes = 256 * 1024;

/** The name of a file that is being taken in; nobody else reads it. */
const unfinished = '.import';

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

const isThere = async (path: string): Promise<boolean> => {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

async function* piecesOf(spool: SpoolBytes): AsyncGenerator<Uint8Array, void> {
  try {
    for (let offset = 0; offset < spool.size;) {
      const piece = await spool.read(offset, pieceBytes);
      if (piece.length === 0) return;
      offset += piece.length;
      yield piece;
    }
  } finally {
    await spool.close();
  }
}

const newFile = async (path: string): Promise<NewRaw> => {
  const file = await open(path + unfinished, 'w', 0o600);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    write: (bytes) => file.writeFile(bytes),
    ready: () => file.sync(),
    finish: async () => {
      await close();
      await rename(path + unfinished, path);
    },
    discard: async () => {
      await close();
      await rm(path + unfinished, { force: true });
    },
  };
};

/** The spool of a data directory, as what exports read and archives bring. */
export const createSpoolStreams = (folder: string): RawStreams => {
  const pathOf = (attemptId: AttemptId, stream: StreamName): string => spoolFile(folder, attemptId, stream);
  return {
    read: async (attemptId, stream) => {
      try {
        return piecesOf(await readSpool(folder, attemptId, stream));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    exists: async (attemptId, stream) => {
      const path = pathOf(attemptId, stream);
      return (await isThere(path)) || isThere(path + compressedSuffix);
    },
    create: async (attemptId, stream) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return newFile(pathOf(attemptId, stream));
    },
    room: async () => {
      const { bavail, bsize } = await statfs((await isThere(folder)) ? folder : dirname(folder));
      return bavail * bsize;
    },
    tidy: async () => {
      if (!(await isThere(folder))) return;
      const left = (await readdir(folder)).filter((name) => name.endsWith(unfinished));
      for (const name of left) await rm(join(folder, name), { force: true });
    },
  };
};
