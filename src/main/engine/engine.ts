import type { LabelCount } from '../../shared/contract/marks.ts';
import type {
  OrchestrationList,
  OverviewUpdate,
  RawLine,
  StoreTrouble,
  StreamBatch,
} from '../../shared/contract/contract.ts';
import type { SearchPage } from '../../shared/contract/search.ts';
import type { OrchestrationEvent } from '../../shared/domain/event.ts';
import { failureError } from '../../shared/domain/failure.ts';
import { instantOf, type InstanceId, type OrchestrationId } from '../../shared/domain/ids.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import { noMarks, totalsOf, type OrchestrationView } from '../../shared/domain/orchestration.ts';
import type { ResolvedPlan } from '../../shared/domain/plan/plan-spec.ts';
import type { Budgets } from './budget/budgets.ts';
import type { Controls } from './controls.ts';
import { createBudgets } from './budget/engine-budgets.ts';
import { createControls } from './engine-controls.ts';
import { createInboxActions } from './asking/engine-inbox.ts';
import { newGroups } from './orchestration/fan-out.ts';
import {
  listOrchestrations,
  reportUsage,
  searchEvents,
  type ListRequest,
  type SearchRequest,
  type UsageRequest,
} from './finding.ts';
import { answerOpenPrompt, type Answering } from './instance/instance-answers.ts';
import { restartInstance, stopInstance } from './instance/instance-controls.ts';
import { stoppedBy } from './instance/instance-ending.ts';
import { createInbox, type Inbox } from './asking/inbox.ts';
import { newInstanceView } from './instance/instance-view.ts';
import { createJournal, type Journal } from './journal.ts';
import { createMarks, refuseDeleted, type MarksOf } from './marks.ts';
import { openFleet, type Fleet, type FleetOptions } from './fleet.ts';
import type { PermissionAnswer } from './ports.ts';
import type { OrchestrationSource, RecordChange, SeenEnded } from './store-ports.ts';
import type { PermissionRules } from './asking/permission-rules.ts';
import type { Trust } from './asking/trust.ts';
import { overviewUpdates } from './streams/overview-updates.ts';
import { createPublications, type Publications } from './streams/publications.ts';
import { recentMs, unknownInstance, unknownOrchestration, type Runs } from './orchestration/runs.ts';
import { streamBatches, type StreamRequest } from './streams/stream-batches.ts';

