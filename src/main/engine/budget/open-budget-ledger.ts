import { BUDGET_PERIODS, type BudgetAccount, type BudgetPeriod } from '../../../shared/contract/budgets.ts';
import { spentOf, type BudgetLimit, type BudgetSpec, type Spending } from '../../../shared/domain/budget.ts';
import { failureError } from '../../../shared/domain/failure.ts';
import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import type { Usage } from '../../../shared/domain/usage.ts';
import {
  addTo,
  crossedText,
  levelNow,
  limitOf,
  nearlyUsedUpText,
  newAccount,
  setLimit,
  takeAsSaid,
  usedUpText,
  viewOf,
  type Account,
} from './budget-account.ts';
import type {
  BudgetCrossing,
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

/** The accounts of one orchestration. */
type Book = {
  readonly account: Account | null;
  readonly commands: ReadonlyMap<string, Account>;
  readonly instances: Map<InstanceId, Account>;
  /** When the latest attempt of an instance started that this engine started or took over (epoch milliseconds). */
  readonly starts: Map<InstanceId, number>;
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

const noNews: BudgetNews = { crossed: [], exceeded: [] };

/** The key of a command limit: the first word of a slash command where a limit names it, else the whole prompt. */
const commandKeyOf = (prompt: string, limits: ReadonlyMap<string, unknown>): string => {
  const whole = prompt.trim();
  const [first = whole] = whole.split(/\s/, 1);
  return first.startsWith('/') && limits.has(first) ? first : whole;
};

const holdOf = (account: Account): BudgetHold | null => {
  const { onExceed } = account;
  if (onExceed === null || onExceed === 'warn') return null;
  const view = viewOf(account);
  return { account: view, onExceed, reason: usedUpText(view) };
};

/** Of all that hold work up the one that stops it, else the first. */
const firmest = (accounts: readonly Account[]): BudgetHold | null => {
  const holds = accounts.flatMap((account) => holdOf(account) ?? []);
  return holds.find(({ onExceed }) => onExceed === 'stop') ?? holds[0] ?? null;
};

class Ledger implements BudgetLedger {
  readonly #options: BudgetLedgerOptions;
  readonly #wakeUp: WakeUp;
  readonly #raised: Map<string, BudgetLimit>;
  readonly #periods: PeriodAccounts;
  readonly #books = new Map<OrchestrationId, Book>();
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
    const { timeZone } = options;
    this.#periods = createPeriodAccounts({ timeZone, standing, raised: this.#raised, spent });
  }

  open({ id, name, budget, commandBudgets = {} }: OrchestrationBudgets): void {
    if (this.#books.has(id)) return;
    const head = { orchestrationId: id, instanceId: null, period: null };
    const account =
      budget === undefined
        ? null
        : this.#newAccount({ ...head, account: `orchestration:${id}`, scope: 'orchestration', name }, budget);
    const commands = Object.entries(commandBudgets).map(([key, spec]): readonly [string, Account] => [
      key.trim(),
      this.#newAccount({ ...head, account: `command:${id}:${key}`, scope: 'command', name: key }, spec),
    ]);
    this.#books.set(id, { account, commands: new Map(commands), instances: new Map(), starts: new Map() });
    // What a day's budget paused in an earlier engine may be past.
    this.#wakeUp.wait(this.#options.clock.now());
  }

  openInstance(
    { id, orchestrationId }: Pick<BudgetedInstance, 'id' | 'orchestrationId'>,
    name: string,
    budget: BudgetSpec,
  ): void {
    const instances = this.#books.get(orchestrationId)?.instances;
    if (instances === undefined || instances.has(id)) return;
    const head = {
      account: `instance:${id}`,
      scope: 'instance',
      name,
      orchestrationId,
      instanceId: id,
    } as const;
    instances.set(id, this.#newAccount({ ...head, period: null }, budget));
  }

  forget(id: OrchestrationId): void {
    this.#books.delete(id);
  }

  count(instance: BudgetedInstance, before: Usage | null, after: Usage): BudgetNews {
    if (before === after) return noNews;
    const was = before === null ? { tokens: 0, costMicroUsd: 0 } : spentOf(before);
    const is = spentOf(after);
    const change = { tokens: is.tokens - was.tokens, costMicroUsd: is.costMicroUsd - was.costMicroUsd };
    const own = this.#ownAccounts(instance);
    for (const account of own) addTo(account, change, instance.id, after);
    if (before === null) {
      own.forEach(takeAsSaid);
      return noNews;
    }
    const periods = this.#periodAccounts(this.#startOf(instance));
    for (const account of periods) addTo(account, change, instance.id, after);
    this.#heed(instance.id, change);
    const news = newsOf([...own, ...periods]);
    if (news.exceeded.length > 0) this.#wakeUp.wait(endOf(periods));
    return news;
  }

  mayStart(instance: BudgetedInstance): BudgetVerdict {
    const accounts = [...this.#ownAccounts(instance), ...this.#periodAccounts(null)].filter(
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
    this.#books.get(instance.orchestrationId)?.starts.set(instance.id, this.#options.clock.now());
    const accounts = this.#accountsOf(instance).filter(({ limit }) => limit !== null);
    if (accounts.length === 0) return;
    for (const { starting } of accounts) starting.add(instance.id);
    this.#starting.set(instance.id, accounts);
  }

  tookOver(attempt: Pick<AttemptRecord, 'instanceId' | 'orchestrationId' | 'startedAt'>): void {
    const { instanceId, orchestrationId, startedAt } = attempt;
    this.#books.get(orchestrationId)?.starts.set(instanceId, Date.parse(startedAt));
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
    const books = [...this.#books].flatMap(([id, book]) =>
      orchestrationId === null || id === orchestrationId ? accountsIn(book) : [],
    );
    const periods = orchestrationId === null ? this.#periodAccounts(null) : [];
    return [...periods, ...books].map(viewOf);
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

  #newAccount(head: Account['head'], spec: BudgetSpec): Account {
    return newAccount(head, { ...spec, ...this.#raised.get(head.account) });
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

  /** The accounts of an instance, its orchestration and its command. */
  #ownAccounts({ id, orchestrationId, prompt }: BudgetedInstance): readonly Account[] {
    const book = this.#books.get(orchestrationId);
    if (book === undefined) return [];
    const { commands } = book;
    const command = commands.size === 0 ? undefined : commands.get(commandKeyOf(prompt, commands));
    return [book.instances.get(id), book.account, command].filter((account) => account != null);
  }

  #startOf({ id, orchestrationId, startedAt }: BudgetedInstance): number | null {
    return this.#books.get(orchestrationId)?.starts.get(id) ?? startedAt;
  }

  #periodAccounts(startedAt: number | null): readonly Account[] {
    const at = startedAt ?? this.#options.clock.now();
    return BUDGET_PERIODS.map((period) => this.#periods.at(period, at));
  }

  #accountsOf(instance: BudgetedInstance): readonly Account[] {
    return [...this.#ownAccounts(instance), ...this.#periodAccounts(this.#startOf(instance))];
  }

  #find(name: string): Account | undefined {
    const period = BUDGET_PERIODS.find((one) => one === name);
    if (period !== undefined) return this.#periods.at(period, this.#options.clock.now());
    const all = [...this.#books.values()].flatMap(accountsIn);
    return [...all, ...this.#periods.all()].find(({ head }) => head.account === name);
  }
}

/** When the first of these that has an end ends (epoch milliseconds). */
const endOf = (accounts: readonly Account[]): number | null => {
  const ends = accounts.flatMap(({ head }) => head.period?.before ?? []);
  return ends.length === 0 ? null : Math.min(...ends);
};

const accountsIn = ({ account, commands, instances }: Book): readonly Account[] => [
  ...(account === null ? [] : [account]),
  ...commands.values(),
  ...instances.values(),
];

/** What the accounts have come to since it was last said. */
const newsOf = (accounts: readonly Account[]): BudgetNews => {
  const crossed: BudgetCrossing[] = [];
  const exceeded: BudgetHold[] = [];
  for (const account of accounts) {
    const level = levelNow(account);
    if (level === null) continue;
    const { threshold } = level;
    if (threshold !== 0 && threshold > account.said) {
      account.said = threshold;
      const view = viewOf(account);
      crossed.push({ account: view, threshold, message: crossedText(view, threshold) });
    }
    const hold = level.exceeded && !account.isOver ? holdOf(account) : null;
    account.isOver = level.exceeded;
    if (hold !== null) exceeded.push(hold);
  }
  return crossed.length + exceeded.length === 0 ? noNews : { crossed, exceeded };
};

/** A limit with other figures, none of which may be lower. @throws FailureError `budget.lower` */
const raisedLimit = (old: BudgetLimit, limit: BudgetLimit): BudgetLimit => {
  for (const kind of ['tokens', 'costMicroUsd'] as const) {
    const [was, is] = [old[kind], limit[kind]];
    const word = kind === 'tokens' ? 'tokens' : 'dollars';
    if (is === undefined) continue;
    if (was === undefined)
      throw failureError('budget.lower', `This budget has no limit in ${word} that could be raised.`);
    if (is < was) throw failureError('budget.lower', `This budget has a higher limit in ${word} already.`);
  }
  return { ...old, ...limitOf(limit) };
};

const noBudget = (name: string, account: Account | undefined) =>
  failureError(
    'budget.unknown',
    account === undefined
      ? `There is no budget "${name}". \`netra budget\` lists them.`
      : `No limit is set for the ${account.head.scope}. Set one with \`netra budget set ${account.head.scope}\`.`,
  );

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
