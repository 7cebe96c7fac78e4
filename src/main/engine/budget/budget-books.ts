import type { BudgetSpec } from '../../../shared/domain/budget.ts';
import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import type { Account, AccountHead } from './budget-account.ts';
import type { BudgetedInstance, OrchestrationBudgets } from './budget-ledger.ts';

/** The accounts of one orchestration. */
type Book = {
  readonly isDemo: boolean;
  readonly account: Account | null;
  readonly commands: ReadonlyMap<string, Account>;
  readonly instances: Map<InstanceId, Account>;
  /** When the latest attempt of an instance started that this engine started or took over (epoch milliseconds). */
  readonly starts: Map<InstanceId, number>;
};

/** The key of a command limit: the first word of a slash command where a limit names it, else the whole prompt. */
const commandKeyOf = (prompt: string, limits: ReadonlyMap<string, unknown>): string => {
  const whole = prompt.trim();
  const [first = whole] = whole.split(/\s/, 1);
  return first.startsWith('/') && limits.has(first) ? first : whole;
};

const accountsIn = ({ account, commands, instances }: Book): readonly Account[] => [
  ...(account === null ? [] : [account]),
  ...commands.values(),
  ...instances.values(),
];

type NewAccount = (head: AccountHead, spec: BudgetSpec) => Account;

/** The accounts of orchestrations, of their commands and of their instances; not those of days and months. */
export class BudgetBooks {
  readonly #newAccount: NewAccount;
  readonly #books = new Map<OrchestrationId, Book>();

  constructor(newAccount: NewAccount) {
    this.#newAccount = newAccount;
  }

  /** False when it was open. */
  open({ id, name, budget, commandBudgets = {}, isDemo = false }: OrchestrationBudgets): boolean {
    if (this.#books.has(id)) return false;
    const head = { orchestrationId: id, instanceId: null, period: null };
    const account =
      budget === undefined
        ? null
        : this.#newAccount({ ...head, account: `orchestration:${id}`, scope: 'orchestration', name }, budget);
    const commands = Object.entries(commandBudgets).map(([key, spec]): readonly [string, Account] => [
      key.trim(),
      this.#newAccount({ ...head, account: `command:${id}:${key}`, scope: 'command', name: key }, spec),
    ]);
    const empty = { instances: new Map(), starts: new Map() };
    this.#books.set(id, { isDemo, account, commands: new Map(commands), ...empty });
    return true;
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

  /** True for an instance of a demo. */
  isDemo({ orchestrationId }: BudgetedInstance): boolean {
    return this.#books.get(orchestrationId)?.isDemo === true;
  }

  /** An attempt of an instance has started (epoch milliseconds). */
  noteStart({ id, orchestrationId }: Pick<BudgetedInstance, 'id' | 'orchestrationId'>, at: number): void {
    this.#books.get(orchestrationId)?.starts.set(id, at);
  }

  /** When the attempt started that an instance's usage is of now (epoch milliseconds); null: none has. */
  startOf({ id, orchestrationId, startedAt }: BudgetedInstance): number | null {
    return this.#books.get(orchestrationId)?.starts.get(id) ?? startedAt;
  }

  /** The accounts of an instance, its orchestration and its command. */
  accountsOf({ id, orchestrationId, prompt }: BudgetedInstance): readonly Account[] {
    const book = this.#books.get(orchestrationId);
    if (book === undefined) return [];
    const { commands } = book;
    const command = commands.size === 0 ? undefined : commands.get(commandKeyOf(prompt, commands));
    return [book.instances.get(id), book.account, command].filter((account) => account != null);
  }

  /** All, or those of one orchestration. */
  all(orchestrationId: OrchestrationId | null = null): readonly Account[] {
    return [...this.#books].flatMap(([id, book]) =>
      orchestrationId === null || id === orchestrationId ? accountsIn(book) : [],
    );
  }
}