export type EngineOptions = Omit<FleetOptions, 'journal' | 'publications'> & {
  /** Who runs this engine: the owner of what is started. */
  readonly owner: string;
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

const pageSize = 500;
const mostRawBytes = 4 * 1024 * 1024;

type EngineParts = {
  readonly options: EngineOptions;
  readonly journal: Journal;
  readonly publications: Publications;
  readonly fleet: Fleet;
};

/** The orchestrator. One per data directory; open it with `openEngine`. */
export class Engine {
  readonly controls: Controls;
  readonly budgets: Budgets;
  readonly marks: MarksOf;
  readonly inbox: Inbox;
  readonly trust: Trust;
  readonly rules: PermissionRules;
  readonly #options: EngineOptions;
  readonly #journal: Journal;
  readonly #publications: Publications;
  readonly #fleet: Fleet;
  readonly #runs: Runs;

  constructor({ options, journal, publications, fleet }: EngineParts) {
    this.#options = options;
    this.#journal = journal;
    this.#publications = publications;
    this.#fleet = fleet;
    this.#runs = fleet.runs;
    this.controls = createControls(fleet.runs);
    this.budgets = createBudgets(fleet);
    this.marks = createMarks({ ...options, journal, publications, runs: fleet.runs });
    this.trust = fleet.trust;
    this.rules = fleet.rules;
    this.inbox = createInbox({
      ...options,
      publications,
      views: () => this.#snapshot(),
      actions: createInboxActions(fleet, this.budgets),
      policyOf: (id) => this.#runs.find(id)?.instance.spec.permissions ?? null,
    });
  }

  /** Takes up all that has not ended. Resolves when what had ended meanwhile is settled. */
  async takeOver(): Promise<void> {
    const unfinished = await this.#options.store.unfinished();
    // All of them first, for they may depend on each other.
    const runs = unfinished.map((stored) => ({ stored, run: this.#runs.add(stored) }));
    await Promise.all(runs.map(({ stored, run }) => run.takeOver(stored.attempts)));
    await this.#journal.flushed();
  }

  /** Starts an orchestration; resolves when it is durable. `by` is who asked. A demo costs nobody anything. */
  async start(
    source: OrchestrationSource,
    origin: { readonly by: string; readonly planFile: string | null; readonly isDemo?: boolean },
    scheduled?: ScheduledStart,
  ): Promise<Detail> {
    const { ids, clock, owner } = this.#options;
    const { plan, planText } = source;
    this.#runs.forgetOld();
    const id = ids.orchestrationId();
    const instances = plan.instances.flatMap((spec, position) =>
      spec.fanOut !== undefined || spec.standby === true
        ? []
        : [
            newInstanceView(
              { id: ids.instanceId(), orchestrationId: id },
              position,
              spec,
              whyPending(plan, position),
            ),
          ],
    );
    const orchestration: OrchestrationView = {
      ...totalsOf(instances),
      ...noMarks,
      id,
      name: plan.name,
      plan: plan.name,
      origin: origin.isDemo === true ? 'demo' : 'netra',
      description: plan.description ?? null,
      state: 'running',
      owner,
      planFile: origin.planFile,
      workspace: plan.workspace,
      concurrency: plan.concurrency,
      groups: newGroups(plan),
      pausedBy: null,
      heldBecause: null,
      schedule: scheduled?.schedule ?? null,
      startedAt: instantOf(clock.now()),
      endedAt: null,
      lastSeq: 0,
    };
    const run = this.#runs.add({ orchestration, instances, specs: {}, source });
    await run.create(planText, origin.by, scheduled?.records(id) ?? []);
    this.#runs.changed();
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

  async list(request: ListRequest): Promise<OrchestrationList> {
    const page = await listOrchestrations(this.#options, request);
    return { ...page, items: page.items.map((view) => this.#runs.get(view.id)?.view ?? view) };
  }

  /** Finds events by what was said and run. */
  search(request: SearchRequest): Promise<SearchPage> {
    return searchEvents(this.#options, request);
  }

  /** @throws FailureError `instance.unknown` */
  async instance(id: InstanceId): Promise<InstanceView> {
    const view = this.#runs.find(id)?.instance.view ?? (await this.#options.store.instance(id));
    if (view === null) throw unknownInstance(id);
    return view;
  }

  /** Stops what runs and what waits. @throws FailureError `orchestration.unknown` */
  async stop(id: OrchestrationId, by: string, force: boolean): Promise<OrchestrationView> {
    const run = this.#runs.get(id);
    if (run === undefined) return (await this.detail(id)).orchestration;
    await run.controls.stop(by, force);
    return run.view;
  }

  async stopAll(by: string, force: boolean): Promise<readonly OrchestrationView[]> {
    const running = this.#runs.all().filter((run) => run.isRunning);
    await Promise.all(running.map((run) => run.controls.stop(by, force)));
    return running.map((run) => run.view);
  }

  /** @throws FailureError `instance.unknown` */
  async stopInstance(id: InstanceId, by: string, force: boolean): Promise<InstanceView> {
    const found = this.#runs.find(id);
    if (found === null) return this.instance(id);
    await stopInstance(found.instance, force, stoppedBy(by));
    return found.instance.view;
  }

  /** Runs an instance again, also one of an orchestration that has ended. @throws FailureError `instance.unknown`, `orchestration.deleted` */
  async restartInstance(id: InstanceId, by: string): Promise<InstanceView> {
    const { run, instance } = await this.#runs.findOrLoad(id);
    refuseDeleted(run.view);
    await restartInstance(instance, by);
    return instance.view;
  }

  /** @throws FailureError `permission.unknown`, `permission.unreachable` */
  async answer(
    id: InstanceId,
    requestId: string,
    answer: PermissionAnswer,
    answering: Answering,
  ): Promise<InstanceView> {
    return answerOpenPrompt(this.#runs.find(id)?.instance ?? null, requestId, answer, answering);
  }

  labels(): Promise<readonly LabelCount[]> {
    return this.#options.store.labels();
  }

  usage(request: UsageRequest): ReturnType<typeof reportUsage> {
    return reportUsage(this.#options, request);
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

  /** Takes an ended orchestration away for good; false when it stays (`Runs.remove`). */
  remove(seen: SeenEnded): Promise<boolean> {
    return this.#runs.remove(seen);
  }

  /** The orchestrations that have not ended. */
  unfinished(): readonly OrchestrationView[] {
    return this.#runs.unfinished();
  }

  /** Resolves when no orchestration is unfinished and all is durable. */
  async idle(): Promise<void> {
    await this.#runs.idle();
    await this.#journal.flushed();
  }

  /** Why what happens cannot be stored at the moment; null while it can. The instances go on, and their spools grow. */
  storeTrouble(): StoreTrouble | null {
    return this.#journal.trouble();
  }

  /** Makes everything durable and lets go of the processes, which go on; a later engine takes them over. */
  async close(): Promise<void> {
    for (const run of this.#runs.all()) run.release();
    this.#fleet.close();
    await this.#journal.end();
  }

  async #snapshot(): Promise<OverviewUpdate> {
    const since = instantOf(this.#options.clock.now() - recentMs);
    const { items } = await this.#options.store.orchestrations({ limit: 50 });
    const recent = items.filter(
      ({ id, endedAt }) => this.#runs.get(id) === undefined && endedAt !== null && endedAt >= since,
    );
    const stored = await Promise.all(recent.map(({ id }) => this.#options.store.orchestration(id)));
    const shown = this.#runs.all().filter(({ view: { endedAt, deletedAt } }) => {
      const isRecent = endedAt === null || endedAt >= since;
      return isRecent && deletedAt === null;
    });
    return {
      kind: 'snapshot',
      orchestrations: [...shown.map((run) => run.view), ...stored.flatMap((one) => one?.orchestration ?? [])],
      instances: [...shown.flatMap((run) => run.instances), ...stored.flatMap((one) => one?.instances ?? [])],
      storeTrouble: this.storeTrouble(),
    };
  }
}

/** Why an instance does not start at once. */
const whyPending = ({ concurrency }: ResolvedPlan, position: number): string | null => {
  if (position === 0) return null;
  if (position < concurrency) return 'Starts after the one before it, by the start-up delay.';
  return `Waits for a free slot: ${String(concurrency)} of ${String(concurrency)} are taken.`;
};

/** Opens an engine over its ports and takes up what an earlier one left. */
export const openEngine = async (options: EngineOptions): Promise<Engine> => {
  const { store, clock, log } = options;
  const publications = createPublications();
  const journal = createJournal({
    store,
    clock,
    log,
    onCommitted: (batch) => {
      publications.publish({ ...batch, deltas: [] });
    },
    onTrouble: (storeTrouble) => {
      publications.publish({ events: [], deltas: [], orchestrations: [], instances: [], storeTrouble });
    },
  });
  const fleet = await openFleet({ ...options, journal, publications });
  const engine = new Engine({ options, journal, publications, fleet });
  await engine.takeOver();
  return engine;
};
