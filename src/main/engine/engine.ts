import type { OverviewUpdate, RawLine, StreamBatch } from '../../shared/contract/contract.ts';
import type { OrchestrationEvent } from '../../shared/domain/event.ts';
import { failureError } from '../../shared/domain/failure.ts';
import { instantOf, type InstanceId, type OrchestrationId } from '../../shared/domain/ids.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import { totalsOf, type OrchestrationView } from '../../shared/domain/orchestration.ts';
import type { ResolvedPlan } from '../../shared/domain/plan-spec.ts';
import type { InstanceRun } from './instance-run.ts';
import { newInstanceView } from './instance-view.ts';
import { createJournal, type Journal } from './journal.ts';
import { OrchestrationRun, type OrchestrationContext } from './orchestration-run.ts';
import type {
  AttemptDriver,
  Clock,
  IdSource,
  Log,
  OrchestrationPage,
  OrchestrationQuery,
  OrchestrationSource,
  PermissionAnswer,
  RecordChange,
  Store,
  StoredOrchestration,
} from './ports.ts';
import { defaultStopTimes, type StopTimes } from './stop-ladder.ts';
import { overviewUpdates } from './overview-updates.ts';
import { createPublications, type Publications } from './publications.ts';
import { streamBatches, type StreamRequest } from './stream-batches.ts';

export type EngineOptions = {
  readonly store: Store;
  readonly driver: AttemptDriver;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  /** Who runs this engine: the owner of what is started. */
  readonly owner: string;
  /**
   * `work` takes over what an earlier engine left and starts what waits. `stop` takes it over too, so that it can be
   * stopped, and starts nothing. `settle` only reads what has ended since, for a short command: it starts nothing and
   * leaves what is alive alone.
   */
  readonly purpose: 'work' | 'stop' | 'settle';
  readonly stopTimes?: StopTimes;
};

/** A start by a schedule, and what is made durable in the same commit, by the id of what was started. */
export type ScheduledStart = {
  readonly schedule: NonNullable<OrchestrationView['schedule']>;
  readonly records: (id: OrchestrationId) => readonly RecordChange[];
};

/** An orchestration with its instances, in plan order. */
export type Detail = {
  readonly orchestration: OrchestrationView;
  readonly instances: readonly InstanceView[];
  readonly planText: string;
};

const recentMs = 3_600_000;
const pageSize = 500;
const mostRawBytes = 4 * 1024 * 1024;

