import type { BudgetAccount, BudgetPeriod } from '../../../shared/contract/budgets.ts';
import type { BudgetLimit, BudgetSpec, BudgetThreshold, OnExceed } from '../../../shared/domain/budget.ts';
import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import type { Usage } from '../../../shared/domain/usage.ts';
import type { AttemptRecord } from '../store-ports.ts';

/** What the ledger must know of an instance to find its accounts. */
export type BudgetedInstance = {
  readonly id: InstanceId;
  readonly orchestrationId: OrchestrationId;
  /** Its prompt or slash command as the plan says it, templates not filled in. */
  readonly prompt: string;
  /**
   * When it started (epoch milliseconds): its usage counts on that day, unless `started` or `tookOver` was called for an
   * attempt of it. Null before the first attempt.
   */
  readonly startedAt: number | null;
};

/** A threshold that was reached; each is said once per account, until the limit is raised. `message` is a sentence with figures. */
export type BudgetCrossing = {
  readonly account: BudgetAccount;
  readonly threshold: BudgetThreshold;
  readonly message: string;
};

/** A budget that holds work up. */
export type BudgetHold = {
  readonly account: BudgetAccount;
  /** What becomes of the work. */
  readonly onExceed: Exclude<OnExceed, 'warn'>;
  /** A sentence with figures: `The budget of the orchestration is used up: $5.02 of $5.00.` */
  readonly reason: string;
};

/** What a change of usage brought. */
export type BudgetNews = {
  readonly crossed: readonly BudgetCrossing[];
  /** Accounts that have just gone over their limit: what runs on them is to be paused or stopped. */
  readonly exceeded: readonly BudgetHold[];
};

export type BudgetVerdict =
  | { readonly ok: true }
  /** A budget is used up: pause or stop it, as `onExceed` says. */
  | ({ readonly ok: false; readonly kind: 'used_up' } & BudgetHold)
  /** It is nearly used up, and what has just started has not shown yet what it takes: ask again when woken. */
  | { readonly ok: false; readonly kind: 'wait'; readonly account: BudgetAccount; readonly reason: string };

/** The limits of an orchestration. */
export type OrchestrationBudgets = {
  readonly id: OrchestrationId;
  readonly name: string;
  readonly budget?: BudgetSpec;
  readonly commandBudgets?: Readonly<Record<string, BudgetSpec>>;
  /** What it takes is made up: it counts on no day and month. */
  readonly isDemo?: boolean;
};

/** The accounts of all budgets, in memory; raised and standing limits are durable. All but the two that change limits are synchronous. */
export interface BudgetLedger {
  /**
   * Opens the accounts of an orchestration; limits that were raised hold. Before anything is counted on it. Twice does
   * nothing. Wakes subscribers, for what a day's budget paused in an earlier engine may be past.
   */
  open(orchestration: OrchestrationBudgets): void;
  /** Opens the account of an instance that has a budget of its own. Before anything is counted on it. */
  openInstance(
    instance: Pick<BudgetedInstance, 'id' | 'orchestrationId'>,
    name: string,
    budget: BudgetSpec,
  ): void;
  /** Forgets the accounts of an orchestration that has ended and its instances. */
  forget(id: OrchestrationId): void;
  /**
   * Takes in an instance's new usage (over all its attempts) in place of its old one, at a cost that does not grow. It may
   * be less than before, when exact figures take the place of an estimate. `before` null: the figures come from the store
   * (a new instance's are none), so day and month have them already and nothing is said of them.
   */
  count(instance: BudgetedInstance, before: Usage | null, after: Usage): BudgetNews;
  /**
   * Whether an instance may start (or start again) as far as money goes. After `ok`, call `started` before asking for
   * another one.
   */
  mayStart(instance: BudgetedInstance): BudgetVerdict;
  /** Whether one that runs may go on: null, or the budget that it is over. For a running one taken over, or just started. */
  holdOn(instance: BudgetedInstance): BudgetHold | null;
  /** An attempt starts: until it shows usage or ends, what a first message takes is set aside for it. */
  started(instance: BudgetedInstance): void;
  /** An attempt of an earlier engine goes on: what it uses counts on the day it started. */
  tookOver(attempt: Pick<AttemptRecord, 'instanceId' | 'orchestrationId' | 'startedAt'>): void;
  /** The attempt has ended. */
  ended(instance: BudgetedInstance): void;
  /**
   * The dollars (in millionths) that an instance may still spend before a budget is used up that pauses or stops; null:
   * no such limit. For the CLI's own limit, beside the live count.
   */
  left(instance: BudgetedInstance): number | null;
  /** True when what an instance uses counts on an account. */
  concerns(account: string, instance: BudgetedInstance): boolean;
  /**
   * True when an account holds nothing up any more: its day or month is over, its limit was raised (perhaps by an engine
   * that was killed before it could let go), or what was thought to be spent was not. While a day's or month's is used up,
   * subscribers are woken at its end, so ask again then. False for one that nobody knows.
   */
  isFree(account: string): boolean;
  list(orchestrationId: OrchestrationId | null): readonly BudgetAccount[];
  /** Sets a higher limit; resolves when it is durable. @throws FailureError `budget.unknown`, `budget.lower` */
  raise(account: string, limit: BudgetLimit): Promise<BudgetAccount>;
  setStanding(period: BudgetPeriod, spec: BudgetSpec | null): Promise<BudgetAccount>;
  /** Calls `wake` soon after something that was refused may start; the answer ends it. */
  subscribe(wake: () => void): () => void;
  close(): void;
}
