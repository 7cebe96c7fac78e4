import type {
  DatabaseStats,
  PruneReport,
  RemovalReason,
  RetentionTerms,
} from '../../shared/contract/database.ts';
import type { OrchestrationId } from '../../shared/domain/ids.ts';
import { instantOf } from '../../shared/domain/ids.ts';
import type { Clock } from './ports.ts';
import type {
  Removable,
  SeenEnded,
  Store,
  StoreCare,
  StoreCensus,
  StoredOrchestration,
} from './store-ports.ts';

/** What is to go and why. */
type Removal = Removable & { readonly reason: RemovalReason };

export type RetentionPlan = { readonly removals: readonly Removal[]; readonly bytesOver: number };

/**
 * What the terms do not keep: of the ended ones that nobody pinned those that were deleted, those that are too old, and then,
 * while all together is too much, those that ended first. What the database keeps free counts for nothing: it is filled again.
 */
export const planRetention = (
  ended: readonly Removable[],
  { total, free }: Pick<StoreCensus['bytes'], 'total' | 'free'>,
  terms: RetentionTerms,
  nowMs: number,
): RetentionPlan => {
  const isOver = (sinceMs: number | null, limitMs: number | null): boolean =>
    sinceMs !== null && limitMs !== null && sinceMs + limitMs <= nowMs;
  const byTime = (one: Removable): RemovalReason | null => {
    if (isOver(one.deletedAtMs, terms.trashMs)) return 'trash';
    return isOver(one.endedAtMs, terms.maxAgeMs) ? 'age' : null;
  };
  const oldestFirst = ended.toSorted((a, b) => a.endedAtMs - b.endedAtMs);
  const reasons = new Map<OrchestrationId, RemovalReason>();
  let over = terms.maxBytes === null ? 0 : total - free - terms.maxBytes;
  const remove = (one: Removable, reason: RemovalReason): void => {
    reasons.set(one.id, reason);
    over -= one.bytes;
  };
  for (const one of oldestFirst) {
    const reason = byTime(one);
    if (reason !== null) remove(one, reason);
  }
  for (const one of oldestFirst) if (over > 0 && !reasons.has(one.id)) remove(one, 'size');
  const removals = oldestFirst.flatMap((one) => {
    const reason = reasons.get(one.id);
    return reason === undefined ? [] : [{ ...one, reason }];
  });
  return { removals, bytesOver: Math.max(0, over) };
};

export type RetentionWorld = {
  readonly store: Pick<StoreCare, 'census' | 'removable'> & Pick<Store, 'orchestration'>;
  /** Takes one away for good; false when it stays, for it is not as it was seen any more. */
  readonly remove: (seen: SeenEnded) => Promise<boolean>;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly terms: RetentionTerms;
  /** Removes what is kept of an orchestration beside the store. */
  readonly forget: (stored: StoredOrchestration) => Promise<void>;
};

/** Keeps a data directory as small as a person has said. */
export interface Retention {
  stats(): Promise<DatabaseStats>;
  prune(options: { readonly dryRun: boolean }): Promise<PruneReport>;
}

const reportOf = ({ removals, bytesOver }: RetentionPlan, dryRun: boolean): PruneReport => ({
  dryRun,
  removed: removals.map(({ id, name, endedAtMs, reason, bytes }) => ({
    ...{ id, name, reason, bytes },
    endedAt: instantOf(endedAtMs),
  })),
  bytes: removals.reduce((sum, { bytes }) => sum + bytes, 0),
  bytesOver,
});

export const createRetention = ({
  store,
  remove,
  clock,
  dataDir,
  terms,
  forget,
}: RetentionWorld): Retention => {
  const removeOne = async (removal: Removal): Promise<boolean> => {
    const stored = await store.orchestration(removal.id);
    if (stored === null || !(await remove(removal))) return false;
    await forget(stored);
    return true;
  };
  return {
    stats: async () => ({ ...(await store.census()), dataDir, retention: terms }),
    prune: async ({ dryRun }) => {
      const [{ bytes }, ended] = await Promise.all([store.census(), store.removable()]);
      const plan = planRetention(ended, bytes, terms, clock.now());
      if (dryRun) return reportOf(plan, dryRun);
      const removals: Removal[] = [];
      for (const removal of plan.removals) if (await removeOne(removal)) removals.push(removal);
      return reportOf({ ...plan, removals }, dryRun);
    },
  };
};
