import type { RetentionTerms } from '../../shared/contract/database.ts';
import { failureError } from '../../shared/domain/failure.ts';
import type { DatabaseSource } from '../api/database-routes.ts';
import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../engine/ports.ts';
import type { StoredOrchestration } from '../engine/store-ports.ts';
import { createRetention } from '../engine/retention.ts';
import type { OpenedStore } from '../store/store.ts';
import type { Workspaces } from '../workspace/workspaces.ts';

export type DatabaseCareOptions = {
  readonly store: Pick<
    OpenedStore,
    'census' | 'removable' | 'orchestration' | 'remove' | 'vacuum' | 'keeper'
  >;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly terms: RetentionTerms;
  readonly workspaces: Pick<Workspaces, 'forgetValues' | 'keeper'>;
  readonly engine: Pick<Engine, 'remove' | 'unfinished'>;
};

const hourMs = 3_600_000;

const inUse = () =>
  failureError(
    'database.in_use',
    'Something runs, and could store nothing while the database is written anew. Do this when all of it has ended.',
  );

/** Looks after what is kept: what the settings do not keep is removed once an hour, in a quiet moment. */
export const createDatabaseCare = (options: DatabaseCareOptions): DatabaseSource => {
  const { store, clock, dataDir, terms, workspaces, engine } = options;
  const forget = async ({ instances }: StoredOrchestration): Promise<void> => {
    for (const { id } of instances) {
      await workspaces.forgetValues(id);
      // One that holds somebody's work stays.
      await workspaces.keeper.finish(id, 'forgotten');
    }
  };
  const retention = createRetention({
    ...{ store, clock, dataDir, terms, forget },
    remove: (seen) => engine.remove(seen),
  });
  store.keeper.add(
    {
      name: 'retention',
      run: async () => {
        await retention.prune({ dryRun: false });
        return false;
      },
    },
    { everyMs: hourMs },
  );
  return {
    ...retention,
    vacuum: () => {
      // What runs, or waits for its turn.
      if (engine.unfinished().length > 0) throw inUse();
      return store.vacuum();
    },
  };
};
