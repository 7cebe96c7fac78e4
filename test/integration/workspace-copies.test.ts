import {
  access,
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FailureError } from '../../src/shared/domain/failure.ts';
import type { Workspaces } from '../../src/main/workspace/workspaces.ts';
import { eventually } from '../support/eventually.ts';
import { containing, matching } from '../support/matching.ts';
import {
  copyOf,
  folderOf,
  instanceNumber,
  openTestPlace,
  worktreeOf,
  isRunning,
  type TestPlace,
} from '../support/workspaces/places.ts';

let place: TestPlace;
let open: Workspaces;

beforeEach(async () => {
  place = await openTestPlace();
  open = await place.open();
});

afterEach(async () => {
  expect(place.errors).toEqual([]);
  await place.remove();
});

const one = instanceNumber(1);

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const failing = (code: string, message: RegExp = /./) => ({ failure: { code, message: matching(message) } });

const branches = async (repository: string): Promise<readonly string[]> =>
  (await place.git(repository, 'branch', '--format=%(refname:short)')).trim().split('\n');

describe('a folder', () => {
  it('is given as it is', async () => {
    const path = await place.repository('project');
    expect(await open.keeper.prepare(one, 'lint', folderOf(path))).toEqual({
      ...{ kind: 'folder', path, origin: path, branch: null },
    });
  });

  it('must be there, and must be a folder', async () => {
    const file = await place.file('file', 'x');
    const missing = open.keeper.prepare(one, 'lint', folderOf(join(place.root, 'nowhere')));
    await expect(missing).rejects.toMatchObject(failing('workspace.missing'));
    const noFolder = open.keeper.prepare(one, 'lint', folderOf(file));
    await expect(noFolder).rejects.toMatchObject(failing('workspace.unreadable'));
  });

  it('is set up once for each instance', async () => {
    const path = await place.repository('project');
    const spec = folderOf(path, { setup: ['echo "$NETRA_INSTANCE_NAME" >> made'] });
    await open.keeper.prepare(one, 'first', spec);
    await open.keeper.prepare(one, 'first', spec);
    await open.keeper.prepare(instanceNumber(2), 'second', spec);
    expect(await readFile(join(path, 'made'), 'utf8')).toBe('first\nsecond\n');
  });

  it('is never removed', async () => {
    const path = await place.repository('project');
    await open.keeper.prepare(one, 'lint', folderOf(path, { setup: ['true'] }));
    expect(await open.keeper.finish(one, 'succeeded')).toEqual([]);
    expect(await open.keeper.finish(one, 'forgotten')).toEqual([]);
    expect(await isThere(path)).toBe(true);
  });
});

