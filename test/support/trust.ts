import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Sets that no folder asks for trust: those of tests are new each time. */
export const trustAll = (dataDir: string): Promise<void> =>
  writeFile(join(dataDir, 'settings.json'), '{ "trust": "always" }');
