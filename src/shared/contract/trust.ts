import { type } from '@orpc/contract';
import { z } from 'zod';
import type { FolderCode, TrustRecord } from '../domain/permission/trust.ts';
import { base } from './base.ts';

/** A folder as Claude Code would find it. */
export type FolderTrust = {
  /** Where it really is: symbolic links resolved. */
  readonly folder: string;
  readonly isTrusted: boolean;
  /** What makes it trusted: it, or one above it; null also where nothing asks for trust. */
  readonly record: TrustRecord | null;
  /** What would run there without asking. */
  readonly runs: readonly FolderCode[];
};

const byFolder = z.object({ folder: z.string().min(1).max(10_000) });

export const trustContract = {
  /** The folders that somebody trusts, by path. */
  list: base.output(type<readonly TrustRecord[]>()),
  /** Fails with `workspace.missing`, `workspace.unreadable`. */
  look: base.input(byFolder).output(type<FolderTrust>()),
  /** Trusts a folder with all below it; what waits for it goes on. Fails as `look` does. */
  add: base.input(byFolder).output(type<FolderTrust>()),
  /** What runs there goes on; a start asks again. The folder need not be there any more. Fails with `trust.unknown`. */
  remove: base.input(byFolder).output(type<TrustRecord>()),
};
