import { describe, expect, it } from 'vitest';
import {
  assumedFeatures,
  type ClaudeFeatures,
} from '../../../../../src/main/claude/installation/features.ts';
import type { FindWorld } from '../../../../../src/main/claude/installation/find-claude.ts';
import { createInstallation } from '../../../../../src/main/claude/installation/installation.ts';
import type { FeatureCache } from '../../../../../src/main/claude/installation/probe.ts';

const world = (more: Partial<FindWorld>): FindWorld => ({
  ...{ platform: 'linux', arch: 'x64', home: '/', cwd: '/', ownModules: [], startedInTerminal: false },
  env: { PATH: '/usr/bin', NODE_OPTIONS: '--x' },
  isProgram: () => Promise.resolve(false),
  readText: () => Promise.resolve(''),
  loginShellPath: () => Promise.resolve(null),
  ...more,
});

const cacheOf = (features: ClaudeFeatures | null): FeatureCache => ({
  read: () => Promise.resolve(features),
  write: () => Promise.resolve(),
});

const install = (more: Partial<FindWorld>, features: ClaudeFeatures | null = null) => {
  const warned: string[] = [];
  const log = { warn: (message: string) => warned.push(message), error: () => undefined };
  const cache = cacheOf(features);
  return { installation: createInstallation({ choice: {}, world: world(more), cache, log }), warned };
};

describe('the installation', () => {
  it('looks once while Claude is there, and again after it was not', async () => {
    let looked = 0;
    let there = false;
    const isProgram = () => {
      looked += 1;
      return Promise.resolve(there);
    };
    const { installation } = install({ isProgram });
    await expect(installation.find()).rejects.toMatchObject({ failure: { code: 'claude.not_found' } });
    there = true;
    const found = await installation.find();
    const before = looked;
    expect(await installation.find()).toBe(found);
    expect(looked).toBe(before);
  });

  it('asks the login shell once, for finding and for the environment of what it starts', async () => {
    let asked = 0;
    const loginShellPath = () => {
      asked += 1;
      return Promise.resolve('/nvm/bin');
    };
    const { installation } = install({
      loginShellPath,
      isProgram: (path) => Promise.resolve(path === '/nvm/bin/claude'),
    });
    expect(await installation.find()).toMatchObject({ path: '/nvm/bin/claude' });
    expect(await installation.environment()).toMatchObject({ path: '/nvm/bin' });
    expect(asked).toBe(1);
  });

  it('does not ask it from a terminal, whose PATH is the person’s', async () => {
    const loginShellPath = () => Promise.reject(new Error('asked'));
    const { installation } = install({ loginShellPath, startedInTerminal: true });
    expect(await installation.environment()).toMatchObject({ path: null });
  });

  it('knows at once what was found out earlier', async () => {
    const { installation } = install({}, assumedFeatures);
    const launch = { file: '/no/such/program', prefix: [] };
    expect(await installation.knownFeatures(launch)).toBe(assumedFeatures);
    expect(await installation.features(launch)).toBe(assumedFeatures);
  });

  it('keeps nobody waiting for what is not known, and only notes that a program does not answer', async () => {
    const { installation, warned } = install({});
    const launch = { file: '/no/such/program', prefix: [] };
    expect(await installation.knownFeatures(launch)).toBeNull();
    await expect.poll(() => warned).toEqual(['Claude Code did not say what it can do']);
    await expect(installation.features(launch)).rejects.toMatchObject({
      failure: { code: 'claude.probe_failed' },
    });
  });
});
