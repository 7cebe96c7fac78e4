import { posix, win32 } from 'node:path';

/** The system that Claude is looked for on, and what of its environment says where. */
export type Machine = {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

export type KnownPlace = { readonly path: string; readonly how: string };

/** The names the command goes by on a system, the best first. */
export const commandNames = (platform: NodeJS.Platform): readonly string[] =>
  platform === 'win32' ? ['claude.exe', 'claude.cmd'] : ['claude'];

const place = (how: string, path: string): KnownPlace => ({ how, path });

function unixPlaces({ platform, home, env }: Machine): readonly KnownPlace[] {
  const npmPrefix = env['NPM_CONFIG_PREFIX'] ?? env['npm_config_prefix'];
  return [
    place('native installer', posix.join(home, '.local/bin/claude')),
    place('local installation', posix.join(home, '.claude/local/claude')),
    ...(platform === 'darwin' ? [place('Homebrew', '/opt/homebrew/bin/claude')] : []),
    place(platform === 'darwin' ? 'Homebrew or npm' : 'npm, global', '/usr/local/bin/claude'),
    ...(platform === 'linux' ? [place('Homebrew', '/home/linuxbrew/.linuxbrew/bin/claude')] : []),
    place('system', '/usr/bin/claude'),
    ...(npmPrefix === undefined ? [] : [place('npm, global', posix.join(npmPrefix, 'bin/claude'))]),
    place('npm, global', posix.join(home, '.npm-global/bin/claude')),
    place('npm, global', posix.join(home, '.npm-packages/bin/claude')),
    place('Bun, global', posix.join(home, '.bun/bin/claude')),
    place('Volta', posix.join(home, '.volta/bin/claude')),
    place(
      'pnpm, global',
      posix.join(home, platform === 'darwin' ? 'Library/pnpm/claude' : '.local/share/pnpm/claude'),
    ),
  ];
}

function windowsPlaces({ home, env }: Machine): readonly KnownPlace[] {
  const appData = env['APPDATA'] ?? win32.join(home, 'AppData\\Roaming');
  const localAppData = env['LOCALAPPDATA'] ?? win32.join(home, 'AppData\\Local');
  return [
    place('native installer', win32.join(home, '.local\\bin\\claude.exe')),
    place('local installation', win32.join(home, '.claude\\local\\claude.exe')),
    place('WinGet', win32.join(localAppData, 'Microsoft\\WinGet\\Links\\claude.exe')),
    place('npm, global', win32.join(appData, 'npm\\claude.cmd')),
    place('pnpm, global', win32.join(localAppData, 'pnpm\\claude.cmd')),
    place('Volta', win32.join(localAppData, 'Volta\\bin\\claude.exe')),
  ];
}

/** The npm package that holds the binary for a system, in a `node_modules` folder; both C libraries of Linux. */
function packagedPlaces({ platform, arch }: Machine, modulesFolder: string): readonly KnownPlace[] {
  const path = platform === 'win32' ? win32 : posix;
  const file = platform === 'win32' ? 'claude.exe' : 'claude';
  const variants = platform === 'linux' ? ['', '-musl'] : [''];
  return variants.map((variant) =>
    place(
      'npm package of this application',
      path.join(modulesFolder, '@anthropic-ai', `claude-code-${platform}-${arch}${variant}`, file),
    ),
  );
}

/**
 * Where installers put Claude Code on a system, in the order to look; the package beside our own code
 * (`ownModules`, the `node_modules` folders to look in) comes last. Absolute paths only; nothing is touched.
 */
export function knownPlaces(machine: Machine, ownModules: readonly string[]): readonly KnownPlace[] {
  const places = machine.platform === 'win32' ? windowsPlaces(machine) : unixPlaces(machine);
  return [...places, ...ownModules.flatMap((folder) => packagedPlaces(machine, folder))];
}
