import { BUDGET_PERIODS, type BudgetAccount, type BudgetPeriod } from '../../../shared/contract/budgets.ts';
import { spentOf, type BudgetLimit, type BudgetSpec, type Spending } from '../../../shared/domain/budget.ts';
import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import type { Usage } from '../../../shared/domain/usage.ts';
import {
  addTo,
  levelNow,
  nearlyUsedUpText,
  newAccount,
  setLimit,
  takeAsSaid,
  viewOf,
  type Account,
} from './budget-account.ts';
import { BudgetBooks } from './budget-books.ts';
import { endOf, firmest, newsOf, noNews } from './budget-news.ts';
import type {
  BudgetedInstance,
  BudgetHold,
  BudgetLedger,
  BudgetNews,
  BudgetVerdict,
  OrchestrationBudgets,
} from './budget-ledger.ts';
import { periodAt } from './budget-period.ts';
import { raisedRecord, readBudgets, standingRecord, type KeptBudgets } from './budget-records.ts';
import { createPeriodAccounts, periodAccountId, type PeriodAccounts } from './period-accounts.ts';
import { noBudget, raisedLimit } from './raising.ts';
import type { Clock } from '../ports.ts';
import type { AttemptRecord, RecordChange, Spent, Store } from '../store-ports.ts';
import { createWakeUp, type WakeUp } from '../wake-up.ts';

export type BudgetLedgerOptions = {
  readonly store: Pick<Store, 'records' | 'spent'>;
  readonly clock: Clock;
  /** The time zone (IANA) whose days and months count: the machine's. */
  readonly timeZone: string;
  /** The limits of every day and month that the settings name; what a person set since holds instead. */
  readonly standing: ReadonlyMap<BudgetPeriod, BudgetSpec>;
  /** Makes a record durable (the journal's `append`). */
  readonly append: (change: { readonly records: readonly RecordChange[] }) => Promise<void>;
};

/**
 * What is set aside for an instance that has started and not shown usage yet: about what Claude Code's first message
 * takes (its own instructions and tools are some 20,000 tokens). So near the end of a budget instances start one by one,
 * and what may be spent beyond it is at most the message in hand of each that runs.
 */
const firstMessage: Spending = { tokens: 20_000, costMicroUsd: 100_000 };

const times = ({ tokens, costMicroUsd }: Spending, factor: number): Spending => ({
  tokens: tokens * factor,
  costMicroUsd: costMicroUsd * factor,
});

class Ledger implements BudgetLedger {
  readonly #options: BudgetLedgerOptions;
  readonly #wakeUp: WakeUp;
  readonly #raised: Map<string, BudgetLimit>;
  readonly #periods: PeriodAccounts;
  readonly #books: BudgetBooks;
  /** Where something is set aside for an instance that has just started. */
  readonly #starting = new Map<InstanceId, readonly Account[]>();

