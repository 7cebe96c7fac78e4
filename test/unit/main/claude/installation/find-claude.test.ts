import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FailureError } from '../../../../../src/shared/domain/failure.ts';
import {
  candidatesInPath,
  findClaude,
  isProgramOnDisk,
  type ClaudeChoice,
  type FindWorld,
} from '../../../../../src/main/claude/installation/find-claude.ts';

const npmShim = `@ECHO off\r
GOTO start\r
:find_dp0\r
SET dp0=%~dp0\r
EXIT /b\r
:start\r
SETLOCAL\r
CALL :find_dp0\r
"%dp0%\\node_modules\\@anthropic-ai\\claude-code\\bin\\claude.exe"   %*\r
`;

const scriptShim = npmShim.replace('bin\\claude.exe', 'cli.js').replace(/^"%dp0%/m, '"%_prog%"  "%dp0%');

type Disk = Readonly<Record<string, string>>;

const world = (platform: NodeJS.Platform, disk: Disk, more: Partial<FindWorld> = {}): FindWorld => ({
  platform,
  arch: 'x64',
  home: platform === 'win32' ? 'C:\\Users\\mia' : '/home/mia',
  env: {},
  cwd: platform === 'win32' ? 'C:\\work' : '/src',
  ownModules: [platform === 'win32' ? 'C:\\app\\node_modules' : '/app/node_modules'],
  isProgram: (path) => Promise.resolve(path in disk),
  readText: (path) => Promise.resolve(disk[path] ?? ''),
  loginShellPath: () => Promise.resolve(null),
  startedInTerminal: false,
  ...more,
});

const find = (where: FindWorld, choice: ClaudeChoice = {}) => findClaude(choice, where);

const failureOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof FailureError ? error.failure : null;
};

describe('what a person said', () => {
  const disk = { '/a': '', '/b': '', '/c': '', '/usr/bin/claude': '' };

  it('wins over everything that could be found, in the order flag, NETRA_CLAUDE, settings', async () => {
    const env = { NETRA_CLAUDE: '/b', PATH: '/usr/bin' };
    const where = world('linux', disk, { env });
    expect(await find(where, { flag: '/a', setting: '/c' })).toMatchObject({ path: '/a', how: '--claude' });
    expect(await find(where, { setting: '/c' })).toMatchObject({ path: '/b', how: 'NETRA_CLAUDE' });
    expect(await find(world('linux', disk), { setting: '/c' })).toMatchObject({
      path: '/c',
      how: 'settings',
    });
  });

  it('is an error where there is no program, even though another could be found', async () => {
    const failure = await failureOf(
      find(world('linux', disk, { env: { PATH: '/usr/bin' } }), { flag: '/gone' }),
    );
    expect(failure).toMatchObject({ code: 'claude.not_found' });
    expect(failure?.message).toContain('/gone, where --claude says');
  });

  it('may be relative to the folder of the person or to their home, for they said it', async () => {
    const files = { '/src/x/claude': '', '/home/mia/claude': '' };
    expect(await find(world('linux', files), { flag: 'x/claude' })).toMatchObject({ path: '/src/x/claude' });
    expect(await find(world('linux', files), { flag: '~/claude' })).toMatchObject({
      path: '/home/mia/claude',
    });
  });

  it('counts as nothing when it is empty', async () => {
    expect(await find(world('linux', disk), { flag: ' ', setting: '' })).toMatchObject({
      path: '/usr/bin/claude',
    });
  });
});

