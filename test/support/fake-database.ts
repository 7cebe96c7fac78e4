import type { DatabaseStats } from '../../src/shared/contract/database.ts';

/** A data directory with a little of everything. */
export const fakeDatabaseStats: DatabaseStats = {
  dataDir: '/home/somebody/netra',
  orchestrations: { total: 12, unfinished: 1, pinned: 2, deleted: 1 },
  instances: 40,
  attempts: 44,
  events: 12_345,
  bytes: {
    ...{ total: 19_000_000, database: 9_000_000, free: 500_000, log: 1_000_000, search: 2_000_000 },
    ...{ spools: 3_000_000, compressedSpools: 2_000_000, ledgers: 1_500_000, backups: 0, other: 500_000 },
  },
  retention: { maxAgeMs: null, maxBytes: null, trashMs: 604_800_000, compressAfterMs: 600_000 },
};
