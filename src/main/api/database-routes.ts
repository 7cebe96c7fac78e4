import type { Router } from '@orpc/server';
import type {
  databaseContract,
  DatabaseStats,
  PruneReport,
  VacuumReport,
} from '../../shared/contract/database.ts';
import { base, type Caller } from './base.ts';

/** What is kept in the data directory, as the host looks after it. */
export type DatabaseSource = {
  readonly stats: () => Promise<DatabaseStats>;
  readonly prune: (options: { readonly dryRun: boolean }) => Promise<PruneReport>;
  readonly vacuum: () => Promise<VacuumReport>;
};

export const databaseRoutes = (source: DatabaseSource): Router<typeof databaseContract, Caller> => ({
  stats: base.database.stats.handler(() => source.stats()),
  prune: base.database.prune.handler(({ input }) => source.prune(input)),
  vacuum: base.database.vacuum.handler(() => source.vacuum()),
});
