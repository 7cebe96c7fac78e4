import { closeSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import {
  decodeSeekTable,
  encodeSeekTable,
  footerBytes,
  seekTableBytes,
  type Frame,
  type FrameSizes,
} from '../../spool/seek-table.ts';
import { frameBytes } from '../../spool/seekable-writer.ts';

/** What a session's lines are copied to; their places are those of the text, not of the file. */
export interface SessionSpool {
  /** Adds a line and its newline; gives where it stands. */
  line(bytes: Uint8Array): number;
  /** Puts it in its place and gives the length of the text. */
  finish(path: string): number;
  /** Removes what was written; the old file stays as it was. */
  abandon(): void;
}

/** Level 2 is five times as quick as that of spools which are compressed in quiet moments, and leaves 6 % more. */
const options = {
  chunkSize: frameBytes / 4,
  params: { [constants.ZSTD_c_compressionLevel]: 2, [constants.ZSTD_c_checksumFlag]: 1 },
};
const newline = 0x0a;

const readAt = (fd: number, at: number, length: number): Buffer => {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, buffer, filled, length - filled, at + filled);
    if (count === 0) throw new Error('The copy of a transcript is shorter than it was.');
    filled += count;
  }
  return buffer;
};

const framesOf = (fd: number, size: number): readonly Frame[] => {
  const bytes = seekTableBytes(readAt(fd, size - footerBytes, footerBytes), size);
  return decodeSeekTable(readAt(fd, size - bytes, bytes), size);
};

/** The whole frames before a place of the text, and the text between the last of them and that place. */
const keptOf = (
  path: string,
  keep: number,
): { readonly frames: readonly Frame[]; readonly bytes: Buffer; readonly rest: Buffer } => {
  const fd = openSync(path, 'r');
  try {
    const all = framesOf(fd, statSync(path).size);
    const frames = all.filter(({ rawAt, raw }) => rawAt + raw <= keep && raw >= frameBytes);
    const last = frames.at(-1);
    const end = last === undefined ? 0 : last.rawAt + last.raw;
    const open = all.filter(({ rawAt }) => rawAt >= end && rawAt < keep);
    const texts = open.map(({ at, compressed }) => zstdDecompressSync(readAt(fd, at, compressed)));
    const bytes = readAt(fd, 0, last === undefined ? 0 : last.at + last.compressed);
    return { frames, bytes, rest: Buffer.concat(texts).subarray(0, keep - end) };
  } finally {
    closeSync(fd);
  }
};

/** Memory that is new to a process costs as much as writing into it: the next one has the same. */
let spare: Buffer | null = null;

const nothingKept = { frames: [], bytes: Buffer.alloc(0), rest: Buffer.alloc(0) };

/**
 * Opens the compressed copy of a session's transcript to add to it: independent zstd frames of 256 KiB of text, and a table of
 * them at the end, as zstd's seekable format has it. Of the old one the first `keep` bytes of text stay. It is written to `part`,
 * and `finish` puts that in its place: who is killed before has changed nothing. It is not
 * synced to the disk: Claude's own file is there as well for weeks. @throws when the old one is not what it was
 */
export const openSessionSpool = (
  part: string,
  old: { readonly path: string; readonly keep: number } | null,
): SessionSpool => {
  const kept = old === null || old.keep === 0 ? nothingKept : keptOf(old.path, old.keep);
  const fd = openSync(part, 'w', 0o600);
  const frames: FrameSizes[] = [...kept.frames];
  const pending = spare ?? Buffer.allocUnsafe(frameBytes);
  spare = null;
  let filled = 0;
  let from = old === null ? 0 : old.keep - kept.rest.length;
  writeSync(fd, kept.bytes);

  const flush = (): void => {
    if (filled === 0) return;
    const data = zstdCompressSync(pending.subarray(0, filled), { ...options, pledgedSrcSize: filled });
    writeSync(fd, data);
    frames.push({ compressed: data.length, raw: filled });
    from += filled;
    filled = 0;
  };
  const add = (bytes: Uint8Array): void => {
    for (let taken = 0; taken < bytes.length;) {
      const count = Math.min(bytes.length - taken, frameBytes - filled);
      pending.set(bytes.subarray(taken, taken + count), filled);
      filled += count;
      taken += count;
      if (filled === frameBytes) flush();
    }
  };
  const close = (): void => {
    closeSync(fd);
    spare = pending;
  };
  add(kept.rest);
  const end = Uint8Array.of(newline);
  return {
    line: (bytes) => {
      const place = from + filled;
      add(bytes);
      add(end);
      return place;
    },
    finish: (path) => {
      flush();
      writeSync(fd, encodeSeekTable(frames));
      close();
      renameSync(part, path);
      return from;
    },
    abandon: () => {
      close();
      rmSync(part, { force: true });
    },
  };
};