  /** `spent`: by account, of the periods that may still be counted on. */
  constructor(
    options: BudgetLedgerOptions,
    { standing, raised }: KeptBudgets,
    spent: ReadonlyMap<string, Spent>,
  ) {
    this.#options = options;
    this.#wakeUp = createWakeUp(options.clock);
    this.#raised = new Map(raised);
    this.#books = new BudgetBooks((head, spec) =>
      newAccount(head, { ...spec, ...this.#raised.get(head.account) }),
    );
    const { timeZone } = options;
    this.#periods = createPeriodAccounts({ timeZone, standing, raised: this.#raised, spent });
  }

  open(orchestration: OrchestrationBudgets): void {
    // What a day's budget paused in an earlier engine may be past.
    if (this.#books.open(orchestration)) this.#wakeUp.wait(this.#options.clock.now());
  }

  openInstance(...opened: Parameters<BudgetLedger['openInstance']>): void {
    this.#books.openInstance(...opened);
  }

  forget(id: OrchestrationId): void {
    this.#books.forget(id);
  }

  count(instance: BudgetedInstance, before: Usage | null, after: Usage): BudgetNews {
    if (before === after) return noNews;
    const was = before === null ? { tokens: 0, costMicroUsd: 0 } : spentOf(before);
    const is = spentOf(after);
    const change = { tokens: is.tokens - was.tokens, costMicroUsd: is.costMicroUsd - was.costMicroUsd };
    const own = this.#books.accountsOf(instance);
    for (const account of own) addTo(account, change, instance.id, after);
    if (before === null) {
      own.forEach(takeAsSaid);
      return noNews;
    }
    const periods = this.#periodsOf(instance, this.#books.startOf(instance));
    for (const account of periods) addTo(account, change, instance.id, after);
    this.#heed(instance.id, change);
    const news = newsOf([...own, ...periods]);
    if (news.exceeded.length > 0) this.#wakeUp.wait(endOf(periods));
    return news;
  }

  mayStart(instance: BudgetedInstance): BudgetVerdict {
    const accounts = [...this.#books.accountsOf(instance), ...this.#periodsOf(instance, null)].filter(
      ({ onExceed }) => onExceed === 'pause' || onExceed === 'stop',
    );
    const usedUp = accounts.filter((account) => levelNow(account)?.usedUp);
    const hold = firmest(usedUp);
    if (hold !== null) {
      this.#wakeUp.wait(endOf(usedUp));
      return { ok: false, kind: 'used_up', ...hold };
    }
    const short = accounts.find(
      (account) =>
        account.starting.size > 0 && levelNow(account, times(firstMessage, account.starting.size))?.usedUp,
    );
    if (short === undefined) return { ok: true };
    this.#wakeUp.wait(null);
    const account = viewOf(short);
    return { ok: false, kind: 'wait', account, reason: nearlyUsedUpText(account) };
  }

  holdOn(instance: BudgetedInstance): BudgetHold | null {
    return firmest(this.#accountsOf(instance).filter((account) => levelNow(account)?.exceeded));
  }

  started(instance: BudgetedInstance): void {
    this.#release(instance.id);
    this.#books.noteStart(instance, this.#options.clock.now());
    const accounts = this.#accountsOf(instance).filter(({ limit }) => limit !== null);
    if (accounts.length === 0) return;
    for (const { starting } of accounts) starting.add(instance.id);
    this.#starting.set(instance.id, accounts);
  }

  tookOver(attempt: Pick<AttemptRecord, 'instanceId' | 'orchestrationId' | 'startedAt'>): void {
    const { instanceId, orchestrationId, startedAt } = attempt;
    this.#books.noteStart({ id: instanceId, orchestrationId }, Date.parse(startedAt));
  }

  ended({ id }: BudgetedInstance): void {
    this.#release(id);
  }

  left(instance: BudgetedInstance): number | null {
    const lefts = this.#accountsOf(instance).flatMap(({ limit, onExceed, spent }) =>
      limit?.costMicroUsd === undefined || onExceed === 'warn'
        ? []
        : [Math.max(0, limit.costMicroUsd - spent.costMicroUsd)],
    );
    return lefts.length === 0 ? null : Math.min(...lefts);
  }

  concerns(account: string, instance: BudgetedInstance): boolean {
    return this.#accountsOf(instance).some(({ head }) => head.account === account);
  }

  isFree(name: string): boolean {
    const scope = BUDGET_PERIODS.find((period) => name.startsWith(`${period}:`));
    const account = this.#find(scope ?? name);
    if (account === undefined) return false;
    const { head } = account;
    if (head.account !== name || levelNow(account)?.usedUp !== true) return true;
    if (head.period !== null) this.#wakeUp.wait(head.period.before);
    return false;
  }

  list(orchestrationId: OrchestrationId | null): readonly BudgetAccount[] {
    const periods = orchestrationId === null ? this.#periodAccounts(null) : [];
    return [...periods, ...this.#books.all(orchestrationId)].map(viewOf);
  }

  async raise(name: string, limit: BudgetLimit): Promise<BudgetAccount> {
    const account = this.#find(name);
    if (account?.limit == null || account.onExceed === null) throw noBudget(name, account);
    const raised = raisedLimit(account.limit, limit);
    const id = account.head.account;
    this.#raised.set(id, raised);
    setLimit(account, { ...raised, onExceed: account.onExceed });
    this.#wakeUp.soon();
    await this.#options.append({ records: [raisedRecord(id, raised)] });
    return viewOf(account);
  }

  async setStanding(period: BudgetPeriod, spec: BudgetSpec | null): Promise<BudgetAccount> {
    const account = this.#periods.at(period, this.#options.clock.now());
    const id = account.head.account;
    // What was raised for the present day or month gives way to the person's latest word.
    this.#raised.delete(id);
    this.#periods.setStanding(period, spec);
    this.#wakeUp.soon();
    await this.#options.append({ records: [standingRecord(period, spec), raisedRecord(id, null)] });
    return viewOf(account);
  }

  subscribe(wake: () => void): () => void {
    return this.#wakeUp.subscribe(wake);
  }

  close(): void {
    this.#wakeUp.close();
  }

  /** What started shows what it takes; what was thought to be spent may turn out not to be. */
  #heed(id: InstanceId, { tokens, costMicroUsd }: Spending): void {
    if (tokens > 0 || costMicroUsd > 0) this.#release(id);
    if (tokens < 0 || costMicroUsd < 0) this.#wakeUp.soon();
  }

  #release(id: InstanceId): void {
    const accounts = this.#starting.get(id);
    if (accounts === undefined) return;
    this.#starting.delete(id);
    for (const { starting } of accounts) starting.delete(id);
    this.#wakeUp.soon();
  }

  /** The days and months that an instance counts on. */
  #periodsOf(instance: BudgetedInstance, startedAt: number | null): readonly Account[] {
    return this.#books.isDemo(instance) ? [] : this.#periodAccounts(startedAt);
  }

  #periodAccounts(startedAt: number | null): readonly Account[] {
    const at = startedAt ?? this.#options.clock.now();
    return BUDGET_PERIODS.map((period) => this.#periods.at(period, at));
  }

  #accountsOf(instance: BudgetedInstance): readonly Account[] {
    const periods = this.#periodsOf(instance, this.#books.startOf(instance));
    return [...this.#books.accountsOf(instance), ...periods];
  }

  #find(name: string): Account | undefined {
    const period = BUDGET_PERIODS.find((one) => one === name);
    if (period !== undefined) return this.#periods.at(period, this.#options.clock.now());
    return [...this.#books.all(), ...this.#periods.all()].find(({ head }) => head.account === name);
  }
}

/** Opens the ledger on what is kept: limits that were raised, standing ones, and what was spent in days and months that still count. */
export const openBudgetLedger = async (options: BudgetLedgerOptions): Promise<BudgetLedger> => {
  const { store, clock, timeZone } = options;
  const kept = await readBudgets(store, options.standing);
  // What started before midnight may run on, and counts on its own day.
  const periods = BUDGET_PERIODS.flatMap((period) => {
    const present = periodAt(period, clock.now(), timeZone);
    return [present, periodAt(period, present.from - 1, timeZone)];
  });
  const spent = await Promise.all(
    periods.map(
      async (period) => [periodAccountId(period), await store.spent(period.from, period.before)] as const,
    ),
  );
  return new Ledger(options, kept, new Map(spent));
};
