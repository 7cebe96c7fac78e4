import { orchestrationIdSchema, type OrchestrationId } from '../../../shared/domain/ids.ts';
import type { OrchestrationState, OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { Dependency, Need } from '../../../shared/domain/plan/plan-spec.ts';
import { queryForPlan } from '../../../shared/domain/search/search-query.ts';
import type { Store } from '../store-ports.ts';
import type { EdgeOutcome } from './readiness.ts';

type OtherRun = Extract<Dependency, { kind: 'orchestration' }>;

/** So many of a name are looked through in the store, newest first. */
const mostLookedAt = 200;

const meets = (state: OrchestrationState, need: Need): boolean =>
  need === 'succeeded' ? state === 'succeeded' : need === 'any' || state !== 'stopped';

const outcomeOf = ({ state, deletedAt }: OrchestrationView, need: Need): EdgeOutcome => {
  if (deletedAt !== null) return 'never';
  if (state === 'running') return 'waits';
  return meets(state, need) ? 'met' : 'never';
};

const storedView = async (store: Pick<Store, 'orchestration'>, id: OrchestrationId) =>
  (await store.orchestration(id))?.orchestration ?? null;

/**
 * How a dependency on another orchestration stands. Ids are in the order of their making, so `latest` is the one of that
 * name with the highest id below the dependent's, and `next` the one with the lowest above: the same whenever it is asked.
 */
export const otherRunOutcome = async (
  { orchestration, run, need }: OtherRun,
  dependent: OrchestrationId,
  inMemory: readonly OrchestrationView[],
  store: Pick<Store, 'orchestration' | 'orchestrations'>,
): Promise<EdgeOutcome> => {
  const id = orchestrationIdSchema.safeParse(orchestration).data;
  const byId =
    id === undefined ? null : (inMemory.find((one) => one.id === id) ?? (await storedView(store, id)));
  if (byId !== null) return outcomeOf(byId, need);
  const stored = (await store.orchestrations({ query: queryForPlan(orchestration), limit: mostLookedAt }))
    .items;
  const known = new Map([...stored, ...inMemory].map((view) => [view.id, view]));
  known.delete(dependent);
  const named = [...known.values()]
    .filter(({ plan, deletedAt }) => plan === orchestration && deletedAt === null)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const found =
    run === 'latest' ? named.findLast((one) => one.id < dependent) : named.find((one) => one.id > dependent);
  if (found !== undefined) return outcomeOf(found, need);
  return run === 'latest' ? 'never' : 'waits';
};
