import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { constants, createZstdDecompress } from 'node:zlib';
import { failureError, FailureError } from '../../../shared/domain/failure.ts';
import { archiveVersion, headerSchema, lineSchema, type ArchiveHeader, type ArchiveLine } from './lines.ts';

/** A longer line is none of ours: the longest hold a line of 16 MiB of a stream, with escapes. */
const longestLine = 128 * 1024 * 1024;
const newline = 10;

export const damaged = (file: string, why: string, cause?: unknown): FailureError =>
  failureError(
    'archive.damaged',
    `${file} is not a whole archive of Netra: ${why}. Nothing more was taken in; get the file again.`,
    cause,
  );

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const readingFailure = (file: string, error: unknown): Error => {
  if (error instanceof FailureError) return error;
  const code = codeOf(error);
  if (code.startsWith('ZSTD') || code === 'Z_BUF_ERROR' || code.startsWith('ERR_ZSTD')) {
    return damaged(file, 'it is cut off or altered, or no zstd file', error);
  }
  const why = error instanceof Error ? error.message : String(error);
  return failureError('archive.unreadable', `${file} cannot be read: ${why}.`, error);
};

/** The lines of a file without their ends, as bytes. A last line without an end is an error. */
async function* linesOf(file: string): AsyncGenerator<Buffer, void> {
  const unpacked = pipeline(
    createReadStream(file, { highWaterMark: 256 * 1024 }),
    // Ours need a window of 2 MiB: a file that asks for more shall not have it.
    createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 25 } }),
    () => undefined,
  );
  let parts: Buffer[] = [];
  let waiting = 0;
  try {
    for await (const piece of unpacked as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, from)) {
        const last = piece.subarray(from, end);
        yield parts.length === 0 ? last : Buffer.concat([...parts, last]);
        parts = [];
        waiting = 0;
        from = end + 1;
      }
      const rest = piece.subarray(from);
      if (rest.length > 0) parts.push(rest);
      waiting += rest.length;
      if (waiting > longestLine) throw damaged(file, 'it has a line that is too long');
    }
  } catch (error) {
    throw readingFailure(file, error);
  }
  if (waiting > 0) throw damaged(file, 'its last line is cut off');
}

const tooLarge = (file: string, room: number): FailureError =>
  failureError(
    'archive.too_large',
    `${file} holds more than there is room for: ${String(Math.floor(room / 1_000_000))} MB are free on the disk of the data directory. ` +
      'Nothing was taken in; make room, or use another data directory.',
  );

const headerOf = (file: string, line: Buffer): ArchiveHeader => {
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch (error) {
    throw damaged(file, 'it does not begin as one', error);
  }
  const header = headerSchema.safeParse(value);
  if (!header.success) throw damaged(file, 'it does not begin as one', header.error);
  if (header.data.version <= archiveVersion) return header.data;
  throw failureError(
    'archive.newer',
    `${file} was written by a newer Netra (${header.data.netra}, version ${String(header.data.version)} of the archive). ` +
      'Take it in with that version or a later one.',
  );
};

const parsedLine = (file: string, number: number, line: Buffer): ArchiveLine => {
  let reason = 'no JSON';
  try {
    const result = lineSchema.safeParse(JSON.parse(line.toString('utf8')));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    reason = issue === undefined ? 'not understood' : `${issue.path.join('.')}: ${issue.message}`;
  } catch (error) {
    throw damaged(file, `line ${String(number)} is ${reason}`, error);
  }
  throw damaged(file, `line ${String(number)} is not understood (${reason})`);
};

const kindOf = (line: Buffer): string =>
  /^\{"kind":"([a-z]+)"/.exec(line.toString('latin1', 0, 40))?.[1] ?? '';

/** How many orchestrations and events an archive has. */
export type ArchiveSize = {
  readonly header: ArchiveHeader;
  readonly orchestrations: number;
  readonly events: number;
};

/**
 * Reads an archive from end to end and makes sure that no byte of it is missing or was changed, and that it is no longer than
 * `room` bytes. @throws FailureError `archive.too_large`, `archive.damaged`, `archive.newer`, `archive.unreadable`
 */
export const checkArchive = async (file: string, room: number): Promise<ArchiveSize> => {
  const hash = createHash('sha256');
  let header: ArchiveHeader | null = null;
  let end: Extract<ArchiveLine, { kind: 'end' }> | null = null;
  let number = 0;
  let done = 0;
  let bytes = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    bytes += line.length;
    if (bytes > room) throw tooLarge(file, room);
    if (end !== null) throw damaged(file, 'there is more after its end');
    const kind = kindOf(line);
    if (kind === 'end') {
      const last = parsedLine(file, number, line);
      if (last.kind === 'end') end = last;
    } else {
      header ??= headerOf(file, line);
      if (kind === 'done') done += 1;
      hash.update(line).update('\n');
    }
  }
  if (header === null || end === null) throw damaged(file, 'its end is missing');
  if (end.sha256 !== hash.digest('hex')) throw damaged(file, 'its checksum is another one');
  if (end.orchestrations !== done) throw damaged(file, 'sessions are missing');
  return { header, orchestrations: end.orchestrations, events: end.events };
};

/** A line, and the checksum of the orchestration's lines before it. */
export type ReadLine = { readonly line: ArchiveLine; readonly checksum: string | null };

/** The lines after the header up to the end. @throws as `checkArchive` */
export async function* readArchive(file: string): AsyncGenerator<ReadLine, void> {
  let hash = createHash('sha256');
  let number = 0;
  for await (const bytes of linesOf(file)) {
    number += 1;
    if (number === 1) {
      headerOf(file, bytes);
      continue;
    }
    const line = parsedLine(file, number, bytes);
    if (line.kind === 'end') return;
    if (line.kind === 'done') {
      yield { line, checksum: hash.digest('hex') };
      hash = createHash('sha256');
      continue;
    }
    hash.update(bytes).update('\n');
    yield { line, checksum: null };
  }
}
