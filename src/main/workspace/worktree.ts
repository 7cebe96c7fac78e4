import { realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { failureError } from '../../shared/domain/failure.ts';
import { isThere } from './file-error.ts';
import type { Git } from './git.ts';

/** A folder of a repository. */
export type RepositoryPlace = {
  /** The folder of git's own data, which all worktrees share. */
  readonly repository: string;
  /** Where the folder is in the repository, relative to its top; empty for the top. */
  readonly inside: string;
};

/** A worktree as it is to be. */
export type Worktree = {
  readonly repository: string;
  /** Its top folder, absolute. */
  readonly top: string;
  readonly branch: string;
  /** The commit that it starts at. */
  readonly base: string;
};

/** One line of git's as a value: only the last line break is not part of it. */
const oneLine = (output: string): string => output.replace(/\r?\n$/, '');

/** @throws FailureError `workspace.not_git`, `workspace.git_failed`, `workspace.git_missing` */
export async function repositoryOf(git: Git, folder: string): Promise<RepositoryPlace> {
  const repository = oneLine(
    await git.ask(folder, ['rev-parse', '--path-format=absolute', '--git-common-dir']),
  );
  // A bare repository has no top.
  const top = await git.tryAsk(folder, ['rev-parse', '--show-toplevel']);
  const inside = top === null ? '' : relative(await realpath(oneLine(top)), folder);
  return { repository, inside };
}

/** The commit of a branch (also one of `origin` only), tag or commit; null: HEAD. @throws FailureError `workspace.bad_base` */
export async function commitOf(git: Git, folder: string, base: string | null): Promise<string> {
  const names = base === null ? ['HEAD'] : [base, `refs/remotes/origin/${base}`];
  for (const name of names.filter((each) => !each.startsWith('-'))) {
    const commit = await git.tryAsk(folder, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    if (commit !== null) return oneLine(commit);
  }
  throw failureError(
    'workspace.bad_base',
    base === null
      ? `The repository of ${folder} has no commit yet, so there can be no worktree of it. Make the first commit.`
      : `${base} is no branch, tag or commit of the repository of ${folder}. Correct \`base\`.`,
  );
}

/** Said outright which repository is meant, so that also a bare one is asked. */
const of = (repository: string, args: readonly string[]): readonly string[] => [
  `--git-dir=${repository}`,
  ...args,
];

const hasBranch = async (git: Git, repository: string, branch: string): Promise<boolean> =>
  (await git.tryAsk(
    repository,
    of(repository, ['show-ref', '--verify', '--quiet', `refs/heads/${branch}`]),
  )) !== null;

/** The name of a branch: `netra/NAME-SHORT`, with a dash where a branch is called `netra`. ASCII, for every file system. */
export async function branchFor(git: Git, repository: string, name: string, short: string): Promise<string> {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  const prefix = (await hasBranch(git, repository, 'netra')) ? 'netra-' : 'netra/';
  return `${prefix}${slug === '' ? 'instance' : slug}-${short}`;
}

/** Makes a worktree; a branch that is there already, from an earlier try, is taken as it is. */
export async function addWorktree(git: Git, { repository, top, branch, base }: Worktree): Promise<void> {
  const add = ['worktree', 'add', '--force', '--quiet'];
  if (await hasBranch(git, repository, branch))
    await git.ask(repository, of(repository, [...add, top, branch]));
  else await git.ask(repository, of(repository, [...add, '--no-track', '-b', branch, top, base]));
}

/** Lets git forget a worktree whose folder is gone, and removes its branch when it holds nothing of its own. */
export async function forgetWorktree(git: Git, { repository, top, branch, base }: Worktree): Promise<void> {
  // Git says no when it knows nothing of it, as when it was interrupted before it wrote that down.
  await git.tryAsk(repository, of(repository, ['worktree', 'remove', '--force', '--force', top]));
  if (!(await hasBranch(git, repository, branch))) return;
  const own = await git.ask(
    repository,
    of(repository, ['rev-list', '--max-count=1', `refs/heads/${branch}`, `^${base}`, '--']),
  );
  if (own.trim() === '') await git.ask(repository, of(repository, ['branch', '--quiet', '-D', branch]));
}

type Check = (git: Git, worktree: Worktree) => Promise<string | null>;

const changedFile: Check = async (git, { top }) => {
  const status = ['status', '--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules=none'];
  const changed = (await git.ask(top, status)).split('\0').filter((entry) => entry !== '');
  const last = changed.at(-1);
  return last === undefined ? null : `changes that are not committed (${last.slice(3)})`;
};

const ownCommit: Check = async (git, { top, branch, base }) => {
  const saved = [`--exclude=${branch}`, '--branches', '--tags', '--remotes'];
  const tips = ['HEAD', `refs/heads/${branch}`];
  const there = await git.tryAsk(top, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`]);
  const asked = there === null ? tips.slice(0, 1) : tips;
  const own = await git.ask(top, ['rev-list', '--max-count=1', ...asked, '--not', base, ...saved, '--']);
  return own.trim() === '' ? null : `commits that are on no other branch (${branch})`;
};

const stashed: Check = async (git, { top, branch }) => {
  const subjects = (await git.ask(top, ['stash', 'list', '--format=%gs'])).split('\n');
  const isOwn = (subject: string): boolean => /^(?:WIP on|On) ([^:]*):/.exec(subject)?.[1] === branch;
  return subjects.some(isOwn) ? `stashed changes (${branch})` : null;
};

/** Commits of submodules are kept with the worktree, and go with it. */
const ownSubmodule: Check = async (git, { top }) => {
  if (!(await isThere(join(top, '.gitmodules')))) return null;
  const look = 'git rev-list --max-count=1 HEAD --branches --not --remotes --tags --';
  const own = await git.ask(top, ['submodule', '--quiet', 'foreach', '--recursive', look]);
  return own.trim() === '' ? null : 'commits of a submodule that were not pushed';
};

/** What is in the folder may have been put in its place, or git's link to the repository taken out of it. */
const replaced: Check = async (git, { top, repository }) => {
  const said = await git.ask(top, [
    ...['rev-parse', '--path-format=absolute', '--git-common-dir', '--show-toplevel'],
  ]);
  const expected = `${repository}\n${top.replaceAll(sep, '/')}\n`;
  return said.replaceAll('\r', '') === expected ? null : 'something else than the worktree that was made';
};

const checks: readonly Check[] = [replaced, changedFile, ownCommit, stashed, ownSubmodule];

/** What would be lost with a worktree, as part of a sentence; null when nothing would. */
export async function unsavedIn(git: Git, worktree: Worktree): Promise<string | null> {
  for (const check of checks) {
    const found = await check(git, worktree);
    if (found !== null) return found;
  }
  return null;
}

/** The folder of a worktree that stands for a folder of the repository. */
export const folderIn = (top: string, { inside }: RepositoryPlace): string => join(top, inside);
