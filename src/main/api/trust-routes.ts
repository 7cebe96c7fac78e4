import type { Router } from '@orpc/server';
import type { FolderTrust, trustContract } from '../../shared/contract/trust.ts';
import { FailureError } from '../../shared/domain/failure.ts';
import type { Trust } from '../engine/asking/trust.ts';
import type { Folders } from '../engine/workspace-ports.ts';
import { base, type Caller } from './base.ts';

/** Trusted folders, and what can be said of folders. */
export type TrustSource = {
  readonly trust: Pick<Trust, 'isTrusted' | 'recordFor' | 'trust' | 'revoke' | 'list'>;
  readonly folders: Folders;
};

const lookAt = async ({ trust, folders }: TrustSource, folder: string): Promise<FolderTrust> => ({
  folder,
  isTrusted: trust.isTrusted(folder),
  record: trust.recordFor(folder),
  runs: await folders.whatItRuns(folder),
});

/** A folder that is gone has no real path: then the path as it was said is meant. */
const realOrSaid = async ({ folders }: TrustSource, folder: string): Promise<string> => {
  try {
    return await folders.real(folder);
  } catch (error) {
    if (error instanceof FailureError) return folder;
    throw error;
  }
};

export const trustRoutes = (source: TrustSource): Router<typeof trustContract, Caller> => ({
  list: base.trust.list.handler(() => source.trust.list()),
  look: base.trust.look.handler(async ({ input }) => lookAt(source, await source.folders.real(input.folder))),
  add: base.trust.add.handler(async ({ input, context }) => {
    const folder = await source.folders.real(input.folder);
    await source.trust.trust(folder, context.by);
    return lookAt(source, folder);
  }),
  remove: base.trust.remove.handler(async ({ input }) =>
    source.trust.revoke(await realOrSaid(source, input.folder)),
  ),
});
