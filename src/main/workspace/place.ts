import { createHash } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { InstanceId } from '../../shared/domain/ids.ts';
import type { WorkspaceSpec } from '../../shared/domain/plan/plan-spec.ts';
import { isMissing } from './file-error.ts';

/** Where a workspace is kept: `ROOT/INSTANCE_ID/SHORT/NAME`, with what is written down of it beside `SHORT`. */
export type WorkspacePlace = {
  readonly instanceId: InstanceId;
  /** Tells the workspaces of one instance apart: its alternatives may have others. */
  readonly short: string;
  /** The folder that holds the worktree or copy and nothing else. */
  readonly holder: string;
  /** The top of the worktree or copy, called as the original is. */
  readonly top: string;
  readonly state: string;
  readonly manifest: string;
};

/** The place of a workspace that is called so. */
export function placeAt(root: string, instanceId: InstanceId, short: string, name: string): WorkspacePlace {
  const own = join(root, instanceId, short);
  return {
    ...{ instanceId, short, holder: own, top: join(own, name) },
    ...{ state: `${own}.json`, manifest: `${own}.files` },
  };
}

/** The place of an instance's workspace: the same for the same instance, kind, original and base. */
export function placeOf(
  root: string,
  instanceId: InstanceId,
  { kind, base }: WorkspaceSpec,
  origin: string,
): WorkspacePlace {
  const digest = createHash('sha256')
    .update(JSON.stringify([instanceId, kind, origin, base]))
    .digest('hex');
  // The original may be the root of a disk, which has no name.
  return placeAt(root, instanceId, digest.slice(0, 8), basename(origin) || 'root');
}

/** What tells the workspaces apart that were made, or half made, for an instance. A link to elsewhere is none of ours. */
export async function shortsOf(root: string, instanceId: InstanceId): Promise<readonly string[]> {
  const folder = join(root, instanceId);
  try {
    if (!(await lstat(folder)).isDirectory()) return [];
    const shorts = (await readdir(folder)).flatMap(
      (entry) => /^([0-9a-f]{8})(?:\.json|\.files)?$/.exec(entry)?.[1] ?? [],
    );
    return [...new Set(shorts)];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
