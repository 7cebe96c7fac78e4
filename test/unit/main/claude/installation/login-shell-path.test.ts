import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loginShellPath, pathBetween } from '../../../../../src/main/claude/installation/login-shell-path.ts';

describe('the PATH in what a shell printed', () => {
  it('is found among what its start-up files print', () => {
    const output = 'Welcome!\nPATH=/wrong\nMARK\nHOME=/h\nPATH=/a:/b\nX=PATH=/c\nMARK\nlogout\n';
    expect(pathBetween(output, 'MARK')).toBe('/a:/b');
  });

  it('is not there when the shell stopped half-way', () => {
    expect(pathBetween('MARK\nPATH=/a\n', 'MARK')).toBeNull();
    expect(pathBetween('', 'MARK')).toBeNull();
    expect(pathBetween('MARK\nHOME=/h\nMARK\n', 'MARK')).toBeNull();
  });
});

describe.skipIf(process.platform === 'win32')('asking the login shell', () => {
  const withShell = async <T>(
    script: string,
    use: (shell: string, home: string) => Promise<T>,
  ): Promise<T> => {
    const home = await mkdtemp(join(tmpdir(), 'netra-shell-'));
    const shell = join(home, 'shell');
    await writeFile(shell, `#!/bin/sh\n${script}\n`);
    await chmod(shell, 0o755);
    try {
      return await use(shell, home);
    } finally {
      await rm(home, { recursive: true });
    }
  };
  const env = { PATH: '/usr/bin:/bin' };

  it('gives the PATH that its start-up files make', async () => {
    const script =
      'echo "Good morning"; PATH=/nvm/bin:$PATH; export PATH; while [ "$1" != -c ]; do shift; done; eval "$2"';
    const path = await withShell(script, (shell, home) => loginShellPath({ shell, env, home }));
    expect(path).toBe('/nvm/bin:/usr/bin:/bin');
  });

  it('gives up on a shell that hangs, that fails or that is not there', async () => {
    const hung = await withShell('exec sleep 60', (shell, home) =>
      loginShellPath({ shell, env, home, timeoutMs: 100 }),
    );
    const failed = await withShell('exit 3', (shell, home) => loginShellPath({ shell, env, home }));
    const gone = await loginShellPath({ shell: '/no/such/shell', env, home: '/' });
    expect([hung, failed, gone]).toEqual([null, null, null]);
  });
});
