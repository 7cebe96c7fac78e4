import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { beginCompression, type Compression } from '../../spool/compress-file.ts';
import { attemptOfSpool } from '../../spool/files.ts';
import { isMissing } from '../data-dir.ts';

/** A file of one block of the file system takes no less room when it is compressed. */
const worthwhileBytes = 4096;

export type SpoolCompressionOptions = {
  readonly db: Database;
  readonly folder: string;
  /** Milliseconds after an attempt's end. */
  readonly afterMs: number;
  readonly now: () => number;
};

const filesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

/**
 * Compresses the spools of attempts that ended some time ago, a frame at a time. What is of no attempt in the database is left
 * alone, and so is what was written to since.
 */
export const createSpoolCompression = ({
  db,
  folder,
  afterMs,
  now,
}: SpoolCompressionOptions): ((ms: number) => boolean) => {
  const endOf = db.prepare<[string], number | null>('SELECT ended_at FROM attempts WHERE id = ?').pluck();
  /** Names that will never be worth it. */
  const small = new Set<string>();
  let names: string[] = [];
  let current: Compression | undefined;

  const isDue = (name: string): boolean => {
    const attempt = attemptOfSpool(name);
    const endedAt = attempt === null || small.has(name) ? null : (endOf.get(attempt) ?? null);
    if (endedAt === null || endedAt + afterMs > now()) return false;
    const { size, mtimeMs } = statSync(join(folder, name));
    if (size <= worthwhileBytes) small.add(name);
    return size > worthwhileBytes && mtimeMs + afterMs <= now();
  };
  const step = (name: string): void => {
    current ??= isDue(name) ? beginCompression(join(folder, name)) : undefined;
    if (current !== undefined && !current.step()) return;
    current = undefined;
    names.pop();
  };
  const stepOver = (name: string): void => {
    try {
      step(name);
    } catch (error) {
      current?.abort();
      current = undefined;
      // Tried again in the next round, or removed meanwhile.
      names.pop();
      if (!isMissing(error)) throw error;
    }
  };
  return (ms) => {
    const until = performance.now() + ms;
    if (names.length === 0) names = [...filesIn(folder)];
    for (let name = names.at(-1); name !== undefined; name = names.at(-1)) {
      stepOver(name);
      if (performance.now() >= until) return names.length > 0;
    }
    return false;
  };
};
