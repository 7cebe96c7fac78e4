import { access, constants, realpath, stat } from 'node:fs/promises';
import { failureError, type FailureError } from '../../shared/domain/failure.ts';
import { isMissing } from './file-error.ts';

function folderFailure(folder: string, error: unknown): FailureError {
  return isMissing(error)
    ? failureError(
        'workspace.missing',
        `The workspace ${folder} does not exist. Create it, or correct the plan.`,
        error,
      )
    : failureError(
        'workspace.unreadable',
        `The workspace ${folder} cannot be read. Check its owner and rights.`,
        error,
      );
}

/** Where a folder really is: symbolic links resolved. @throws FailureError `workspace.missing`, `workspace.unreadable` */
export async function realFolder(folder: string): Promise<string> {
  const read = async (): Promise<string | null> => {
    const path = await realpath(folder);
    if (!(await stat(path)).isDirectory()) return null;
    await access(path, constants.R_OK | constants.X_OK);
    return path;
  };
  const path = await read().catch((error: unknown) => {
    throw folderFailure(folder, error);
  });
  if (path !== null) return path;
  throw failureError(
    'workspace.unreadable',
    `The workspace ${folder} is a file. Name the folder to work in.`,
  );
}
