import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { failureOf } from '../../shared/domain/failure.ts';
import { instanceIdSchema, type InstanceId } from '../../shared/domain/ids.ts';
import type { WorkspaceSpec } from '../../shared/domain/plan/plan-spec.ts';
import type {
  PreparedWorkspace,
  WorkspaceEnd,
  WorkspaceKeeper,
  WorkspaceOutcome,
} from '../engine/workspace-ports.ts';
import { changedSince } from './copy.ts';
import { isThere } from './file-error.ts';
import { readMade, writeMade, type Made } from './made-state.ts';
import { discard, make, REMOVED, type KeeperParts, type MakingParts, type Wanted } from './making.ts';
import { placeAt, placeOf, shortsOf, type WorkspacePlace } from './place.ts';
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
  if (found?.ready === true && (spec.kind === 'folder' || (await isThere(found.path)))) {
    // The plan may have been edited before a restart.
    if (found.keep !== spec.keep) await writeMade(place.state, { ...found, keep: spec.keep });
    return found;
  }
  if (spec.kind !== 'folder') await discard(parts, place, found);
  return make(parts, wanted);
}

function reasonOfPlan(keep: WorkspaceSpec['keep'], outcome: WorkspaceOutcome): string | null {
  if (keep === 'always') return 'the plan keeps it';
  return keep === 'on_failure' && outcome === 'not_succeeded' ? 'the instance did not succeed' : null;
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

/** A workspace as it is written down: only that says what it is called. */
async function writtenDown(
  { root }: Parts,
  instanceId: InstanceId,
  short: string,
): Promise<{ readonly place: WorkspacePlace; readonly made: Made | null }> {
  const unnamed = placeAt(root, instanceId, short, '');
  const made = await readMade(unnamed.state);
  const top = made?.worktree?.top ?? made?.path;
  return { place: top === undefined ? unnamed : placeAt(root, instanceId, short, basename(top)), made };
}

/** Removes a workspace, or says why it stays; null for a folder that was only set up, which stays in any case. */
async function finish(
  parts: Parts,
  { place, made }: Awaited<ReturnType<typeof writtenDown>>,
  outcome: WorkspaceOutcome,
): Promise<WorkspaceEnd | null> {
  if (made === null) {
    const reason = 'nothing is written down of how it was made';
    return (await isThere(place.holder)) ? { kind: 'kept', path: place.holder, reason } : null;
  }
  const { path } = made;
  // That a folder was set up is remembered as long as it may be restarted there.
  if (made.kind === 'folder' && outcome !== 'forgotten') return null;
  if (made.kind !== 'folder' && (await isThere(place.top))) {
    const reason = reasonOfPlan(made.keep, outcome) ?? (await unsaved(parts, made, place));
    if (reason !== null) return { kind: 'kept', path, reason };
  }
  await discard(parts, place, made);
  return made.kind === 'folder' ? null : { kind: 'removed', path };
}

/** Tidies up all workspaces of an instance; what cannot be removed stays, and says so. */
async function finishAll(
  parts: Parts,
  instanceId: InstanceId,
  outcome: WorkspaceOutcome,
): Promise<readonly WorkspaceEnd[]> {
  const ends: WorkspaceEnd[] = [];
  for (const short of await shortsOf(parts.root, instanceId)) {
    const end = await writtenDown(parts, instanceId, short)
      .then((written) => finish(parts, written, outcome))
      .catch((error: unknown): WorkspaceEnd => {
        const path = join(parts.root, instanceId, short);
        parts.log.error(`cannot remove the workspace ${path}`, error);
        return { kind: 'kept', path, reason: failureOf(error, 'workspace.unknown').message };
      });
    if (end !== null) ends.push(end);
  }
  return ends;
}

/** Removes what an engine that was killed left half made of an instance's workspaces. */
async function tidyUpInstance(parts: Parts, instanceId: InstanceId): Promise<void> {
  for (const short of await shortsOf(parts.root, instanceId)) {
    const { place, made } = await writtenDown(parts, instanceId, short);
    if (made?.ready === false) await discard(parts, place, made);
  }
}

/** Removes what an engine that was killed left half made or half removed. */
async function tidyUp(parts: Parts): Promise<void> {
  const { root, workspaces } = parts;
  for (const name of await readdir(root)) {
    if (name.startsWith(REMOVED)) await removeTree(join(root, name));
    const { success, data } = instanceIdSchema.safeParse(name);
    if (success) await workspaces.take(data, () => tidyUpInstance(parts, data));
  }
}

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
    finish: (instanceId, outcome) => workspaces.take(instanceId, () => finishAll(parts, instanceId, outcome)),
  };
}
