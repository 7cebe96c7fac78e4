import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where the data directory is when nobody says: the system's place for the data of an application. */
const systemDataDir = (
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string => {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Netra Orchestrator');
  if (platform === 'win32')
    return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Netra Orchestrator');
  return join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'netra-orchestrator');
};

/** The data directory: as said on the command line, else `NETRA_HOME`, else the system's place. Absolute. */
export const dataDirOf = (flag: string | undefined, env: NodeJS.ProcessEnv = process.env): string =>
  resolve(flag ?? (env['NETRA_HOME'] || systemDataDir(process.platform, env, homedir())));

/** Where this person's programs keep what they can make anew. */
export const cacheDir = (env: NodeJS.ProcessEnv = process.env, home = homedir()): string => {
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'Netra Orchestrator');
  if (process.platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Netra Orchestrator', 'Cache');
  return join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'netra-orchestrator');
};

/** The folder of the installed program, which holds `resources` and `out`: above `out/main`, or the checkout. */
export const programDir = (): string =>
  resolve(import.meta.dirname, import.meta.url.endsWith('.ts') ? '../../..' : '../..');

/** Price table, demo, icons and the JSON Schema of plans. */
export const resourcesDir = (): string => join(programDir(), 'resources');

/** The built page. */
export const rendererDir = (): string => join(programDir(), 'out', 'renderer');
