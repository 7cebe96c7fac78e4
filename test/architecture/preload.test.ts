import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { root } from './project.ts';

const electron = vi.hoisted(() => ({
  exposed: new Map<string, Record<string, unknown>>(),
}));

vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld: (name: string, value: Record<string, unknown>) => electron.exposed.set(name, value),
  },
  ipcRenderer: { on: vi.fn(), off: vi.fn(), send: vi.fn(), invoke: vi.fn() },
  webUtils: {},
}));

describe('the preload', () => {
  it('hands a short fixed list over to the page, and nothing of Electron', async () => {
    await import('../../src/preload/index.ts');
    const exposed = [...electron.exposed].map(([name, value]) => [name, Object.keys(value).sort()]);
    expect(exposed).toEqual([
      [
        'host',
        [
          'kind',
          'onCommand',
          'openExternal',
          'pathForFile',
          'pickFolder',
          'pickPlanFile',
          'platform',
          'requestEnginePort',
        ],
      ],
    ]);
  });

  it('stays under 60 lines', async () => {
    const lines = (await readFile(join(root, 'src/preload/index.ts'), 'utf8')).trimEnd().split('\n');
    expect(lines.length).toBeLessThan(60);
  });
});