describe('a copy', () => {
  it('has everything in it as it is: .git, links, rights, times, empty folders, any name', async () => {
    const path = await place.repository('project');
    await place.file('project/node_modules/x/index.js', '1');
    await place.file('project/run.sh', '#!/bin/sh\n');
    await chmod(join(path, 'run.sh'), 0o755);
    await utimes(join(path, 'run.sh'), 1_000_000_000, 1_000_000_000);
    await symlink('README.md', join(path, 'link'));
    await symlink('/nowhere', join(path, 'dangling'));
    await mkdir(join(path, 'locked'));
    await place.file('project/locked/in', 'x');
    await chmod(join(path, 'locked'), 0o555);
    await mkdir(join(path, 'empty'));
    const odd = Buffer.from([...Buffer.from(`${path}/odd-`), 0xff, 0x0a, 0x80]);
    await writeFile(odd, 'bytes');

    const prepared = await open.keeper.prepare(one, 'a', copyOf(path));
    const at = (name: string) => join(prepared.path, name);
    expect((await readdir(prepared.path, 'latin1')).sort()).toEqual((await readdir(path, 'latin1')).sort());
    expect(await readlink(at('link'))).toBe('README.md');
    expect(await readlink(at('dangling'))).toBe('/nowhere');
    const script = await lstat(at('run.sh'));
    expect(script.mode & 0o777).toBe(0o755);
    expect(script.mtimeMs).toBe(1_000_000_000_000);
    expect((await lstat(at('locked'))).mode & 0o777).toBe(0o555);
    expect(await readFile(at('locked/in'), 'utf8')).toBe('x');
    expect(await readFile(at('node_modules/x/index.js'), 'utf8')).toBe('1');
    expect((await place.git(prepared.path, 'log', '--format=%s')).trim()).toBe('first');

    expect(await open.keeper.finish(one, 'succeeded')).toMatchObject([{ kind: 'removed' }]);
    expect(await isThere(path)).toBe(true);
    expect(await readdir(join(place.dataDir, 'workspaces'))).toEqual([]);
  });

  it.each([
    ['a new file', (folder: string) => writeFile(join(folder, 'new'), 'x')],
    ['a removed file', (folder: string) => rm(join(folder, 'README.md'))],
    ['a commit', (folder: string) => place.git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'x')],
    [
      'a file of the same size and time',
      async (folder: string) => {
        const file = join(folder, 'README.md');
        const { atime, mtime } = await lstat(file);
        await writeFile(file, 'HELLO\n');
        await utimes(file, atime, mtime);
      },
    ],
  ])('is kept with %s', async (_, change) => {
    const path = await place.repository('project');
    const prepared = await open.keeper.prepare(one, 'a', copyOf(path, { setup: ['echo x > made'] }));
    await change(prepared.path);
    expect(await open.keeper.finish(one, 'forgotten')).toMatchObject([
      { kind: 'kept', reason: containing('changed since it was copied') },
    ]);
  });

  it('is removed when it was only read and set up, though git wrote its index anew', async () => {
    const path = await place.repository('project');
    const prepared = await open.keeper.prepare(one, 'a', copyOf(path, { setup: ['echo x > made'] }));
    await place.git(prepared.path, 'update-index', '--refresh');
    await place.git(prepared.path, 'status');
    expect(await open.keeper.finish(one, 'succeeded')).toMatchObject([{ kind: 'removed' }]);
  });

  it('is refused of a folder that holds the data directory', async () => {
    const made = open.keeper.prepare(one, 'a', copyOf(place.root));
    await expect(made).rejects.toMatchObject(failing('workspace.copy_into_itself'));
    const within = open.keeper.prepare(one, 'a', copyOf(join(place.dataDir, 'workspaces')));
    await expect(within).rejects.toMatchObject(failing('workspace.copy_into_itself'));
  });

  it('is refused of a worktree, whose index it would share', async () => {
    const path = await place.repository('project');
    const prepared = await open.keeper.prepare(one, 'a', worktreeOf(path));
    const made = open.keeper.prepare(instanceNumber(2), 'b', copyOf(prepared.path));
    await expect(made).rejects.toMatchObject(failing('workspace.linked_git'));
  });

  it('knows nothing of the worktrees of its original', async () => {
    const path = await place.repository('project');
    const worktree = await open.keeper.prepare(one, 'a', worktreeOf(path));
    const copy = await open.keeper.prepare(instanceNumber(2), 'b', copyOf(path));
    expect(await place.git(copy.path, 'worktree', 'list')).not.toContain(worktree.path);
  });

  it('has a limit, and leaves nothing when it is over it', async () => {
    const small = await place.open({ bytes: 1000, entries: 1000 });
    const path = join(place.root, 'large');
    await place.file('large/deep/file', 'x'.repeat(2000));
    const made = small.keeper.prepare(one, 'a', copyOf(path));
    await expect(made).rejects.toMatchObject(failing('workspace.too_large'));
    expect(await readdir(join(place.dataDir, 'workspaces'))).toEqual([]);
  });
});

