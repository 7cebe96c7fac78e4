import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failureOf } from '../../shared/domain/failure.ts';
import { instanceIdSchema } from '../../shared/domain/ids.ts';
import type { WorkspaceSpec } from '../../shared/domain/plan/plan-spec.ts';
import type { PreparedWorkspace, WorkspaceEnd, WorkspaceKeeper } from '../engine/workspace-ports.ts';
import { changedSince } from './copy.ts';
import { isThere } from './file-error.ts';
import { readMade, type Made } from './made-state.ts';
import { discard, make, REMOVED, type KeeperParts, type MakingParts, type Wanted } from './making.ts';
import { placeHolding, placeOf, type WorkspacePlace } from './place.ts';
import { realFolder } from './real-folder.ts';
import { removeTree } from './tree.ts';
import { createTurns, type Turns } from './turns.ts';
import { unsavedIn } from './worktree.ts';

type Parts = MakingParts & {
  /** By instance: one thing at a time is done to its workspaces. */
  readonly workspaces: Turns;
};

const preparedOf = ({ kind, path, origin, worktree }: Made): PreparedWorkspace => ({
  ...{ kind, path, origin },
  branch: worktree?.branch ?? null,
});

async function prepare(parts: Parts, wanted: Wanted): Promise<Made> {
  const { place, spec } = wanted;
  const found = await readMade(place.state);
  if (found?.ready === true && (spec.kind === 'folder' || (await isThere(found.path)))) return found;
  if (spec.kind !== 'folder') await discard(parts, place, found);
  return make(parts, wanted);
}

function reasonOfPlan(keep: WorkspaceSpec['keep'], outcome: 'succeeded' | 'failed'): string | null {
  if (keep === 'always') return 'the plan keeps it';
  return keep === 'on_failure' && outcome === 'failed' ? 'the instance did not succeed' : null;
}

/** What would be lost with a workspace, as a reason to keep it. */
async function unsaved({ git, log }: Parts, made: Made, place: WorkspacePlace): Promise<string | null> {
  try {
    const found =
      made.worktree === null
        ? await changedSince(place.top, place.manifest)
        : await unsavedIn(git, made.worktree);
    if (found === null) return null;
    return made.worktree === null ? `it was changed since it was copied (${found})` : `it holds ${found}`;
  } catch (error) {
    log.warn('cannot tell whether a workspace holds unsaved work', { path: made.path, error });
    return `nobody can tell whether it holds unsaved work: ${failureOf(error, 'workspace.unknown').message}`;
  }
}

async function finish(
  parts: Parts,
  place: WorkspacePlace,
  path: string,
  reasonToKeep: string | null,
): Promise<WorkspaceEnd> {
  const kept = (reason: string): WorkspaceEnd => ({ kind: 'kept', path, reason });
  const made = await readMade(place.state);
  if (made === null && (await isThere(place.holder)))
    return kept('nothing is written down of how it was made');
  if (made !== null && made.path !== path) return kept('it is not the folder that was made');
  if (made !== null && (await isThere(place.top))) {
    const reason = reasonToKeep ?? (await unsaved(parts, made, place));
    if (reason !== null) return kept(reason);
  }
  await discard(parts, place, made);
  return { kind: 'removed', path };
}

/** Removes what an engine that was killed left half made of an instance's workspaces. */
async function tidyUpInstance(parts: Parts, folder: string): Promise<void> {
  // The instance may have ended in its turn before this one.
  if (!(await isThere(folder))) return;
  for (const file of await readdir(folder)) {
    const own = file.endsWith('.json') ? join(folder, file.slice(0, -'.json'.length), 'any') : null;
    const place = own === null ? null : placeHolding(parts.root, own);
    const made = place === null ? null : await readMade(place.state);
    if (place !== null && made?.ready === false) await discard(parts, place, made);
  }
}

/** Removes what an engine that was killed left half made or half removed. */
async function tidyUp(parts: Parts): Promise<void> {
  const { root, workspaces } = parts;
  for (const name of await readdir(root)) {
    const folder = join(root, name);
    if (name.startsWith(REMOVED)) await removeTree(folder);
    const instanceId = instanceIdSchema.safeParse(name);
    if (instanceId.success) await workspaces.take(instanceId.data, () => tidyUpInstance(parts, folder));
  }
}

const FOLDER_STAYS = 'it is a folder of its own, which is never removed';

/** Keeps the workspaces below a root; begins with tidying up there, which does not hold up anything. */
export function createWorkspaceKeeper(given: KeeperParts): WorkspaceKeeper {
  const parts: Parts = { ...given, ending: given.signal, workspaces: createTurns(), shared: createTurns() };
  const { root, workspaces, log } = parts;
  void tidyUp(parts).catch((error: unknown) => {
    log.error(`cannot remove what was left half made in ${root}`, error);
  });
  return {
    prepare: async (instanceId, name, spec, stop) => {
      const origin = await realFolder(spec.path);
      if (spec.kind === 'folder' && spec.setup.length === 0) {
        return { kind: 'folder', path: spec.path, origin: spec.path, branch: null };
      }
      const wanted = { place: placeOf(root, instanceId, spec, origin), name, spec, origin };
      const making = {
        ...parts,
        signal: AbortSignal.any([parts.signal, ...(stop === undefined ? [] : [stop])]),
      };
      return preparedOf(await workspaces.take(instanceId, () => prepare(making, wanted)));
    },
    finish: async ({ kind, path }, keep, outcome) => {
      if (kind === 'folder') return { kind: 'kept', path, reason: FOLDER_STAYS };
      const place = placeHolding(root, path);
      if (place === null) return { kind: 'kept', path, reason: `it is not below ${root}` };
      const reason = reasonOfPlan(keep, outcome);
      return workspaces
        .take(place.instanceId, () => finish(parts, place, path, reason))
        .catch((error: unknown) => {
          log.error(`cannot remove the workspace ${path}`, error);
          return { kind: 'kept', path, reason: failureOf(error, 'workspace.unknown').message };
        });
    },
  };
}
