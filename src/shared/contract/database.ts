import { type } from '@orpc/contract';
import { z } from 'zod';
import type { Instant, OrchestrationId } from '../domain/ids.ts';
import { base } from './base.ts';

/** How long what is kept: milliseconds and bytes; null for no limit. Settings: `retention`. */
export type RetentionTerms = {
  readonly maxAgeMs: number | null;
  readonly maxBytes: number | null;
  /** How long what was deleted can be restored. */
  readonly trashMs: number;
  readonly compressAfterMs: number;
};

/** What is in a data directory, and the room it takes. Workspaces are not counted: they are somebody's work. */
export type DatabaseStats = {
  readonly dataDir: string;
  readonly orchestrations: {
    readonly total: number;
    readonly unfinished: number;
    readonly pinned: number;
    readonly deleted: number;
  };
  readonly instances: number;
  readonly attempts: number;
  readonly events: number;
  readonly bytes: {
    readonly total: number;
    /** `netra.db`. */
    readonly database: number;
    /** What of `database` holds nothing: filled again, or given back in quiet moments. */
    readonly free: number;
    /** What is not yet in `database`. */
    readonly log: number;
    readonly search: number;
    /** As Claude Code wrote them. */
    readonly spools: number;
    readonly compressedSpools: number;
    readonly ledgers: number;
    /** Copies from before an update, and what was moved aside. */
    readonly backups: number;
    readonly other: number;
  };
  readonly retention: RetentionTerms;
};

/** Why something is removed: it was deleted long enough ago, it is too old, or there is too much. */
export const REMOVAL_REASONS = ['trash', 'age', 'size'] as const;
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

export type PruneReport = {
  readonly dryRun: boolean;
  /** In the order of their ends; `bytes` is what they take about. */
  readonly removed: readonly {
    readonly id: OrchestrationId;
    readonly name: string;
    readonly endedAt: Instant;
    readonly reason: RemovalReason;
    readonly bytes: number;
  }[];
  readonly bytes: number;
  /** How much more there is than the settings allow, and cannot be removed: it is pinned, runs, or is no session. */
  readonly bytesOver: number;
};

export type VacuumReport = { readonly before: number; readonly after: number };

export const databaseContract = {
  stats: base.output(type<DatabaseStats>()),
  /** Removes for good what the settings do not keep; with `dryRun` it only says what. */
  prune: base.input(z.object({ dryRun: z.boolean() })).output(type<PruneReport>()),
  /** Makes the database as small as it can be. Fails with `database.in_use` while something runs. */
  vacuum: base.output(type<VacuumReport>()),
};
