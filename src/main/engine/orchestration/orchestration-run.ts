import type { EventOf } from '../../../shared/domain/event.ts';
import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import { isFinal, isParked, type InstanceView } from '../../../shared/domain/instance.ts';
import { outcomeOf, type OrchestrationView, type Remarked } from '../../../shared/domain/orchestration.ts';
import type { InstanceSpec, JsonValue, ResolvedPlan } from '../../../shared/domain/plan/plan-spec.ts';
import { budgetEnding, crossedEvents, holdForBudget, withMoneyLeft } from '../budget/budget-holding.ts';
import type { BudgetedInstance, BudgetNews } from '../budget/budget-ledger.ts';
import { childrenOf } from './fan-out.ts';
import { InstanceRun } from '../instance/instance-run.ts';
import type { DataFlow, OrchestrationContext } from './orchestration-context.ts';
import { createOrchestrationControls, type OrchestrationControls } from './orchestration-controls.ts';
import { OrchestrationRecorder } from './orchestration-recorder.ts';
import { PlanProgress } from './plan-progress.ts';
import type { AttemptRecord, RecordChange, StoredOrchestration } from '../store-ports.ts';
import { Starts } from './starts.ts';

/** True when what may start next may have changed with an instance. */
const mayGoElsewhere = (before: InstanceView, after: InstanceView): boolean =>
  before.state !== after.state ||
  before.course.next !== after.course.next ||
  before.course.stage !== after.course.stage;

/** One orchestration at work: which of its instances may start, what they add up to, and when it has ended. */
export class OrchestrationRun {
  readonly plan: ResolvedPlan;
  readonly controls: OrchestrationControls;
  readonly #context: OrchestrationContext;
  readonly #recorder: OrchestrationRecorder;
  readonly #instances = new Map<InstanceId, InstanceRun>();
  readonly #progress: PlanProgress;
  readonly #flow: DataFlow;
  readonly #starts: Starts;
  #unfinished = 0;
  #isOpen = false;
  #cancelTimeout: (() => void) | null = null;

