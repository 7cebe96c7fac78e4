import type {
  BudgetedInstance,
  BudgetLedger,
  BudgetNews,
} from '../../../src/main/engine/budget/budget-ledger.ts';
import { openBudgetLedger } from '../../../src/main/engine/budget/open-budget-ledger.ts';
import type { RecordChange, Spent, Store } from '../../../src/main/engine/store-ports.ts';
import type { BudgetPeriod } from '../../../src/shared/contract/budgets.ts';
import type { BudgetSpec } from '../../../src/shared/domain/budget.ts';
import {
  instanceIdSchema,
  orchestrationIdSchema,
  type InstanceId,
  type OrchestrationId,
} from '../../../src/shared/domain/ids.ts';
import { noUsage, type Usage } from '../../../src/shared/domain/usage.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

const uuid = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
export const nightly: OrchestrationId = orchestrationIdSchema.parse(uuid(1));
export const weekly: OrchestrationId = orchestrationIdSchema.parse(uuid(2));
export const idOf = (number: number): InstanceId => instanceIdSchema.parse(uuid(100 + number));

export const dollar = 1_000_000;

/** So many dollars, and a token for each ten thousandth of one. */
export const costing = (usd: number, basis: Usage['basis'] = 'exact'): Usage => ({
  basis,
  byModel: {
    opus: {
      inputTokens: Math.round(usd * 10_000),
      outputTokens: 0,
      cacheWriteTokens: 0,
      cacheReadTokens: 0,
      costMicroUsd: Math.round(usd * dollar),
    },
  },
});

export type Kept = {
  readonly values: ReadonlyMap<string, RecordChange>;
  readonly append: (change: { readonly records: readonly RecordChange[] }) => Promise<void>;
  readonly records: Store['records'];
};

/** Records as a store keeps them, over the ledgers that are opened on them. */
export const createKept = (): Kept => {
  const values = new Map<string, RecordChange>();
  return {
    values,
    append: async ({ records }: { readonly records: readonly RecordChange[] }): Promise<void> => {
      for (const record of records) {
        if (record.value === null) values.delete(record.id);
        else values.set(record.id, record);
      }
    },
    records: async () =>
      [...values.values()].flatMap(({ id, value }) => (value === null ? [] : [{ id, value }])),
  };
};

type World = {
  readonly kept?: Kept;
  readonly clock?: ManualClock;
  readonly spent?: (from: number, before: number) => Spent;
  readonly timeZone?: string;
  /** The limits of the settings. */
  readonly standing?: ReadonlyMap<BudgetPeriod, BudgetSpec>;
};

export type LedgerBench = {
  readonly ledger: BudgetLedger;
  readonly clock: ManualClock;
  readonly kept: Kept;
  /** An instance of `nightly`, starting now unless said. */
  readonly instance: (number: number, change?: Partial<BudgetedInstance>) => BudgetedInstance;
  /** Counts that its usage is now so much. */
  readonly use: (who: BudgetedInstance, usage: Usage) => BudgetNews;
  readonly wakes: () => number;
};

/** A ledger on a store of its own, or on what another one kept. */
export const openLedger = async (world: World = {}): Promise<LedgerBench> => {
  const { kept = createKept(), clock = createManualClock(), timeZone = 'UTC' } = world;
  const spent = world.spent ?? (() => ({ tokens: 0, costMicroUsd: 0, basis: 'exact', atLeast: false }));
  const ledger = await openBudgetLedger({
    store: { records: (kind) => kept.records(kind), spent: async (from, before) => spent(from, before) },
    clock,
    timeZone,
    standing: world.standing ?? new Map(),
    append: kept.append,
  });
  let wakes = 0;
  ledger.subscribe(() => (wakes += 1));
  const usages = new Map<InstanceId, Usage>();
  const instance = (number: number, change: Partial<BudgetedInstance> = {}): BudgetedInstance => ({
    id: idOf(number),
    orchestrationId: nightly,
    prompt: 'do it',
    startedAt: clock.now(),
    ...change,
  });
  const use = (who: BudgetedInstance, usage: Usage) => {
    const before = usages.get(who.id) ?? noUsage;
    usages.set(who.id, usage);
    return ledger.count(who, before, usage);
  };
  return { ledger, clock, kept, instance, use, wakes: () => wakes };
};

export const stopAt = (usd: number): BudgetSpec => ({ costMicroUsd: usd * dollar, onExceed: 'stop' });
export const pauseAt = (usd: number): BudgetSpec => ({ costMicroUsd: usd * dollar, onExceed: 'pause' });
