import { failureError, type FailureError } from '../../../shared/domain/failure.ts';
import {
  instantOf,
  type InstanceId,
  type Instant,
  type OrchestrationId,
} from '../../../shared/domain/ids.ts';
import { isRunHere, type Origin, type OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { Dependency } from '../../../shared/domain/plan/plan-spec.ts';
import type { InstanceRun } from '../instance/instance-run.ts';
import type { OrchestrationContext } from './orchestration-context.ts';
import { OrchestrationRun } from './orchestration-run.ts';
import { otherRunOutcome } from './other-runs.ts';
import type { Clock, Log } from '../ports.ts';
import type { SeenEnded, Store, StoredOrchestration } from '../store-ports.ts';
import type { EdgeOutcome } from './readiness.ts';

type Watcher = {
  readonly dependency: Extract<Dependency, { kind: 'orchestration' }>;
  readonly dependent: OrchestrationId;
  readonly tell: (outcome: EdgeOutcome) => void;
  /** How often it was looked at: only the latest look counts. */
  looks: number;
};

type RunsOptions = {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly context: () => OrchestrationContext;
  /** Resolves when all that happened is durable; rejects while nothing can be stored. */
  readonly flushed: () => Promise<void>;
};

/** What has ended is kept in memory for so long. */
export const recentMs = 3_600_000;

/** The orchestrations in memory: all that run, those that ended lately, and older ones that somebody asked for. */
export class Runs {
  readonly #options: RunsOptions;
  readonly #runs = new Map<OrchestrationId, OrchestrationRun>();
  readonly #loading = new Map<OrchestrationId, Promise<OrchestrationRun>>();
  /** When those were loaded that somebody asked for. */
  readonly #loadedAt = new Map<OrchestrationId, Instant>();
  /** How many have borrowed those that are here for that alone. */
  readonly #borrowed = new Map<OrchestrationId, number>();
  readonly #removals = new Map<OrchestrationId, Promise<unknown>>();
  #watchers: Watcher[] = [];
  #idleWaiters: (() => void)[] = [];

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  all(): readonly OrchestrationRun[] {
    return [...this.#runs.values()];
  }

  get(id: OrchestrationId): OrchestrationRun | undefined {
    return this.#runs.get(id);
  }

  /** Makes the run of an orchestration, new or stored. */
  add(
    stored: Pick<StoredOrchestration, 'orchestration' | 'instances' | 'specs' | 'source'>,
  ): OrchestrationRun {
    const run = new OrchestrationRun(stored, stored.source.plan, this.#options.context());
    this.#runs.set(stored.orchestration.id, run);
    return run;
  }

  /**
   * The run of an orchestration, made again from the store when it had ended before this engine.
   * @throws FailureError `orchestration.unknown`, `orchestration.not_ours`
   */
  async load(id: OrchestrationId): Promise<OrchestrationRun> {
    const run = this.#runs.get(id) ?? (await this.#loadOnce(id));
    // Whoever borrowed it may have let go of it meanwhile.
    if (this.#runs.get(id) !== run) return this.load(id);
    this.#keep(id);
    return run;
  }

  /**
   * Gives the run of an orchestration to `use`; one that is not in memory is loaded and let go of again, unless somebody
   * else wants it meanwhile. All that change an orchestration share its one run, so that no change undoes another.
   * @throws FailureError `orchestration.unknown`, `orchestration.not_ours`
   */
  async borrow<T>(id: OrchestrationId, use: (run: OrchestrationRun) => Promise<T>): Promise<T> {
    const present = this.#runs.get(id);
    const isLoading = this.#loading.has(id);
    const isBorrowed = this.#borrowed.has(id);
    if (present !== undefined && !isBorrowed) return use(present);
    if (!isLoading || isBorrowed) this.#borrowed.set(id, (this.#borrowed.get(id) ?? 0) + 1);
    try {
      return await use(present ?? (await this.#loadOnce(id)));
    } finally {
      this.#giveBack(id);
    }
  }

  /**
   * Takes an ended orchestration away for good, if it still is as it was seen (`Store.remove`) and nobody works with it; who
   * asks for it meanwhile waits. So nobody changes what is gone. False when it stays.
   * @throws FailureError the store's, while nothing can be stored
   */
  async remove(seen: SeenEnded): Promise<boolean> {
    const { id } = seen;
    if (this.#runs.get(id)?.isOver === false || this.#loading.has(id) || this.#borrowed.has(id)) return false;
    this.#drop(id);
    const { store, flushed } = this.#options;
    // What was put on it before is in the store by then, a pin among it.
    const removal = flushed().then(() => store.remove([seen]));
    this.#removals.set(id, removal);
    try {
      return (await removal).length > 0;
    } finally {
      this.#removals.delete(id);
    }
  }

  #giveBack(id: OrchestrationId): void {
    const borrowers = this.#borrowed.get(id);
    if (borrowers === undefined) return;
    if (borrowers > 1) this.#borrowed.set(id, borrowers - 1);
    else {
      this.#borrowed.delete(id);
      if (this.#runs.get(id)?.isOver === true) this.#drop(id);
    }
  }

  #drop(id: OrchestrationId): void {
    this.#runs.delete(id);
    this.#loadedAt.delete(id);
    this.#watchers = this.#watchers.filter(({ dependent }) => dependent !== id);
    this.#options.context().ledger.forget(id);
  }

  /** One that was borrowed stays from now on for more than a moment. */
  #keep(id: OrchestrationId): void {
    if (this.#borrowed.delete(id)) this.#loadedAt.set(id, instantOf(this.#options.clock.now()));
  }

  async #loadOnce(id: OrchestrationId): Promise<OrchestrationRun> {
    const loading = this.#loading.get(id) ?? this.#loadStored(id);
    this.#loading.set(id, loading);
    return loading.finally(() => this.#loading.delete(id));
  }

  /** The run of an instance in memory. */
  find(id: InstanceId): { readonly run: OrchestrationRun; readonly instance: InstanceRun } | null {
    for (const run of this.#runs.values()) {
      const instance = run.instance(id);
      if (instance !== undefined) return { run, instance };
    }
    return null;
  }

  /** The run of an instance, loaded when it is not in memory. @throws FailureError `instance.unknown` */
  async findOrLoad(
    id: InstanceId,
  ): Promise<{ readonly run: OrchestrationRun; readonly instance: InstanceRun }> {
    const view = this.find(id) === null ? await this.#options.store.instance(id) : null;
    if (view !== null) await this.load(view.orchestrationId);
    const found = this.find(id);
    if (found === null) throw unknownInstance(id);
    this.#keep(found.run.id);
    return found;
  }

  /** All instances of those in memory. */
  instances(): readonly InstanceRun[] {
    return this.all().flatMap((run) => run.runs());
  }

  unfinished(): readonly OrchestrationView[] {
    return this.all()
      .filter((run) => run.isRunning)
      .map((run) => run.view);
  }

  /** Resolves when no orchestration is unfinished. */
  async idle(): Promise<void> {
    while (this.all().some((run) => run.isRunning))
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** An orchestration was started, has ended, or was opened again. */
  changed(): void {
    for (const watcher of this.#watchers) this.#look(watcher);
    if (this.all().some((run) => run.isRunning)) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const wake of waiters) wake();
  }

  /** Drops what ended more than an hour ago from memory; the store has it. */
  forgetOld(): void {
    const since = instantOf(this.#options.clock.now() - recentMs);
    for (const [id, run] of this.#runs) {
      const { endedAt } = run.view;
      const isRecent = endedAt === null || endedAt >= since || (this.#loadedAt.get(id) ?? '') >= since;
      if (!isRecent && run.isOver) this.#drop(id);
    }
  }

  watch(watched: Omit<Watcher, 'looks'>): void {
    const watcher = { ...watched, looks: 0 };
    this.#watchers.push(watcher);
    this.#look(watcher);
  }

  #look(watcher: Watcher): void {
    const { dependency, dependent, tell } = watcher;
    const inMemory = this.all().map((run) => run.view);
    watcher.looks += 1;
    const { looks } = watcher;
    otherRunOutcome(dependency, dependent, inMemory, this.#options.store)
      .then((outcome) => {
        if (looks === watcher.looks) tell(outcome);
      })
      .catch((error: unknown) => {
        this.#options.log.error('Cannot look at an orchestration that another depends on', error);
      });
  }

  async #loadStored(id: OrchestrationId): Promise<OrchestrationRun> {
    await this.#removals.get(id)?.catch(() => undefined);
    const stored = await this.#options.store.orchestration(id);
    if (stored === null) throw unknownOrchestration(id);
    const { name, origin } = stored.orchestration;
    if (!isRunHere(origin)) throw notOurs(name, origin);
    if (!this.#borrowed.has(id)) this.#loadedAt.set(id, instantOf(this.#options.clock.now()));
    return this.add(stored);
  }
}

export const unknownOrchestration = (id: OrchestrationId): FailureError =>
  failureError('orchestration.unknown', `There is no orchestration ${id} in this data directory.`);

const ranElsewhere: Readonly<Record<Exclude<Origin, 'netra' | 'demo'>, string>> = {
  claude: 'it was run by Claude Code itself, in a terminal',
  archive: 'it was run on another machine and came here with an archive',
};

const notOurs = (name: string, origin: Exclude<Origin, 'netra' | 'demo'>): FailureError =>
  failureError(
    'orchestration.not_ours',
    `"${name}" is here to be read only: ${ranElsewhere[origin]}. ` +
      'Run its plan again to go on with its work.',
  );

export const unknownInstance = (id: InstanceId): FailureError =>
  failureError('instance.unknown', `There is no instance ${id} in this data directory.`);