/** The orchestrator. One per data directory; open it with `openEngine`. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #journal: Journal;
  readonly #publications: Publications = createPublications();
  readonly #runs = new Map<OrchestrationId, OrchestrationRun>();
  readonly #loading = new Map<OrchestrationId, Promise<OrchestrationRun>>();
  #idleWaiters: (() => void)[] = [];

  constructor(options: EngineOptions) {
    const { store, clock, log } = options;
    this.#options = options;
    this.#journal = createJournal({
      store,
      clock,
      log,
      onCommitted: (batch) => {
        this.#publications.publish({ ...batch, deltas: [] });
      },
    });
  }

  /** Takes up all that has not ended. Resolves when what had ended meanwhile is settled. */
  async takeOver(): Promise<void> {
    const unfinished = await this.#options.store.unfinished();
    await Promise.all(unfinished.map((stored) => this.#adopt(stored).takeOver(stored.attempts)));
    await this.#journal.flushed();
  }

  /** Starts an orchestration; resolves when it is durable. `by` is who asked. */
  async start(
    source: OrchestrationSource,
    origin: { readonly by: string; readonly planFile: string | null },
    scheduled?: ScheduledStart,
  ): Promise<Detail> {
    const { ids, clock, owner } = this.#options;
    const { plan, planText } = source;
    this.#forgetOld();
    const id = ids.orchestrationId();
    const instances = plan.instances.map((spec, position) =>
      newInstanceView(
        { id: ids.instanceId(), orchestrationId: id },
        position,
        spec,
        whyPending(plan, position),
      ),
    );
    const orchestration: OrchestrationView = {
      ...totalsOf(instances),
      id,
      name: plan.name,
      description: plan.description ?? null,
      state: 'running',
      owner,
      planFile: origin.planFile,
      workspace: plan.workspace,
      concurrency: plan.concurrency,
      groups: [],
      pausedBy: null,
      heldBecause: null,
      schedule: scheduled?.schedule ?? null,
      startedAt: instantOf(clock.now()),
      endedAt: null,
      lastSeq: 0,
    };
    const run = new OrchestrationRun({ orchestration, instances }, plan, this.#contextFor());
    this.#runs.set(id, run);
    await run.create(planText, origin.by, scheduled?.records(id) ?? []);
    return { orchestration: run.view, instances: run.instances, planText };
  }

  /** @throws FailureError `orchestration.unknown` */
  async detail(id: OrchestrationId): Promise<Detail> {
    const stored = await this.#options.store.orchestration(id);
    if (stored === null) throw unknownOrchestration(id);
    const run = this.#runs.get(id);
    const planText = stored.source.planText;
    if (run !== undefined) return { orchestration: run.view, instances: run.instances, planText };
    return { orchestration: stored.orchestration, instances: stored.instances, planText };
  }

  async list(query: OrchestrationQuery): Promise<OrchestrationPage> {
    const page = await this.#options.store.orchestrations(query);
    return { ...page, items: page.items.map((view) => this.#runs.get(view.id)?.view ?? view) };
  }

  /** @throws FailureError `instance.unknown` */
  async instance(id: InstanceId): Promise<InstanceView> {
    for (const run of this.#runs.values()) {
      const instance = run.instance(id);
      if (instance !== undefined) return instance.view;
    }
    const view = await this.#options.store.instance(id);
    if (view === null)
      throw failureError('instance.unknown', `There is no instance ${id} in this data directory.`);
    return view;
  }

  /** Stops what runs and what waits. @throws FailureError `orchestration.unknown` */
  async stop(id: OrchestrationId, by: string, force: boolean): Promise<OrchestrationView> {
    const run = this.#runs.get(id);
    if (run === undefined) return (await this.detail(id)).orchestration;
    await run.stop(by, force);
    return run.view;
  }

  async stopAll(by: string, force: boolean): Promise<readonly OrchestrationView[]> {
    const running = [...this.#runs.values()].filter((run) => run.view.state === 'running');
    await Promise.all(running.map((run) => run.stop(by, force)));
    return running.map((run) => run.view);
  }

  /** @throws FailureError `instance.unknown` */
  async stopInstance(id: InstanceId, by: string, force: boolean): Promise<InstanceView> {
    const found = this.#running(id);
    if (found === null) return this.instance(id);
    await found.instance.stop(by, force);
    return found.instance.view;
  }

  /** Runs an instance again, also one of an orchestration that has ended. @throws FailureError `instance.unknown` */
  async restartInstance(id: InstanceId, by: string): Promise<InstanceView> {
    const { orchestrationId } = await this.instance(id);
    const run = await this.#load(orchestrationId);
    const instance = run.instance(id);
    if (instance === undefined) throw failureError('instance.unknown', `There is no instance ${id}.`);
    await instance.restart(by);
    return instance.view;
  }

  /** @throws FailureError `permission.unknown`, `permission.unreachable` */
  async answer(
    id: InstanceId,
    requestId: string,
    answer: PermissionAnswer,
    by: string,
  ): Promise<InstanceView> {
    const found = this.#running(id);
    const outcome = found === null ? 'unknown' : await found.instance.answer(requestId, answer, by);
    if (found === null || outcome === 'unknown') {
      throw failureError(
        'permission.unknown',
        'This permission prompt is not open any more: it was answered or withdrawn.',
      );
    }
    if (outcome === 'unreachable') {
      const message =
        'The instance cannot take an answer: the engine that started it has ended since. Stop or restart it.';
      throw failureError('permission.unreachable', message);
    }
    return found.instance.view;
  }

  eventIndex(id: InstanceId): Promise<string> {
    return this.#options.store.eventIndex(id);
  }

  instanceEvents(id: InstanceId, from: number, limit: number): Promise<readonly OrchestrationEvent[]> {
    return this.#options.store.instanceEvents(id, from, limit);
  }

  eventsAfter(id: OrchestrationId, afterSeq: number, limit: number): Promise<readonly OrchestrationEvent[]> {
    return this.#options.store.eventsAfter(id, afterSeq, limit);
  }

  /** The raw line behind an event. @throws FailureError `event.no_raw`, `spool.missing` */
  async rawLine(id: InstanceId, n: number): Promise<RawLine> {
    const [event] = await this.#options.store.instanceEvents(id, n, 1);
    const source = event?.source ?? null;
    const attemptId = event?.attemptId ?? null;
    if (source === null || attemptId === null) {
      throw failureError(
        'event.no_raw',
        'This event was made by the engine; there is no line of Claude Code behind it.',
      );
    }
    const text = await this.#options.driver.readRaw(attemptId, source, mostRawBytes);
    return { text, bytes: source.length, cut: source.length > mostRawBytes };
  }

  /** All that runs or ended within the last hour, then what changes. */
  overview(signal?: AbortSignal): AsyncGenerator<OverviewUpdate, void> {
    return overviewUpdates(this.#publications, this.#options.clock, () => this.#snapshot(), signal);
  }

  /** What happened in an orchestration after a seq, then what happens. */
  stream(request: StreamRequest, signal?: AbortSignal): AsyncGenerator<StreamBatch, void> {
    const { store, clock } = this.#options;
    const id = request.orchestrationId;
    const replay = {
      page: (afterSeq: number) => store.eventsAfter(id, afterSeq, pageSize),
      views: async () => {
        const run = this.#runs.get(id);
        return run === undefined
          ? store.orchestration(id)
          : { orchestration: run.view, instances: run.instances };
      },
    };
    return streamBatches(this.#publications, clock, { request, replay, abort: signal });
  }

  /** Makes records durable. */
  keep(records: readonly RecordChange[]): Promise<void> {
    return this.#journal.append({ records });
  }

  /** The orchestrations that have not ended. */
  unfinished(): readonly OrchestrationView[] {
    return [...this.#runs.values()].map((run) => run.view).filter(({ state }) => state === 'running');
  }

  /** Resolves when no orchestration is unfinished and all is durable. */
  async idle(): Promise<void> {
    while (this.unfinished().length > 0)
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    await this.#journal.flushed();
  }

  /** Makes everything durable and lets go of the processes, which go on; a later engine takes them over. */
  async close(): Promise<void> {
    for (const run of this.#runs.values()) run.release();
    await this.#journal.flushed();
  }

  #contextFor(): OrchestrationContext {
    const { clock, ids, driver, log, stopTimes = defaultStopTimes, purpose } = this.#options;
    return {
      clock,
      ids,
      driver,
      log,
      stopTimes,
      startsWork: purpose === 'work',
      followsWork: purpose !== 'settle',
      append: (change) => this.#journal.append(change),
      show: (orchestration, instance, deltas) => {
        this.#publications.publish({
          events: [],
          deltas,
          orchestrations: [orchestration],
          instances: [instance],
        });
      },
      onStateChange: () => {
        if (this.unfinished().length > 0) return;
        const waiters = this.#idleWaiters;
        this.#idleWaiters = [];
        for (const wake of waiters) wake();
      },
    };
  }

  /** Drops what ended more than an hour ago from memory; the store has it. */
  #forgetOld(): void {
    const since = instantOf(this.#options.clock.now() - recentMs);
    for (const [id, { view }] of this.#runs) {
      if (view.endedAt !== null && view.endedAt < since) this.#runs.delete(id);
    }
  }

  #adopt(stored: StoredOrchestration): OrchestrationRun {
    const run = new OrchestrationRun(stored, stored.source.plan, this.#contextFor());
    this.#runs.set(stored.orchestration.id, run);
    return run;
  }

  /** The run of an orchestration, made again from the store when it had ended before this engine. */
  async #load(id: OrchestrationId): Promise<OrchestrationRun> {
    const present = this.#runs.get(id);
    if (present !== undefined) return present;
    const loading = this.#loading.get(id) ?? this.#loadStored(id);
    this.#loading.set(id, loading);
    return loading.finally(() => this.#loading.delete(id));
  }

  async #loadStored(id: OrchestrationId): Promise<OrchestrationRun> {
    const stored = await this.#options.store.orchestration(id);
    if (stored === null) throw unknownOrchestration(id);
    return this.#adopt(stored);
  }

  #running(id: InstanceId): { readonly run: OrchestrationRun; readonly instance: InstanceRun } | null {
    for (const run of this.#runs.values()) {
      const instance = run.instance(id);
      if (instance !== undefined) return { run, instance };
    }
    return null;
  }

  async #snapshot(): Promise<OverviewUpdate> {
    const since = instantOf(this.#options.clock.now() - recentMs);
    const { items } = await this.#options.store.orchestrations({ limit: 50 });
    const recent = items.filter(
      ({ id, endedAt }) => !this.#runs.has(id) && endedAt !== null && endedAt >= since,
    );
    const stored = await Promise.all(recent.map(({ id }) => this.#options.store.orchestration(id)));
    const shown = [...this.#runs.values()].filter(
      ({ view }) => view.endedAt === null || view.endedAt >= since,
    );
    return {
      kind: 'snapshot',
      orchestrations: [...shown.map((run) => run.view), ...stored.flatMap((one) => one?.orchestration ?? [])],
      instances: [...shown.flatMap((run) => run.instances), ...stored.flatMap((one) => one?.instances ?? [])],
    };
  }
}

/** Why an instance does not start at once. */
const whyPending = ({ concurrency }: ResolvedPlan, position: number): string | null => {
  if (position === 0) return null;
  if (position < concurrency) return 'Starts after the one before it, by the start-up delay.';
  return `Waits for a free slot: ${String(concurrency)} of ${String(concurrency)} are taken.`;
};

const unknownOrchestration = (id: OrchestrationId) =>
  failureError('orchestration.unknown', `There is no orchestration ${id} in this data directory.`);

/** Opens an engine over its ports and takes up what an earlier one left. */
export const openEngine = async (options: EngineOptions): Promise<Engine> => {
  const engine = new Engine(options);
  await engine.takeOver();
  return engine;
};
