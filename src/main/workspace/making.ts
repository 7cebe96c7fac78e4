import { mkdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { failureError } from '../../shared/domain/failure.ts';
import type { WorkspaceSpec } from '../../shared/domain/plan/plan-spec.ts';
import type { Log } from '../engine/ports.ts';
import type { CommandRunner, Files } from '../engine/workspace-ports.ts';
import { copyFolder, manifestOf, type CopyLimits } from './copy.ts';
import { errorCode, isMissing, isThere } from './file-error.ts';
import type { Git } from './git.ts';
import { writeMade, writeWhole, type Made } from './made-state.ts';
import type { WorkspacePlace } from './place.ts';
import { runSetup } from './setup.ts';
import { removeTree } from './tree.ts';
import type { Turns } from './turns.ts';
import { addWorktree, branchFor, commitOf, folderIn, forgetWorktree, repositoryOf } from './worktree.ts';

export type KeeperParts = {
  /** The real path of the folder that all worktrees and copies are below; nothing else is ever removed. */
  readonly root: string;
  readonly git: Git;
  readonly commands: CommandRunner;
  readonly files: Pick<Files, 'keepValue'>;
  readonly limits: CopyLimits;
  readonly log: Log;
  /** Ends what is being made. */
  readonly signal: AbortSignal;
};

export type MakingParts = KeeperParts & {
  /** The engine ends: what is half made stays for the next one, which removes it. */
  readonly ending: AbortSignal;
  /** By the folder of git's data, and by the folder of a setup: others are at work there. */
  readonly shared: Turns;
};

/** Folders that are to be removed are called so first: what is half removed is no workspace any more. */
export const REMOVED = '.removed-';

function refuseCopyIntoItself(root: string, origin: string): void {
  const inside = relative(origin, root);
  if (isAbsolute(inside) || inside === '..' || inside.startsWith(join('..', '/'))) return;
  throw failureError(
    'workspace.copy_into_itself',
    `${origin} holds the data directory (${root}), so a copy would be copied into itself. Name a smaller folder.`,
  );
}

/** A workspace as an instance wants it. */
export type Wanted = {
  readonly place: WorkspacePlace;
  readonly name: string;
  readonly spec: WorkspaceSpec;
  readonly origin: string;
};

/** What is to be made, before anything is. */
async function draftOf({ git, root }: MakingParts, { place, name, spec, origin }: Wanted): Promise<Made> {
  const draft = { worktree: null, keep: spec.keep, ready: false };
  if (spec.kind === 'folder') {
    return { ...draft, kind: 'folder', origin: spec.path, path: spec.path };
  }
  if (spec.kind === 'copy') {
    refuseCopyIntoItself(root, origin);
    return { ...draft, kind: 'copy', origin, path: place.top };
  }
  const found = await repositoryOf(git, origin);
  const { repository } = found;
  const base = await commitOf(git, origin, spec.base);
  const branch = await branchFor(git, repository, name, place.short);
  const worktree = { repository, top: place.top, branch, base };
  return { ...draft, kind: 'worktree', origin, path: folderIn(place.top, found), worktree };
}

/** The folder of an instance must be ours and no link to elsewhere. @throws FailureError `workspace.replaced` */
async function checkHolder({ holder }: WorkspacePlace): Promise<void> {
  const own = dirname(holder);
  if ((await realpath(own)) === own) return;
  throw failureError('workspace.replaced', `${own} is a link to another place. Remove the link by hand.`);
}

async function makeTree(parts: MakingParts, made: Made, place: WorkspacePlace): Promise<void> {
  const { git, shared, limits, signal } = parts;
  await checkHolder(place);
  await mkdir(place.holder, { mode: 0o700 });
  if (made.worktree === null) {
    await mkdir(place.top, { mode: 0o700 });
    await copyFolder(made.origin, place.top, limits, signal);
    return;
  }
  const { worktree } = made;
  await shared.take(worktree.repository, () => addWorktree(git, worktree));
  if (await isThere(made.path)) return;
  throw failureError(
    'workspace.missing',
    `${made.origin} is not in the commit that its worktree starts at (${worktree.base}). Commit it, or name another \`base\`.`,
  );
}

async function setUp(parts: MakingParts, made: Made, { place, name, spec }: Wanted): Promise<void> {
  const { commands, shared, signal, files } = parts;
  const env = {
    NETRA_INSTANCE_ID: place.instanceId,
    NETRA_INSTANCE_NAME: name,
    NETRA_WORKSPACE: made.path,
    NETRA_ORIGIN: made.origin,
    ...(made.worktree !== null && { NETRA_BRANCH: made.worktree.branch }),
  };
  const keepOutput = (text: string) => files.keepValue(place.instanceId, 'what the setup said', text);
  const setup = { commands: spec.setup, folder: made.path, env, keepOutput };
  await shared.take(`setup of ${made.path}`, () => runSetup(commands, setup, signal));
}

/** Removes a worktree or copy, whole or half made, and what was written down of it. */
export async function discard(
  { git, root, shared }: MakingParts,
  place: WorkspacePlace,
  made: Made | null,
): Promise<void> {
  if (await isThere(dirname(place.holder))) await checkHolder(place);
  const gone = join(root, `${REMOVED}${place.instanceId}-${place.short}`);
  if (await isThere(place.holder)) {
    await removeTree(gone);
    await rename(place.holder, gone);
  }
  const worktree = made?.worktree ?? null;
  if (worktree !== null) {
    await shared.take(worktree.repository, () => forgetWorktree(git, worktree));
  }
  await removeTree(gone);
  for (const file of [place.manifest, place.state]) await rm(file, { force: true });
  await rmdir(dirname(place.holder)).catch((error: unknown) => {
    // Another workspace of the same instance.
    if (errorCode(error) !== 'ENOTEMPTY' && !isMissing(error)) throw error;
  });
}

/**
 * Makes a workspace where none is, and sets it up. When that fails, nothing of it is left.
 * @throws FailureError `workspace.…` as the port says, `workspace.interrupted` when the engine ends meanwhile
 */
export async function make(parts: MakingParts, wanted: Wanted): Promise<Made> {
  const { place, spec } = wanted;
  const made = await draftOf(parts, wanted);
  await writeMade(place.state, made);
  try {
    if (spec.kind !== 'folder') await makeTree(parts, made, place);
    await setUp(parts, made, wanted);
    if (spec.kind === 'copy') await writeWhole(place.manifest, await manifestOf(place.top));
    await writeMade(place.state, { ...made, ready: true });
    return { ...made, ready: true };
  } catch (error) {
    if (parts.ending.aborted) {
      throw failureError('workspace.interrupted', 'The engine ended while a workspace was made.', error);
    }
    await discard(parts, place, made).catch((more: unknown) => {
      parts.log.error(`cannot remove the half-made workspace ${place.top}`, more);
    });
    throw error;
  }
}