describe('a removal', () => {
  it('does not follow symbolic links', async () => {
    const path = await place.repository('project', { '.gitignore': 'link*\n' });
    const treasure = await place.file('treasure/gold', 'x');
    const prepared = await open.keeper.prepare(one, 'a', worktreeOf(path));
    await symlink(join(place.root, 'treasure'), join(prepared.path, 'link'));
    await symlink('/', join(prepared.path, 'link-to-all'));
    expect(await open.keeper.finish(one, 'succeeded')).toMatchObject([{ kind: 'removed' }]);
    expect(await isThere(treasure)).toBe(true);
  });

  it.each(['the workspace', 'the folder of the instance', 'what holds the workspace'])(
    'leaves alone what a link in the place of %s leads to',
    async (what) => {
      const path = await place.repository('project');
      await place.file('treasure/project/README.md', 'hello\n');
      const treasure = join(place.root, 'treasure');
      const prepared = await open.keeper.prepare(one, 'a', copyOf(path));
      const replaced =
        what === 'the workspace'
          ? prepared.path
          : join(prepared.path, what === 'what holds the workspace' ? '..' : '../..');
      await rename(replaced, join(place.root, 'moved'));
      await symlink(treasure, replaced);
      await open.keeper.finish(one, 'succeeded');
      expect(await readFile(join(treasure, 'project', 'README.md'), 'utf8')).toBe('hello\n');
    },
  );
});

describe('setup', () => {
  it('that fails leaves what it printed to be read, and goes with what is kept of its instance', async () => {
    const path = await place.repository('project');
    const setup = ['for n in $(seq 1 500); do echo "line $n"; done; exit 3'];
    const made = open.keeper.prepare(one, 'a', worktreeOf(path, { setup }));
    const said = await made.then(
      () => '',
      (error: unknown) => (error instanceof FailureError ? error.failure.message : ''),
    );
    expect(said).toMatch(/\nline 481\n(?:.*\n)*line 500\nMore of what it said is in /);
    const file = said.slice(said.lastIndexOf(' in ') + ' in '.length);
    expect((await readFile(file, 'utf8')).split('\n').slice(0, 2)).toEqual(['line 1', 'line 2']);
    await open.forgetValues(one);
    expect(await isThere(file)).toBe(false);
  });

  it('runs its commands in order in the workspace, and stops at the first that fails', async () => {
    const path = await place.repository('project');
    const setup = ['echo one > made', 'echo out; echo err >&2; exit 3', 'echo three > made'];
    const made = open.keeper.prepare(one, 'a', worktreeOf(path, { setup }));
    await expect(made).rejects.toMatchObject(failing('workspace.setup_failed', /exited with 3.*\nout\nerr/s));
    expect(await branches(path)).toEqual(['main']);
    expect(await isThere(join(place.dataDir, 'values'))).toBe(false);
    expect(await readdir(join(place.dataDir, 'workspaces'))).toEqual([]);
  });

  it('is told where it is', async () => {
    const path = await place.repository('project');
    const setup = ['echo "$NETRA_INSTANCE_ID|$NETRA_WORKSPACE|$NETRA_ORIGIN|$NETRA_BRANCH" > made'];
    const prepared = await open.keeper.prepare(one, 'a', worktreeOf(path, { setup }));
    const said = await readFile(join(prepared.path, 'made'), 'utf8');
    expect(said).toBe(`${one}|${prepared.path}|${path}|${prepared.branch ?? ''}\n`);
  });

  it('ends when its instance is stopped, and leaves nothing', async () => {
    const path = await place.repository('project');
    const pidFile = join(place.root, 'pid');
    const stop = new AbortController();
    const spec = worktreeOf(path, { setup: [`echo $$ > ${pidFile}; sleep 600`] });
    const made = open.keeper.prepare(one, 'a', spec, stop.signal);
    const refused = expect(made).rejects.toMatchObject(failing('workspace.interrupted'));
    const pid = await eventually(async () => Number((await readFile(pidFile, 'utf8')).match(/^\d+\n/)?.[0]));
    stop.abort();
    await refused;
    expect(await isRunning(pid)).toBe(false);
    expect(await branches(path)).toEqual(['main']);
    expect(await readdir(join(place.dataDir, 'workspaces'))).toEqual([]);
  });

  it('ends with the engine', async () => {
    const path = await place.repository('project');
    const pidFile = join(place.root, 'pid');
    const made = open.keeper.prepare(one, 'a', copyOf(path, { setup: [`echo $$ > ${pidFile}; sleep 600`] }));
    const refused = expect(made).rejects.toMatchObject(failing('workspace.interrupted'));
    const pid = await eventually(async () => Number((await readFile(pidFile, 'utf8')).match(/^\d+\n/)?.[0]));
    open.close();
    await refused;
    expect(await isRunning(pid)).toBe(false);
  });
});
