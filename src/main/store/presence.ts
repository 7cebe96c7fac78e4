import { statSync } from 'node:fs';
import { FailureError } from '../../shared/domain/failure.ts';

/**
 * Gives what makes sure that a database that is open is still the one of its name. SQLite would go on writing to a file that was
 * removed, or whose disk was taken away, and everything would be lost in the end.
 * @throws FailureError `store.gone`
 */
export const createPresence = (file: string): (() => void) => {
  const { ino, dev } = statSync(file);
  return () => {
    const now = statSync(file, { throwIfNoEntry: false });
    if (now?.ino === ino && now.dev === dev) return;
    const message =
      `The database ${file} is not there any more: the data directory was removed, or its disk was. ` +
      'Bring it back; if that does not help, end this program and start it again.';
    throw new FailureError({ code: 'store.gone', message });
  };
};
