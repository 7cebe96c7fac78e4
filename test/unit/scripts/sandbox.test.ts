import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { openSandbox } from '../../../scripts/sandbox.mjs';
import { eventually } from '../../support/eventually.ts';

describe('the sandbox of a test run', () => {
  it('hides the settings of the person who runs it', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'personal');
    const { env, close } = openSandbox();
    vi.unstubAllEnvs();
    expect(env['ANTHROPIC_API_KEY']).toBeUndefined();
    expect(env['TMPDIR']).toBe(env['HOME']);
    await close();
    expect(existsSync(env['TMPDIR'] ?? '')).toBe(false);
  });

  it.runIf(process.platform === 'linux')('ends a process that was left running, and names it', async () => {
    const { env, close } = openSandbox();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'left-behind'], {
      env,
      detached: true,
      stdio: 'ignore',
    });
    await once(child, 'spawn');
    const left = await close({ graceMs: 0 });
    expect(left.map((line) => line.includes('left-behind'))).toEqual([true]);
    await eventually(() => expect(child.signalCode).toBe('SIGKILL'));
  });
});
