import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allowedEnvironment } from '../process/environment.ts';
import { isProgramOnDisk, readTextOnDisk, type FindWorld } from './find-claude.ts';
import { loginShellPath } from './login-shell-path.ts';

/** The `node_modules` folders above a file, nearest first, as Node looks for packages. */
function modulesAbove(file: string): readonly string[] {
  const folder = dirname(file);
  const own = join(folder, 'node_modules');
  return folder === file ? [] : [own, ...modulesAbove(folder)];
}

/** The person's shell: as the environment says, else as the system knows. */
function shellOf(env: NodeJS.ProcessEnv): string | null {
  const said = env['SHELL'];
  return said?.startsWith('/') === true ? said : userInfo().shell;
}

/**
 * The machine we run on, for `findClaude`. `startedInTerminal`: the environment is a terminal's, so that nobody need ask the
 * login shell; true for a command, false for a desktop application.
 */
export function thisMachine(startedInTerminal: boolean): FindWorld {
  const { platform, arch, env } = process;
  const home = homedir();
  const shell = platform === 'win32' ? null : shellOf(env);
  const inherited = allowedEnvironment({ inherited: env, platform, path: null });
  return {
    ...{ platform, arch, env, home, startedInTerminal },
    cwd: process.cwd(),
    ownModules: modulesAbove(fileURLToPath(import.meta.url)),
    isProgram: isProgramOnDisk,
    readText: readTextOnDisk,
    loginShellPath: () =>
      shell === null ? Promise.resolve(null) : loginShellPath({ shell, env: inherited, home }),
  };
}
