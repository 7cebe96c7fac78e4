import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** True when there is something at a path that this person can see. */
export const isThere = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
};

/** The workspace and the folders above it: up to the repository's root, else up to the home, which has its own commands. */
export const projectFolders = async (workspace: string, home: string): Promise<readonly string[]> => {
  const folders: string[] = [];
  for (let folder = workspace; folder !== home; folder = dirname(folder)) {
    folders.push(folder);
    if ((await isThere(join(folder, '.git'))) || dirname(folder) === folder) break;
  }
  return folders;
};