  constructor(
    stored: Pick<StoredOrchestration, 'orchestration' | 'instances' | 'specs'>,
    plan: ResolvedPlan,
    context: OrchestrationContext,
  ) {
    const { orchestration, instances, specs } = stored;
    this.plan = plan;
    this.#context = context;
    this.#recorder = new OrchestrationRecorder(orchestration, context);
    this.#flow = context.dataFlow({
      plan,
      id: orchestration.id,
      membersAt: (position) => this.#viewsAt(position),
    });
    this.#starts = new Starts({
      ...context,
      startupDelayMs: plan.startupDelayMs,
      orchestration: () => this.#recorder.plain,
      budgeted: (view) => this.#budgeted(view),
      onUsedUp: (run, budget) => void holdForBudget(run, budget),
      onTime: () => {
        this.schedule();
      },
    });
    this.#progress = new PlanProgress(plan, {
      recorder: this.#recorder,
      holds: (spec, run) => this.#flow.holds(spec, run?.view ?? null),
      items: (spec) => this.#flow.items(spec),
      spawn: (position, items) => this.#spawn(position, items),
      onReady: (run) => {
        this.#starts.enqueue(run);
      },
      onHeldBack: (run) => {
        this.#starts.withdraw(run);
      },
      onSettled: () => {
        this.schedule();
      },
    });
    this.controls = createOrchestrationControls({
      recorder: this.#recorder,
      progress: this.#progress,
      starts: this.#starts,
      runs: () => this.runs(),
      concerns: (account, { view }) => context.ledger.concerns(account, this.#budgeted(view)),
      schedule: () => {
        this.schedule();
      },
    });
    context.ledger.open({ ...plan, id: orchestration.id, isDemo: orchestration.origin === 'demo' });
    for (const view of instances) {
      this.#progress.adopt(this.#createInstance(view, specs[view.id] ?? this.#specAt(view.position)));
    }
  }

  get id(): OrchestrationId {
    return this.#recorder.plain.id;
  }

  get view(): OrchestrationView {
    return this.#recorder.view;
  }

  get isRunning(): boolean {
    return this.#recorder.plain.state === 'running';
  }

  /** True when nothing of it is at work, or waits to be. */
  get isOver(): boolean {
    return this.#unfinished === 0 && this.#progress.unsettledGroups === 0;
  }

  /** In plan order, those of a fan-out by their place in it, however late they came. */
  get instances(): readonly InstanceView[] {
    return this.plan.instances.flatMap((_, position) => this.#viewsAt(position));
  }

  runs(): readonly InstanceRun[] {
    return [...this.#instances.values()];
  }

  instance(id: InstanceId): InstanceRun | undefined {
    return this.#instances.get(id);
  }

  /** Makes the orchestration durable, then starts what may start. */
  async create(planText: string, by: string, records: readonly RecordChange[]): Promise<void> {
    const { id, name } = this.#recorder.plain;
    const created = { type: 'orchestration.created', name, instances: this.#instances.size, by } as const;
    await this.#recorder.append([created], {
      created: [{ id, source: { plan: this.plan, planText } }],
      instances: this.instances,
      records,
    });
    this.#open();
  }

  /** Takes up what an earlier engine left: the attempts that had not ended, then the instances that wait. */
  async takeOver(attempts: readonly AttemptRecord[]): Promise<void> {
    const open = new Map(
      attempts.filter(({ endedAt }) => endedAt === null).map((record) => [record.instanceId, record]),
    );
    for (const record of open.values()) this.#context.ledger.tookOver(record);
    await Promise.all(
      this.runs().map((run) => run.takeOver(open.get(run.view.id) ?? null, this.#context.followsWork)),
    );
    for (const run of this.runs()) if (isParked(run.view)) this.#park(run);
    if (this.isRunning) this.#open();
  }

  /** Changes its name or marks, also when it has ended. */
  remark(change: Partial<Remarked>, body: EventOf<'orchestration.marked'>): Promise<void> {
    this.#recorder.change(change);
    return this.#recorder.append([body]);
  }

  /** Stores the spec that an instance has of its own now, with its next step. */
  keepSpec(run: InstanceRun): Promise<void> {
    return this.#recorder.appendStep({ view: run.view, drafts: [], attempt: null }, run.spec);
  }

  /** Starts instances while there is a slot, `startupDelay` after each other. Called whenever something changed. */
  schedule(): void {
    this.#settleState();
    if (!this.#context.startsWork || !this.isRunning || this.#recorder.plain.pausedBy !== null) return;
    let outcome = this.#starts.next();
    while (outcome.kind === 'started') outcome = this.#starts.next();
    const reason = outcome.kind === 'held' ? outcome.reason : null;
    if (reason === this.#recorder.plain.heldBecause) return;
    this.#recorder.change({ heldBecause: reason });
    void this.#recorder.append([]);
  }

  /** The clock was set, or the machine slept: what waits for a moment may be late. */
  lookAtTime(): void {
    this.#starts.lookAtTime();
    this.schedule();
  }

  /** Lets go of all processes, which go on. */
  release(): void {
    this.#starts.end();
    this.#cancelTimeout?.();
    for (const run of this.#instances.values()) run.release();
  }

  /** One that waits without a process: for a limit to end, or for a person. */
  #park(run: InstanceRun): void {
    const { state, limitedUntil } = run.view;
    this.#context.onProgress(run, []);
    if (state !== 'limited' || limitedUntil === null) return;
    this.#context.gate.onUsageLimit(Date.parse(limitedUntil));
    this.#starts.enqueue(run);
  }

  /** The instances of a place of the plan: one, or those of a fan-out. */
  #viewsAt(position: number): readonly InstanceView[] {
    return this.#progress.members(position).map((run) => run.view);
  }

  /** Begins to decide what may start; of one that had ended, when an instance of it is put back to work. */
  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.plan.instances.forEach((spec, position) => {
      for (const dependency of spec.dependsOn ?? []) {
        if (dependency.kind !== 'orchestration') continue;
        this.#context.watch(dependency, this.view, (outcome) => {
          this.#progress.external(position, dependency, outcome);
          this.schedule();
        });
      }
    });
    this.#progress.open();
    this.#limitTime();
    this.schedule();
  }

  #limitTime(): void {
    const { timers, clock, startsWork } = this.#context;
    const { timeoutMs } = this.plan;
    if (timeoutMs === undefined || !startsWork) return;
    const { startedAt, reopenedAt } = this.#recorder.plain;
    const left = Date.parse(reopenedAt ?? startedAt) + timeoutMs - clock.now();
    this.#cancelTimeout?.();
    this.#cancelTimeout = timers.after(Math.max(0, left), () => {
      const reason = `the orchestration ran longer than its timeout of ${String(timeoutMs / 1000)} s`;
      void this.controls.stop('engine', false, reason);
    });
  }

  #createInstance(view: InstanceView, spec: InstanceSpec): InstanceRun {
    const { ledger } = this.#context;
    if (spec.budget !== undefined) ledger.openInstance(view, view.name, spec.budget);
    const run: InstanceRun = new InstanceRun(view, spec, {
      ...this.#context,
      ...this.#flow,
      prepare: (next, written, signal) =>
        withMoneyLeft(this.#flow.prepare(next, written, signal), () => ledger.left(this.#budgeted(next))),
      append: (next, drafts, attempt) => {
        const news = this.#count(next);
        if (run.isBusy || (next.state !== 'pending' && !isParked(next))) this.#starts.withdraw(run);
        const durable = this.#recorder.appendStep({ view: next, drafts, attempt }, null);
        this.#tell(news);
        this.#progress.workOff();
        // In the same commit: a later engine takes up what has not ended, and nothing else.
        if (!this.isRunning && this.#unfinished > 0) this.#settleState();
        return durable;
      },
      show: (next, deltas) => {
        const news = this.#count(next);
        this.#recorder.show(next, deltas);
        this.#tell(news);
      },
      onProgress: (items) => {
        this.#context.onProgress(run, items);
      },
      onFailure: (failure, resetsAt) => {
        this.#context.onFailure(run, failure, resetsAt);
        return budgetEnding(ledger, this.#budgeted(run.view), failure, run.out.now());
      },
      onIdle: () => {
        if (isParked(run.view)) this.#park(run);
        this.#progress.workOff();
        this.schedule();
      },
    });
    this.#instances.set(view.id, run);
    this.#count(view);
    return run;
  }

  #count(next: InstanceView): BudgetNews | null {
    const before = this.#recorder.count(next);
    this.#starts.count(before, next);
    this.#unfinished += Number(!isFinal(next.state)) - Number(before !== null && !isFinal(before.state));
    if (before !== null && mayGoElsewhere(before, next)) this.#progress.changed(before, next);
    if (before !== null && before.usage === next.usage) return null;
    return this.#context.ledger.count(this.#budgeted(next), before?.usage ?? null, next.usage);
  }

  /** Says what budgets have come to; after the events that led to it. */
  #tell(news: BudgetNews | null): void {
    if (news === null) return;
    const crossed = crossedEvents(news);
    if (crossed.length > 0) void this.#recorder.append(crossed);
    for (const hold of news.exceeded) this.#context.onExceeded(hold);
  }

  #budgeted({ id, orchestrationId, position, startedAt }: InstanceView): BudgetedInstance {
    const { prompt, command } = this.#specAt(position);
    const started = startedAt === null ? null : Date.parse(startedAt);
    return { id, orchestrationId, prompt: prompt ?? command ?? '', startedAt: started };
  }

  /** Makes the instances of a fan-out, durable together with the event that says so. */
  #spawn(position: number, items: readonly JsonValue[]): readonly InstanceRun[] {
    const spec = this.#specAt(position);
    const { id: orchestrationId } = this.#recorder.plain;
    const children = childrenOf(spec, items, { orchestrationId, position }, () =>
      this.#context.ids.instanceId(),
    );
    const runs = children.map((child) => this.#createInstance(child.view, child.spec));
    void this.#recorder.append(
      [{ type: 'group.changed', name: spec.name, state: 'expanded', size: items.length, reason: null }],
      {
        instances: children.map(({ view }) => view),
        specs: children.map((child) => ({ instanceId: child.view.id, spec: child.spec })),
      },
    );
    return runs;
  }

  /** Ends the orchestration when its last instance has, and opens it again when one is put back to work. */
  #settleState(): void {
    const from = this.#recorder.plain.state;
    const { isOver } = this;
    const to = isOver ? this.#outcome() : 'running';
    if (from === to) return;
    this.#recorder.change({
      state: to,
      endedAt: isOver ? this.#recorder.now() : null,
      ...(isOver ? { heldBecause: null, pausedBy: null } : { reopenedAt: this.#recorder.now() }),
    });
    if (isOver) this.#cancelTimeout?.();
    void this.#recorder.append([{ type: 'orchestration.state', from, to }]);
    this.#context.onStateChange();
    if (isOver) return;
    if (this.#isOpen) this.#limitTime();
    else this.#open();
  }

  #outcome(): ReturnType<typeof outcomeOf> {
    const groups = this.#recorder.plain.groups.flatMap(({ state }) =>
      state === 'failed' || state === 'stopped' || state === 'skipped' ? [state] : [],
    );
    return outcomeOf([...this.instances.map(({ state }) => state), ...groups]);
  }

  #specAt(position: number): InstanceSpec {
    const spec = this.plan.instances[position];
    if (spec === undefined) throw new RangeError(`the plan has no instance ${String(position)}`);
    return spec;
  }
}
