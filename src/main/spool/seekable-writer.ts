import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { encodeSeekTable, type FrameSizes } from './seek-table.ts';

/**
 * What a frame holds: any line of it is read in some two milliseconds. Of long sessions that read source files
 * (test/bench/library-lines.ts) frames of 256 KiB leave 14.0 %, of 1 MiB 10.7 %, of 4 MiB 8.8 %.
 */
export const frameBytes = 1024 * 1024;

/** At 160 MB/s; with level 3 11.4 % are left at 500 MB/s, with level 9 10.4 % at 57 MB/s. */
const compressionLevel = 6;

/** Compresses one frame, with a checksum in it. */
const compressFrame = (raw: Uint8Array): Buffer =>
  zstdCompressSync(raw, {
    params: {
      [constants.ZSTD_c_compressionLevel]: compressionLevel,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });

/** A compressed file while it is written; it appears under its name when it is whole. All of it blocks. */
export interface SeekableWriter {
  /** @throws the file system's error; call `abort` then */
  write(bytes: Uint8Array): void;
  /** Makes it durable and gives it its name. */
  end(): { readonly rawBytes: number; readonly bytes: number };
  /** Leaves nothing behind; also after `end` failed. */
  abort(): void;
}

/** A new name is durable once its folder is; some systems cannot open a folder, and keep names anyway. */
const syncFolder = (folder: string): void => {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
};

/** Begins a compressed file; `path` ends with `.zst`. What an earlier writer left unfinished is written over. */
export const createSeekableWriter = (path: string): SeekableWriter => {
  const unfinished = `${path}.part`;
  const file = openSync(unfinished, 'w', 0o600);
  const frames: FrameSizes[] = [];
  const held = Buffer.allocUnsafe(frameBytes);
  let filled = 0;
  let bytes = 0;
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  const put = (part: Uint8Array): void => {
    writeAll(file, part);
    bytes += part.length;
  };
  const endFrame = (): void => {
    if (filled === 0) return;
    const frame = compressFrame(held.subarray(0, filled));
    put(frame);
    frames.push({ compressed: frame.length, raw: filled });
    filled = 0;
  };
  return {
    write: (more) => {
      for (let at = 0; at < more.length;) {
        const part = more.subarray(at, at + frameBytes - filled);
        held.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled === frameBytes) endFrame();
      }
    },
    end: () => {
      endFrame();
      put(encodeSeekTable(frames));
      fsyncSync(file);
      close();
      renameSync(unfinished, path);
      syncFolder(dirname(path));
      return { rawBytes: frames.reduce((sum, { raw }) => sum + raw, 0), bytes };
    },
    abort: () => {
      close();
      rmSync(unfinished, { force: true });
    },
  };
};
