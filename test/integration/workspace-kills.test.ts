import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkspaceSpec } from '../../src/shared/domain/plan/plan-spec.ts';
import { eventually } from '../support/eventually.ts';
import {
  copyOf,
  instanceNumber,
  openTestPlace,
  worktreeOf,
  isRunning,
  type TestPlace,
} from '../support/workspaces/places.ts';

let place: TestPlace;

beforeEach(async () => {
  place = await openTestPlace();
});

afterEach(async () => {
  expect(place.errors).toEqual([]);
  await place.remove();
});

const one = instanceNumber(1);

const branches = async (repository: string): Promise<readonly string[]> =>
  (await place.git(repository, 'branch', '--format=%(refname:short)')).trim().split('\n');

const commit = async (folder: string, name: string): Promise<void> => {
  await writeFile(join(folder, name), name);
  await place.git(folder, 'add', '--all');
  await place.git(folder, 'commit', '--quiet', `--message=${name}`);
};

describe('an engine that is killed while it prepares', () => {
  const start = (spec: WorkspaceSpec): ChildProcess => {
    const script = join(import.meta.dirname, '../support/workspaces/prepare-run.ts');
    const args = [script, place.dataDir, place.root, one, JSON.stringify(spec)];
    return spawn(process.execPath, args, { stdio: 'ignore' });
  };

  const kill = async (child: ChildProcess): Promise<void> => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill('SIGKILL')) await gone;
  };

  /** The number that something started wrote down. */
  const writtenPid = (): Promise<number> =>
    eventually(async () => {
      const found = Number(/^\d+\n/.exec(await readFile(join(place.root, 'pid'), 'utf8'))?.[0]);
      expect(found).toBeGreaterThan(0);
      return found;
    });

  /** Kills a process that prepares a workspace as soon as its setup runs; gives the pid of the setup. */
  const killInSetup = async (kind: 'worktree' | 'copy', path: string): Promise<number> => {
    const setup = [`echo half > half; echo $$ > ${join(place.root, 'pid')}; exec sleep 600`];
    const child = start(worktreeOf(path, { kind, setup }));
    const pid = await writtenPid();
    await kill(child);
    return pid;
  };

  it.each(['worktree', 'copy'] as const)(
    'leaves a %s that the next one makes anew, and nothing that runs',
    async (kind) => {
      const path = await place.repository('project');
      const pid = await killInSetup(kind, path);
      expect(await isRunning(pid)).toBe(true);
      const next = await place.open();
      await eventually(async () => expect(await isRunning(pid)).toBe(false));
      const spec = worktreeOf(path, { kind, setup: ['echo whole > whole'] });
      const prepared = await next.keeper.prepare(one, 'killed', spec);
      expect((await readdir(prepared.path)).sort()).toEqual(['.git', 'README.md', 'whole']);
      expect(await place.git(prepared.path, 'status', '--porcelain')).toBe('?? whole\n');
    },
  );

  it('leaves nothing when nobody asks for the workspace again', async () => {
    const path = await place.repository('project');
    await killInSetup('worktree', path);
    await place.open();
    await eventually(async () => {
      expect(await readdir(join(place.dataDir, 'workspaces'))).toEqual([]);
      expect(await branches(path)).toEqual(['main']);
    });
  });

  it('in the middle of a checkout leaves no git that goes on', async () => {
    const path = await place.repository('project');
    const hook = `[ -e ${place.root}/again ] && exit 0; echo $$ > ${place.root}/pid; exec sleep 600`;
    await chmod(await place.file('project/.git/hooks/post-checkout', `#!/bin/sh\n${hook}\n`), 0o755);
    const child = start(worktreeOf(path));
    const pid = await writtenPid();
    await kill(child);
    await place.file('again', '');
    const next = await place.open();
    await eventually(async () => expect(await isRunning(pid)).toBe(false));
    const prepared = await next.keeper.prepare(one, 'killed', worktreeOf(path));
    expect(await place.git(prepared.path, 'status', '--porcelain')).toBe('');
    expect(await next.keeper.finish(one, 'succeeded')).toMatchObject([{ kind: 'removed' }]);
    expect(await branches(path)).toEqual(['main']);
  });

  it('in the middle of a copy leaves one that is made anew, whole', async () => {
    const path = join(place.root, 'project');
    await mkdir(path);
    const names = Array.from({ length: 3000 }, (_, n) => `file-${String(n)}`);
    await Promise.all(names.map((name) => writeFile(join(path, name), name)));
    const child = start(copyOf(path));
    const target = await eventually(async () => {
      const below = join(place.dataDir, 'workspaces', one);
      const short = (await readdir(below)).find((name) => !name.includes('.')) ?? 'none';
      expect(await readdir(join(below, short, 'project'))).not.toEqual([]);
      return join(below, short, 'project');
    });
    await kill(child);
    const next = await place.open();
    const prepared = await next.keeper.prepare(one, 'killed', copyOf(path));
    expect(prepared.path).toBe(target);
    expect((await readdir(target)).sort()).toEqual(names.sort());
    expect(await next.keeper.finish(one, 'succeeded')).toMatchObject([{ kind: 'removed' }]);
  });

  it('may be killed again and again, at any moment', async () => {
    const path = await place.repository('project');
    for (let n = 0; n < 40; n += 1) await place.file(`project/files/${String(n)}`, String(n));
    await commit(path, 'more');
    const spec = worktreeOf(path, { setup: ['echo x >> made'] });
    for (const delay of [200, 300, 350, 400, 450, 500, 550]) {
      const child = start(spec);
      await Promise.race([once(child, 'exit'), wait(delay)]);
      await kill(child);
    }
    const next = await place.open();
    const prepared = await next.keeper.prepare(one, 'killed', spec);
    expect(await readFile(join(prepared.path, 'made'), 'utf8')).toBe('x\n');
    expect(await readdir(join(prepared.path, 'files'))).toHaveLength(40);
    expect(await place.git(prepared.path, 'status', '--porcelain')).toBe('?? made\n');
  });
});
