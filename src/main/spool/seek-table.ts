/**
 * Zstandard's seekable format: independent frames, and behind them a skippable frame with a table of their sizes, so that
 * `zstd -d` reads the whole and we read any part. All numbers are little-endian.
 * https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md
 */

const skippableMagic = 0x184d2a5e;
const seekableMagic = 0x8f92eab1;
const headerBytes = 8;
const entryBytes = 8;
/** The table's end says how long it is: the number of frames, a descriptor, the magic number. */
export const footerBytes = 9;

export type FrameSizes = { readonly compressed: number; readonly raw: number };

/** Where a frame is in the compressed file, and which bytes of the raw one it holds. */
export type Frame = FrameSizes & { readonly at: number; readonly rawAt: number };

/** A file that is no whole seekable file: cut, changed, or something else. */
export class SpoolDamage extends Error {}

/** The bytes that end a file with these frames. */
export const encodeSeekTable = (frames: readonly FrameSizes[]): Buffer => {
  const content = frames.length * entryBytes + footerBytes;
  const table = Buffer.alloc(headerBytes + content);
  table.writeUInt32LE(skippableMagic, 0);
  table.writeUInt32LE(content, 4);
  frames.forEach(({ compressed, raw }, index) => {
    table.writeUInt32LE(compressed, headerBytes + index * entryBytes);
    table.writeUInt32LE(raw, headerBytes + index * entryBytes + 4);
  });
  const footer = headerBytes + frames.length * entryBytes;
  table.writeUInt32LE(frames.length, footer);
  table.writeUInt32LE(seekableMagic, footer + 5);
  return table;
};

/** How many bytes at the end of the file the table takes, by its footer. @throws SpoolDamage */
export const seekTableBytes = (footer: Buffer, fileBytes: number): number => {
  const isFooter =
    footer.length === footerBytes && footer.readUInt32LE(5) === seekableMagic && footer[4] === 0;
  const bytes = isFooter ? headerBytes + footer.readUInt32LE(0) * entryBytes + footerBytes : Infinity;
  if (bytes > fileBytes) throw new SpoolDamage('It does not end with a table of its frames.');
  return bytes;
};

/** The frames of a file by its table. @throws SpoolDamage when they do not make up the file */
export const decodeSeekTable = (table: Buffer, fileBytes: number): readonly Frame[] => {
  const frames: Frame[] = [];
  let at = 0;
  let rawAt = 0;
  for (let entry = headerBytes; entry < table.length - footerBytes; entry += entryBytes) {
    const compressed = table.readUInt32LE(entry);
    const raw = table.readUInt32LE(entry + 4);
    frames.push({ at, rawAt, compressed, raw });
    at += compressed;
    rawAt += raw;
  }
  const isTable =
    table.readUInt32LE(0) === skippableMagic && table.readUInt32LE(4) === table.length - headerBytes;
  if (!isTable || at + table.length !== fileBytes) {
    throw new SpoolDamage('The table of its frames is not that of this file.');
  }
  return frames;
};
