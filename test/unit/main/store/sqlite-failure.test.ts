import { describe, expect, it } from 'vitest';
import { FailureError } from '../../../../src/shared/domain/failure.ts';
import { openingFailure, sqliteFailure } from '../../../../src/main/store/sqlite-failure.ts';

const errorOf = (code: string): Error => Object.assign(new Error('it went wrong'), { code });

describe('what SQLite and the file system report', () => {
  it.each([
    ['SQLITE_FULL', 'store.disk_full'],
    ['SQLITE_IOERR_SHMSIZE', 'store.disk_full'],
    ['ENOSPC', 'store.disk_full'],
    ['SQLITE_IOERR_WRITE', 'store.failed'],
    ['SQLITE_READONLY', 'store.read_only'],
    ['SQLITE_BUSY', 'store.failed'],
    ['SQLITE_CORRUPT_INDEX', 'store.corrupt'],
    ['SQLITE_NOTADB', 'store.corrupt'],
  ])('%s is %s', (code, failure) => {
    expect(sqliteFailure(errorOf(code), 'netra.db').code).toBe(failure);
  });

  it.each([
    ['SQLITE_CANTOPEN', 'data_dir.not_writable'],
    ['SQLITE_READONLY_DIRECTORY', 'data_dir.not_writable'],
    ['EACCES', 'data_dir.not_writable'],
    ['EROFS', 'data_dir.not_writable'],
    ['ENOTDIR', 'data_dir.not_writable'],
    ['SQLITE_FULL', 'store.disk_full'],
    ['ENOSPC', 'store.disk_full'],
    ['SQLITE_IOERR', 'store.failed'],
  ])('%s is %s while opening', (code, failure) => {
    expect(openingFailure(errorOf(code), 'data', 'data/netra.db').code).toBe(failure);
  });

  it('is told with what SQLite said, for whoever has to find out why', () => {
    expect(sqliteFailure(errorOf('SQLITE_IOERR_WRITE'), 'netra.db').message).toBe(
      'The database netra.db could not be used: it went wrong, SQLITE_IOERR_WRITE.',
    );
  });

  it('is passed on as it is when it has its code already', () => {
    const failure = { code: 'store.newer', message: 'Update.' };
    expect(openingFailure(new FailureError(failure), 'data', 'data/netra.db')).toBe(failure);
  });
});
