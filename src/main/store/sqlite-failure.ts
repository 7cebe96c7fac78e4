import { FailureError, type Failure } from '../../shared/domain/failure.ts';

/** SQLite's extended result code (`SQLITE_IOERR_WRITE` …) of a thrown thing, or null. */
export const sqliteCodeOf = (error: unknown): string | null => {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : null;
};

/** True when the database file itself is broken. */
export const isDamage = (error: unknown): boolean =>
  /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCodeOf(error) ?? '');

// The shared-memory file cannot grow for one reason only: there is no room for it.
const fullDisk = /^SQLITE_(FULL|IOERR_SHMSIZE)$|^ENOSPC$|^EDQUOT$/;
const readOnly = /^SQLITE_READONLY|^EROFS$/;
const notWritable = /^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)|^(EACCES|EPERM|EROFS|ENOTDIR|EISDIR|EEXIST)$/;

const systemCodeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const textOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  const code = sqliteCodeOf(error);
  return code === null ? text : `${text}, ${code}`;
};

/** A failure to use the database `file`, as a value with a stable code. */
export const sqliteFailure = (error: unknown, file: string): Failure => {
  if (error instanceof FailureError) return error.failure;
  if (fullDisk.test(systemCodeOf(error))) {
    return { code: 'store.disk_full', message: `The disk is full, ${file} cannot grow. Free some space.` };
  }
  if (readOnly.test(systemCodeOf(error))) {
    const message = `The database ${file} can only be read: its disk was mounted so, or its permissions changed.`;
    return { code: 'store.read_only', message };
  }
  if (isDamage(error)) {
    return { code: 'store.corrupt', message: `The database ${file} is damaged (${textOf(error)}).` };
  }
  return { code: 'store.failed', message: `The database ${file} could not be used: ${textOf(error)}.` };
};

/** As `sqliteFailure`, for what goes wrong while the data directory `dataDir` is first touched. */
export const openingFailure = (error: unknown, dataDir: string, file: string): Failure => {
  if (error instanceof FailureError || !notWritable.test(systemCodeOf(error)))
    return sqliteFailure(error, file);
  return {
    code: 'data_dir.not_writable',
    message: `The data directory ${dataDir} cannot be written to (${textOf(error)}). Choose another, or change its permissions.`,
  };
};
