import { mkdir } from 'node:fs/promises';
import { trustAll } from '../support/trust.ts';

/** Makes a data directory whose engines ask nobody to trust a folder, for those of benchmarks are new; gives its path. */
export const newDataDir = async (path: string): Promise<string> => {
  await mkdir(path, { recursive: true });
  await trustAll(path);
  return path;
};
