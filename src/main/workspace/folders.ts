import type { Folders } from '../engine/workspace-ports.ts';
import { realFolder } from './real-folder.ts';
import { whatItRuns } from './what-it-runs.ts';

export const createFolders = (): Folders => ({ real: realFolder, whatItRuns });
