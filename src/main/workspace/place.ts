import { createHash } from 'node:crypto';
import { basename, isAbsolute, join, relative, sep } from 'node:path';
import { instanceIdSchema, type InstanceId } from '../../shared/domain/ids.ts';
import type { WorkspaceSpec } from '../../shared/domain/plan/plan-spec.ts';

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

function placeAt(root: string, instanceId: InstanceId, short: string, name: string): WorkspacePlace {
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

/** The place that a folder is in; null when it is not below `root` as our places are. */
export function placeHolding(root: string, folder: string): WorkspacePlace | null {
  const inside = relative(root, folder);
  if (isAbsolute(inside)) return null;
  const [id, short, name] = inside.split(sep);
  const instanceId = instanceIdSchema.safeParse(id);
  if (!instanceId.success || short === undefined || name === undefined) return null;
  return /^[0-9a-f]{8}$/.test(short) ? placeAt(root, instanceId.data, short, name) : null;
}
