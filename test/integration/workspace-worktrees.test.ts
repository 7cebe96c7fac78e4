import { access, chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PreparedWorkspace } from '../../src/main/engine/workspace-ports.ts';
import type { Workspaces } from '../../src/main/workspace/workspaces.ts';
import { containing, matching } from '../support/matching.ts';
import {
  copyOf,
  instanceNumber,
  openTestPlace,
  worktreeOf,
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

const commit = async (folder: string, name: string): Promise<void> => {
  await writeFile(join(folder, name), name);
  await place.git(folder, 'add', '--all');
  await place.git(folder, 'commit', '--quiet', `--message=${name}`);
};

describe('a worktree', () => {
  it('is a checkout of its own, on a branch that is called after the instance', async () => {
    const path = await place.repository('project');
    const prepared = await open.keeper.prepare(one, 'Fix: the Büild / 2!', worktreeOf(path));
    expect(prepared).toMatchObject({ kind: 'worktree', origin: path });
    expect(prepared.branch).toMatch(/^netra\/fix-the-build-2-[0-9a-f]{8}$/);
    expect(prepared.path.startsWith(join(place.dataDir, 'workspaces', one))).toBe(true);
    expect(basename(prepared.path)).toBe('project');
    expect(await readFile(join(prepared.path, 'README.md'), 'utf8')).toBe('hello\n');
    expect((await place.git(prepared.path, 'branch', '--show-current')).trim()).toBe(prepared.branch);
  });

  it('starts at what base names: a branch, a tag, or a branch of origin', async () => {
    const path = await place.repository('project');
    await place.git(path, 'tag', 'v1');
    await commit(path, 'second');
    await place.git(path, 'update-ref', 'refs/remotes/origin/next', 'HEAD');
    const tagged = await open.keeper.prepare(one, 'a', worktreeOf(path, { base: 'v1' }));
    expect(await isThere(join(tagged.path, 'second'))).toBe(false);
    const next = await open.keeper.prepare(instanceNumber(2), 'b', worktreeOf(path, { base: 'next' }));
    expect(await isThere(join(next.path, 'second'))).toBe(true);
  });

  it.each(['nowhere', '--all', 'HEAD~9', '../x', ''])('refuses the unknown base "%s"', async (base) => {
    const path = await place.repository('project');
    const made = open.keeper.prepare(one, 'a', worktreeOf(path, { base }));
    await expect(made).rejects.toMatchObject(failing('workspace.bad_base'));
  });

  it('needs a repository, and one with a commit', async () => {
    const plain = join(place.root, 'plain');
    await mkdir(plain);
    await expect(open.keeper.prepare(one, 'a', worktreeOf(plain))).rejects.toMatchObject(
      failing('workspace.not_git'),
    );
    await place.git(plain, 'init', '--quiet');
    await expect(open.keeper.prepare(one, 'a', worktreeOf(plain))).rejects.toMatchObject(
      failing('workspace.bad_base', /no commit/),
    );
  });

  it('of a folder inside a repository is that folder in the worktree', async () => {
    const path = await place.repository('mono', { 'packages/ä b/index.js': '1', 'top.txt': 't' });
    const prepared = await open.keeper.prepare(one, 'a', worktreeOf(join(path, 'packages', 'ä b')));
    expect(await readdir(prepared.path)).toEqual(['index.js']);
    expect(await isThere(join(prepared.path, '..', '..', 'top.txt'))).toBe(true);
    expect(await open.keeper.finish(one, 'not_succeeded')).toMatchObject([{ kind: 'removed' }]);
    expect(await readdir(join(place.dataDir, 'workspaces'))).toEqual([]);
  });

  it('of a folder that was never committed is refused, and nothing of it stays', async () => {
    const path = await place.repository('project');
    await mkdir(join(path, 'new'));
    const made = open.keeper.prepare(one, 'a', worktreeOf(join(path, 'new')));
    await expect(made).rejects.toMatchObject(failing('workspace.missing', /Commit it/));
    expect(await branches(path)).toEqual(['main']);
    expect(await readdir(join(place.dataDir, 'workspaces'))).toEqual([]);
  });

  it('can be made of a bare repository', async () => {
    const path = await place.repository('project');
    await place.git(place.root, 'clone', '--quiet', '--bare', path, 'bare.git');
    const prepared = await open.keeper.prepare(one, 'a', worktreeOf(join(place.root, 'bare.git')));
    expect(await isThere(join(prepared.path, 'README.md'))).toBe(true);
    expect(await open.keeper.finish(one, 'not_succeeded')).toMatchObject([{ kind: 'removed' }]);
  });

  it('is found again by a later engine, without another setup', async () => {
    const path = await place.repository('project');
    const spec = worktreeOf(path, { setup: ['echo x >> made'] });
    const first = await open.keeper.prepare(one, 'a', spec);
    open.close();
    const later = await place.open();
    expect(await later.keeper.prepare(one, 'a', spec)).toEqual(first);
    expect(await readFile(join(first.path, 'made'), 'utf8')).toBe('x\n');
  });

  it('is made for many instances of one repository at once', async () => {
    const path = await place.repository('project');
    const numbers = Array.from({ length: 12 }, (_, n) => n + 1);
    const all = await Promise.all(
      numbers.map((n) => open.keeper.prepare(instanceNumber(n), `same name`, worktreeOf(path))),
    );
    expect(new Set(all.map(({ branch }) => branch)).size).toBe(12);
    const ends = await Promise.all(numbers.map((n) => open.keeper.finish(instanceNumber(n), 'succeeded')));
    expect(ends.every(([end]) => end?.kind === 'removed')).toBe(true);
    expect(await branches(path)).toEqual(['main']);
    expect(await place.git(path, 'worktree', 'list', '--porcelain')).not.toContain(place.dataDir);
  });

  it('waits for another git that holds the lock of the repository', async () => {
    const path = await place.repository('project');
    const lock = await place.file('project/.git/config.lock', '');
    const prepared = open.keeper.prepare(one, 'a', worktreeOf(path));
    await rm(lock);
    expect(await prepared).toMatchObject({ kind: 'worktree' });
  });

  it('has another branch name where "netra" is a branch', async () => {
    const path = await place.repository('project');
    await place.git(path, 'branch', 'netra');
    const { branch } = await open.keeper.prepare(one, 'a', worktreeOf(path));
    expect(branch).toMatch(/^netra-a-/);
  });

  it.each([
    'with spaces',
    'quo\'te"s',
    'dollar $HOME `id`',
    '-dash',
    '日本語',
    'line\nbreak',
    'semi;colon & more',
    '*glob?[a]',
    'back\\slash',
    '%20',
  ])('works for a repository called %j', async (name) => {
    const path = await place.repository(name);
    const prepared = await open.keeper.prepare(one, name, worktreeOf(path, { setup: ['cat README.md'] }));
    expect(await readFile(join(prepared.path, 'README.md'), 'utf8')).toBe('hello\n');
    expect(await open.keeper.finish(one, 'succeeded')).toMatchObject([{ kind: 'removed' }]);
    expect(await branches(path)).toEqual(['main']);
  });
});

describe('the end of a worktree', () => {
  let path: string;
  let prepared: PreparedWorkspace;

  beforeEach(async () => {
    path = await place.repository('project', { 'README.md': 'hello\n', '.gitignore': 'ignored\n' });
    prepared = await open.keeper.prepare(one, 'a', worktreeOf(path));
  });

  const finish = () => open.keeper.finish(one, 'succeeded');
  const expectKept = async (reason: RegExp): Promise<void> => {
    expect(await finish()).toEqual([{ kind: 'kept', path: prepared.path, reason: matching(reason) }]);
    expect(await isThere(prepared.path)).toBe(true);
  };

  it('removes it and its branch when there is nothing new in it', async () => {
    await writeFile(join(prepared.path, 'ignored'), 'x');
    expect(await finish()).toEqual([{ kind: 'removed', path: prepared.path }]);
    expect(await isThere(prepared.path)).toBe(false);
    expect(await branches(path)).toEqual(['main']);
    expect(await finish()).toEqual([]);
  });

  it('is as the plan says', async () => {
    const { keeper } = open;
    await keeper.prepare(one, 'a', worktreeOf(path, { keep: 'always' }));
    expect(await keeper.finish(one, 'forgotten')).toMatchObject([{ kind: 'kept' }]);
    await keeper.prepare(one, 'a', worktreeOf(path, { keep: 'on_failure' }));
    expect(await keeper.finish(one, 'not_succeeded')).toMatchObject([{ kind: 'kept' }]);
    expect(await keeper.finish(one, 'succeeded')).toMatchObject([{ kind: 'removed' }]);
    await keeper.prepare(one, 'a', worktreeOf(path, { keep: 'on_failure' }));
    expect(await keeper.finish(one, 'forgotten')).toMatchObject([{ kind: 'removed' }]);
  });

  it('is that of each that was made for an instance, the earlier fallbacks among them', async () => {
    const { keeper } = open;
    const other = await place.repository('other');
    const copy = await keeper.prepare(one, 'a', copyOf(path));
    const kept = await keeper.prepare(one, 'a', copyOf(other, { keep: 'always' }));
    const ends = await keeper.finish(one, 'succeeded');
    expect(ends.toSorted((a, b) => a.kind.localeCompare(b.kind))).toMatchObject([
      { kind: 'kept', path: kept.path, reason: 'the plan keeps it' },
      { kind: 'removed' },
      { kind: 'removed' },
    ]);
    expect(await isThere(copy.path)).toBe(false);
    expect(await isThere(prepared.path)).toBe(false);
  });

  it('keeps changes that are not committed', async () => {
    await writeFile(join(prepared.path, 'README.md'), 'changed');
    await expectKept(/not committed \(README\.md\)/);
  });

  it('keeps files that git does not know', async () => {
    await writeFile(join(prepared.path, 'neü file'), 'x');
    await expectKept(/not committed \(neü file\)/);
  });

  it('keeps commits that are nowhere else', async () => {
    await commit(prepared.path, 'new');
    await expectKept(/commits that are on no other branch/);
  });

  it('keeps commits of a detached head', async () => {
    await place.git(prepared.path, 'checkout', '--quiet', '--detach');
    await commit(prepared.path, 'new');
    await expectKept(/commits/);
  });

  it('removes it, but not the branch, when its commits are on another branch', async () => {
    await commit(prepared.path, 'new');
    await place.git(path, 'merge', '--quiet', prepared.branch ?? '');
    expect(await finish()).toMatchObject([{ kind: 'removed' }]);
    expect(await branches(path)).toEqual(['main', prepared.branch]);
  });

  it('keeps what was stashed in it, and does not mind the stash of others', async () => {
    await writeFile(join(path, 'README.md'), 'mine');
    await place.git(path, 'stash', '--quiet');
    await writeFile(join(prepared.path, 'README.md'), 'changed');
    await place.git(prepared.path, 'stash', '--quiet');
    await expectKept(/stashed changes/);
    await place.git(prepared.path, 'stash', 'drop', '--quiet');
    expect(await finish()).toMatchObject([{ kind: 'removed' }]);
  });

  it('keeps commits of a submodule that were not pushed', async () => {
    const library = await place.repository('library');
    const allow = ['-c', 'protocol.file.allow=always'];
    await place.git(path, ...allow, 'submodule', '--quiet', 'add', library, 'lib');
    await place.git(path, 'commit', '--quiet', '--message=submodule');
    const spec = worktreeOf(path, {
      setup: ['git -c protocol.file.allow=always submodule --quiet update --init'],
    });
    const two = await open.keeper.prepare(instanceNumber(2), 'b', spec);
    await place.git(join(two.path, 'lib'), 'checkout', '--quiet', '-b', 'mine');
    await commit(join(two.path, 'lib'), 'new');
    await place.git(join(two.path, 'lib'), 'checkout', '--quiet', 'main');
    expect(await open.keeper.finish(instanceNumber(2), 'succeeded')).toMatchObject([
      { kind: 'kept', reason: containing('submodule') },
    ]);
  });

  it('keeps it when its link to git is gone or leads elsewhere', async () => {
    const link = join(prepared.path, '.git');
    const text = await readFile(link, 'utf8');
    await rm(link);
    await expectKept(/nobody can tell/);
    const other = await place.repository('other');
    await writeFile(link, `gitdir: ${join(other, '.git')}\n`);
    await expectKept(/something else/);
    await writeFile(link, text);
    expect(await finish()).toMatchObject([{ kind: 'removed' }]);
  });

  it('removes folders that forbid to be written to', async () => {
    const locked = join(prepared.path, 'ignored', 'deep');
    await mkdir(locked, { recursive: true });
    await writeFile(join(locked, 'file'), 'x');
    await chmod(locked, 0o500);
    await chmod(join(prepared.path, 'ignored'), 0o500);
    expect(await finish()).toMatchObject([{ kind: 'removed' }]);
  });
});
