import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import type { Log } from '../../engine/ports.ts';
import { rotateLog } from './log-rotation.ts';

/** The log of a data directory, and what of it a person must hear at once. */
export type LogFile = Log & {
  /** Resolves when all is written. */
  flushed(): Promise<void>;
};

export const logFileOf = (dataDir: string): string => join(dataDir, 'netra.log');

const isForPeople = (details: Readonly<Record<string, unknown>> | undefined): boolean =>
  typeof details?.['code'] === 'string';

/**
 * Appends to `netra.log` in the data directory, one JSON object a line. A warning that has a failure's code is told to
 * the person too; so is everything when the file cannot be written.
 */
export const createLogFile = (dataDir: string, say: (line: string) => void): LogFile => {
  const file = logFileOf(dataDir);
  let last: Promise<void> = Promise.resolve();
  let isFirst = true;

  const write = (level: string, message: string, more: string | null): void => {
    const line = JSON.stringify({ at: new Date().toISOString(), pid: process.pid, level, message, more });
    last = last.then(async () => {
      try {
        // Once only: a data directory that was taken away is not made anew.
        if (isFirst) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        isFirst = false;
        await rotateLog(file);
        await appendFile(file, `${line}\n`, { mode: 0o600 });
      } catch (error) {
        say(`netra: ${message} ${more ?? ''} (${file} cannot be written: ${String(error)})`);
      }
    });
  };
  return {
    warn: (message, details) => {
      if (isForPeople(details)) say(`netra: ${message}`);
      write('warning', message, details === undefined ? null : inspect(details, { depth: 4 }));
    },
    error: (message, error) => {
      write('error', message, inspect(error, { depth: 4 }));
    },
    flushed: () => last,
  };
};
