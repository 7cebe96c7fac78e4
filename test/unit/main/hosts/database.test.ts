import { expect, it } from 'vitest';
import { createDatabaseCare } from '../../../../src/main/hosts/database.ts';
import { createKeeper } from '../../../../src/main/store/upkeep/keeper.ts';
import { planOf } from '../../../support/engine/engine.ts';
import { createManualClock } from '../../../support/engine/manual-clock.ts';
import { fakeDatabaseStats } from '../../../support/fake-database.ts';
import { sampleInstance, sampleOrchestration } from '../../../support/views.ts';

const day = 86_400_000;
const log = { warn: () => undefined, error: () => undefined };

it('what is kept beside a session that is removed is tidied up: values, and what of its workspaces holds no work', async () => {
  const clock = createManualClock();
  const instances = [sampleInstance()];
  const orchestration = sampleOrchestration(instances);
  const { id, name } = orchestration;
  const done: unknown[][] = [];
  const note =
    (what: string) =>
    (...args: readonly unknown[]): Promise<never[]> => {
      done.push([what, ...args]);
      return Promise.resolve([]);
    };
  const source = { plan: planOf(1), planText: '' };
  const keeper = createKeeper({ clock, log });
  const care = createDatabaseCare({
    ...{ clock, dataDir: '/data' },
    engine: { unfinished: () => [], remove: () => Promise.resolve(true) },
    terms: { maxAgeMs: day, maxBytes: null, trashMs: day, compressAfterMs: 0 },
    store: {
      keeper,
      census: () => Promise.resolve(fakeDatabaseStats),
      removable: () =>
        Promise.resolve([{ id, name, endedAtMs: clock.now() - 2 * day, deletedAtMs: null, bytes: 1 }]),
      orchestration: () => Promise.resolve({ orchestration, instances, source, attempts: [], specs: {} }),
      remove: () => Promise.resolve([]),
      vacuum: () => Promise.reject(new Error('not asked')),
    },
    workspaces: {
      forgetValues: (instanceId) => note('values')(instanceId).then(() => undefined),
      keeper: { prepare: () => Promise.reject(new Error('not asked')), finish: note('workspaces') },
    },
  });
  await care.prune({ dryRun: false });
  const [instance] = instances;
  expect(done).toEqual([
    ['values', instance?.id],
    ['workspaces', instance?.id, 'forgotten'],
  ]);
});
