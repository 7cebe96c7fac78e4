import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type { AttemptId } from '../../shared/domain/ids.ts';
import { compressedSuffix, spoolFile, type SpoolStream } from './files.ts';
import { decodeSeekTable, footerBytes, type Frame, seekTableBytes, SpoolDamage } from './seek-table.ts';

const decompress = promisify(zstdDecompress);

/** A spool's bytes, whichever form it has. */
export interface SpoolBytes {
  /** How many there are. */
  readonly size: number;
  /** Those from `offset` on, `length` of them or fewer at the end. @throws SpoolDamage, or the file system's error */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

const readFully = async (file: FileHandle, offset: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
};

/** Opens what `make` makes of the file; closed again when that fails. */
const openWith = async <T>(
  path: string,
  make: (file: FileHandle, size: number) => Promise<T>,
): Promise<T> => {
  const file = await open(path, 'r');
  try {
    return await make(file, (await file.stat()).size);
  } catch (error) {
    await file.close();
    throw error;
  }
};

/** Opens a file as it is. @throws the file system's error */
export const openPlain = (path: string): Promise<SpoolBytes> =>
  openWith(path, (file, size) =>
    Promise.resolve({
      size,
      read: (offset, length) => readFully(file, offset, Math.max(0, Math.min(length, size - offset))),
      close: () => file.close(),
    }),
  );

const framesOf = async (file: FileHandle, size: number): Promise<readonly Frame[]> => {
  const footer = await readFully(file, Math.max(0, size - footerBytes), footerBytes);
  const bytes = seekTableBytes(footer, size);
  return decodeSeekTable(await readFully(file, size - bytes, bytes), size);
};

const decompressed = async (file: FileHandle, { at, compressed, raw }: Frame): Promise<Buffer> => {
  const bytes = await decompress(await readFully(file, at, compressed)).catch((error: unknown) => {
    throw new SpoolDamage('A frame of it cannot be decompressed.', { cause: error });
  });
  if (bytes.length !== raw) throw new SpoolDamage('A frame of it holds something else than the table says.');
  return bytes;
};

/** The frames that hold bytes of a range. */
const within = (frames: readonly Frame[], from: number, to: number): readonly Frame[] =>
  frames.filter(({ rawAt, raw }) => rawAt < to && rawAt + raw > from);

/**
 * Opens a file that `createSeekableWriter` or `compressFile` wrote; its last frame read is kept for the next read.
 * @throws SpoolDamage for one that was cut or is none; the file system's error
 */
export const openCompressed = (path: string): Promise<SpoolBytes> =>
  openWith(path, async (file, fileBytes) => {
    const frames = await framesOf(file, fileBytes);
    const size = frames.reduce((sum, { raw }) => sum + raw, 0);
    let last: { readonly frame: Frame; readonly bytes: Promise<Buffer> } | undefined;
    const bytesOf = (frame: Frame): Promise<Buffer> => {
      if (last?.frame !== frame) last = { frame, bytes: decompressed(file, frame) };
      return last.bytes;
    };
    return {
      size,
      read: async (offset, length) => {
        const parts: Buffer[] = [];
        const to = offset + length;
        for (const frame of within(frames, offset, to)) {
          const { rawAt } = frame;
          parts.push((await bytesOf(frame)).subarray(Math.max(0, offset - rawAt), to - rawAt));
        }
        return Buffer.concat(parts);
      },
      close: () => file.close(),
    };
  });

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Opens a file by the name that it has before it is compressed, whichever form it has. @throws as `openCompressed` */
const openEither = async (path: string): Promise<SpoolBytes> => {
  try {
    return await openPlain(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  // It is removed only once the compressed one is there.
  return openCompressed(path + compressedSuffix);
};

/** Opens a stream of an attempt's spool. @throws as `openCompressed` */
export const readSpool = (folder: string, attemptId: AttemptId, stream: SpoolStream): Promise<SpoolBytes> =>
  openEither(spoolFile(folder, attemptId, stream));