describe('looking for it', () => {
  const places: readonly (readonly [NodeJS.Platform, string, string])[] = [
    ['linux', '/home/mia/.local/bin/claude', 'native installer'],
    ['linux', '/home/mia/.claude/local/claude', 'local installation'],
    ['linux', '/home/linuxbrew/.linuxbrew/bin/claude', 'Homebrew'],
    ['linux', '/usr/local/bin/claude', 'npm, global'],
    ['linux', '/home/mia/.npm-global/bin/claude', 'npm, global'],
    [
      'linux',
      '/app/node_modules/@anthropic-ai/claude-code-linux-x64/claude',
      'npm package of this application',
    ],
    [
      'linux',
      '/app/node_modules/@anthropic-ai/claude-code-linux-x64-musl/claude',
      'npm package of this application',
    ],
    ['darwin', '/home/mia/.local/bin/claude', 'native installer'],
    ['darwin', '/opt/homebrew/bin/claude', 'Homebrew'],
    ['darwin', '/usr/local/bin/claude', 'Homebrew or npm'],
    [
      'darwin',
      '/app/node_modules/@anthropic-ai/claude-code-darwin-x64/claude',
      'npm package of this application',
    ],
    ['win32', 'C:\\Users\\mia\\.local\\bin\\claude.exe', 'native installer'],
    [
      'win32',
      'C:\\app\\node_modules\\@anthropic-ai\\claude-code-win32-x64\\claude.exe',
      'npm package of this application',
    ],
  ];
  it.each(places)('on %s finds %s', async (platform, path, how) => {
    expect(await find(world(platform, { [path]: '' }))).toEqual({
      path,
      how,
      launch: { file: path, prefix: [] },
    });
  });

  it('takes the PATH of the login shell before that of a desktop application', async () => {
    const disk = { '/nvm/bin/claude': '', '/usr/bin/claude': '' };
    const loginShellPath = () => Promise.resolve('/nvm/bin:/usr/bin');
    const where = world('linux', disk, { env: { PATH: '/usr/bin' }, loginShellPath });
    expect(await find(where)).toMatchObject({ path: '/nvm/bin/claude', how: "login shell's PATH" });
  });

  it('does not ask the login shell from a terminal, unless nothing else is found', async () => {
    let asked = 0;
    const loginShellPath = () => {
      asked += 1;
      return Promise.resolve('/nvm/bin');
    };
    const more = { env: { PATH: '/usr/bin' }, loginShellPath, startedInTerminal: true };
    expect(await find(world('linux', { '/usr/bin/claude': '' }, more))).toMatchObject({ how: 'PATH' });
    expect(asked).toBe(0);
    expect(await find(world('linux', { '/nvm/bin/claude': '' }, more))).toMatchObject({
      path: '/nvm/bin/claude',
    });
  });

  it('never looks in the current folder', () => {
    const names = candidatesInPath(':.:bin:./x::/usr/bin:', 'linux', 'PATH').map(({ path }) => path);
    expect(names).toEqual(['/usr/bin/claude']);
    const windows = candidatesInPath('.;;bin;\\tools;C:;C:\\a;"D:\\b c"', 'win32', 'PATH').map(
      ({ path }) => path,
    );
    expect(windows).toEqual([
      'C:\\a\\claude.exe',
      'C:\\a\\claude.cmd',
      'D:\\b c\\claude.exe',
      'D:\\b c\\claude.cmd',
    ]);
  });

  it('says what it tried when there is none', async () => {
    const failure = await failureOf(find(world('linux', {}, { env: { PATH: '/one:/two' } })));
    expect(failure?.code).toBe('claude.not_found');
    expect(failure?.message).toMatch(/\/one\/claude, \/two\/claude, \/home\/mia\/\.local\/bin\/claude/);
  });
});

describe('a shim of npm on Windows', () => {
  const npm = 'C:\\Users\\mia\\AppData\\Roaming\\npm';
  const package_ = `${npm}\\node_modules\\@anthropic-ai\\claude-code`;

  it('is started by the program behind it', async () => {
    const disk = { [`${npm}\\claude.cmd`]: npmShim, [`${package_}\\bin\\claude.exe`]: '' };
    const env = { Path: `C:\\Windows;${npm}` };
    expect(await find(world('win32', disk, { env }))).toEqual({
      path: `${npm}\\claude.cmd`,
      how: 'PATH',
      launch: { file: `${package_}\\bin\\claude.exe`, prefix: [] },
    });
  });

  it('is started by Node where a script is behind it', async () => {
    const disk = {
      [`${npm}\\claude.cmd`]: scriptShim,
      [`${package_}\\cli.js`]: '',
      'C:\\node\\node.exe': '',
    };
    expect(await find(world('win32', disk, { env: { Path: 'C:\\node' } }))).toMatchObject({
      how: 'npm, global',
      launch: { file: 'C:\\node\\node.exe', prefix: [`${package_}\\cli.js`] },
    });
  });

  it('is passed over when what it starts is gone, or when it is something else', async () => {
    const gone = world('win32', { [`${npm}\\claude.cmd`]: npmShim });
    const other = world('win32', { [`${npm}\\claude.cmd`]: '@echo hello %*' });
    expect((await failureOf(find(gone)))?.code).toBe('claude.not_found');
    expect((await failureOf(find(other)))?.code).toBe('claude.not_found');
  });
});

describe('a file on the disk', () => {
  it('is a program when it may be executed, and not when it only says that npm left the program out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netra-find-'));
    const write = async (name: string, text: string, mode: number): Promise<boolean> => {
      await writeFile(join(folder, name), text);
      await chmod(join(folder, name), mode);
      return isProgramOnDisk(join(folder, name));
    };
    expect(await write('program', '#!/bin/sh\necho hello\n', 0o755)).toBe(true);
    expect(await write('text', 'hello', 0o644)).toBe(false);
    const left = 'echo "Error: claude native binary not installed." >&2\nexit 1\n';
    expect(await write('placeholder', left, 0o755)).toBe(false);
    expect(await isProgramOnDisk(folder)).toBe(false);
    expect(await isProgramOnDisk(join(folder, 'nothing'))).toBe(false);
    await rm(folder, { recursive: true });
  });
});
