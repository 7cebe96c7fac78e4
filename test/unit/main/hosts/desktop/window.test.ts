import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserWindow, MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { applicationMenu } from '../../../../../src/main/hosts/desktop/application-menu.ts';
import { engineEnvironment } from '../../../../../src/main/hosts/desktop/engine-fork.ts';
import { windowOptions } from '../../../../../src/main/hosts/desktop/main-window.ts';
import { wordsForEnd } from '../../../../../src/main/hosts/desktop/run-notifications.ts';
import {
  isReachable,
  readWindowState,
  type WindowState,
  writeWindowState,
} from '../../../../../src/main/hosts/desktop/window-state.ts';
import { commands } from '../../../../../src/renderer/app/commands.ts';

vi.mock('electron', () => ({ nativeTheme: { shouldUseDarkColors: true } }));

describe('the window', () => {
  it('has everything off that a page could do beyond a page', () => {
    expect(windowOptions(null, { isPackaged: true, preload: '/preload.cjs' }).webPreferences).toEqual({
      preload: '/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      disableDialogs: true,
      spellcheck: false,
      devTools: false,
    });
  });

  const state: WindowState = { bounds: { x: 10, y: 20, width: 900, height: 700 }, maximized: true };

  it('opens where it was', () => {
    expect(windowOptions(state, { isPackaged: false, preload: '' })).toMatchObject(state.bounds);
  });

  it('is remembered in a file, and a damaged file is as none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'window-'));
    const file = join(folder, 'desktop', 'window.json');
    expect(await readWindowState(file)).toBeNull();
    const window = { getNormalBounds: () => state.bounds, isMaximized: () => true };
    await writeWindowState(file, window as unknown as BrowserWindow);
    expect(await readWindowState(file)).toEqual(state);
    const text = await readFile(file, 'utf8');
    for (const damaged of [text.slice(0, 10), '{}', '{"bounds":{"x":1e99}}', '']) {
      await writeFile(file, damaged);
      expect(await readWindowState(file)).toBeNull();
    }
    await rm(folder, { recursive: true });
  });

  it('is only put back where its title bar can be reached', () => {
    const displays = [
      { x: 0, y: 0, width: 1920, height: 1080 },
      { x: -1280, y: 0, width: 1280, height: 1024 },
    ];
    const at = (x: number, y: number): boolean => isReachable({ x, y, width: 800, height: 600 }, displays);
    expect([at(0, 0), at(1800, 900), at(-1200, 10)]).toEqual([true, true, true]);
    expect([at(1900, 0), at(0, -300), at(0, 1070), at(-3000, 0)]).toEqual([false, false, false, false]);
  });
});

describe('the application menu', () => {
  const itemsOf = (template: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    template.flatMap((item) => (Array.isArray(item.submenu) ? itemsOf(item.submenu) : [item]));
  const run = vi.fn();
  const quit = { way: 'keep' as const, choose: vi.fn() };
  const items = itemsOf(applicationMenu({ isMac: false, isDeveloping: false, run, quit }));
  const ours = items.filter(({ id }) => id !== undefined);

  it('has all commands of the page, with their keys where these are not plain letters', () => {
    const acceleratorOf = (keys: readonly string[]): string | undefined =>
      keys.find((key) => key.startsWith('Mod+'))?.replace('Mod', 'CmdOrCtrl');
    const fromPage = commands.map(({ id, keys }) => [id, acceleratorOf(keys)]);
    const fromMenu = ours.map(({ id, accelerator }) => [id, accelerator]);
    expect(fromMenu.toSorted()).toEqual(fromPage.toSorted());
  });

  it('has no key twice', () => {
    const keys = items.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('gives the id of a chosen command', () => {
    ours.find(({ id }) => id === 'run.plan')?.click?.({} as never, undefined, {});
    expect(run).toHaveBeenCalledExactlyOnceWith('run.plan');
  });

  it('shows what is set for quitting, and takes another choice', () => {
    const ways = items.filter(({ type }) => type === 'radio');
    expect(ways.map(({ label, checked }) => [label, checked])).toEqual([
      ['Ask', false],
      ['Keep Instances Running', true],
      ['Stop Instances', false],
    ]);
    ways[0]?.click?.({} as never, undefined, {});
    expect(quit.choose).toHaveBeenCalledExactlyOnceWith('ask');
  });

  it('offers developer tools only while developing', () => {
    const roles = (isDeveloping: boolean) =>
      itemsOf(applicationMenu({ isMac: true, isDeveloping, run, quit })).map(({ role }) => role);
    expect(roles(true)).toContain('toggleDevTools');
    expect(roles(false)).not.toContain('toggleDevTools');
    expect(roles(false)).not.toContain('reload');
  });
});

describe('the environment of the engine', () => {
  it('is what Claude Code may need and our own settings, and nothing that steers Node or Electron', () => {
    const inherited = {
      ...{ PATH: '/bin', HOME: '/home/ada', ANTHROPIC_API_KEY: 'key', NETRA_CLAUDE: '/bin/claude' },
      ...{ NODE_OPTIONS: '--require evil', ELECTRON_RUN_AS_NODE: '1', CLAUDECODE: '1', SECRET_OF_SHELL: 'x' },
      NETRA_HOME: '/elsewhere',
    };
    expect(engineEnvironment(inherited, 'linux', '/data')).toEqual({
      ...{ PATH: '/bin', HOME: '/home/ada', ANTHROPIC_API_KEY: 'key', NETRA_CLAUDE: '/bin/claude' },
      NETRA_HOME: '/data',
    });
  });
});

describe('a notification', () => {
  it.each([
    ['succeeded', 0, 'Demo succeeded', '5 instances ran.'],
    ['failed', 2, 'Demo failed', '2 of 5 instances failed.'],
    ['stopped', 0, 'Demo was stopped', '5 instances ran.'],
  ] as const)('says how an orchestration ended: %s', (state, failed, title, body) => {
    const orchestration = { id: 'x' as never, name: 'Demo', state, instanceCount: 5, failed };
    expect(wordsForEnd(orchestration)).toEqual({ title, body });
  });
});
