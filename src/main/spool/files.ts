import { join } from 'node:path';
import type { SpoolRange } from '../../shared/domain/event.ts';
import type { AttemptId } from '../../shared/domain/ids.ts';

export type SpoolStream = SpoolRange['stream'];

const suffixes: Readonly<Record<SpoolStream, string>> = { stdout: '.ndjson', stderr: '.stderr' };

/** What a file's name has behind it once it is compressed. */
export const compressedSuffix = '.zst';

/** Where all spools of a data directory are. */
export const spoolFolderOf = (dataDir: string): string => join(dataDir, 'spool');

/** The file that an attempt writes a stream to; once it is compressed, its name ends with `compressedSuffix`. */
export const spoolFile = (folder: string, attemptId: AttemptId, stream: SpoolStream): string =>
  join(folder, attemptId + suffixes[stream]);

/** The id of the attempt whose uncompressed spool has this name, and null for every other name. */
export const attemptOfSpool = (name: string): string | null =>
  /^([0-9a-f-]{36})\.(ndjson|stderr)$/.exec(name)?.[1] ?? null;
