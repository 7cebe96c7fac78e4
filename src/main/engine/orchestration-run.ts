import type { OrchestrationEvent, TextDelta } from '../../shared/domain/event.ts';
import { instantOf, type InstanceId } from '../../shared/domain/ids.ts';
import { isActive, isFinal, type InstanceView } from '../../shared/domain/instance.ts';
import { outcomeOf, type OrchestrationView } from '../../shared/domain/orchestration.ts';
import type { InstanceSpec, ResolvedPlan } from '../../shared/domain/plan-spec.ts';
import { InstanceRun, type EventDraft, type InstanceContext } from './instance-run.ts';
import type { Change } from './journal.ts';
import type { AttemptRecord, RecordChange, StoredOrchestration } from './ports.ts';
import { createTotals } from './totals.ts';

/** What an orchestration needs of the engine. */
export type OrchestrationContext = Omit<InstanceContext, 'append' | 'show' | 'onIdle'> & {
  /** False in an engine that only stops or settles what was left: nothing is started. */
  readonly startsWork: boolean;
  /** False in an engine that only settles what has ended: what is alive is left alone. */
  readonly followsWork: boolean;
  readonly append: (change: Change) => Promise<void>;
  /** Shows figures and text that are not worth a commit. */
  readonly show: (
    orchestration: OrchestrationView,
    instance: InstanceView,
    deltas: readonly TextDelta[],
  ) => void;
  /** Called when all instances have ended, or one was put back to work. */
  readonly onStateChange: () => void;
};

/** One orchestration at work: which of its instances may start, what they add up to, and when it has ended. */
export class OrchestrationRun {
  readonly #context: OrchestrationContext;
  readonly #plan: ResolvedPlan;
  readonly #instances: ReadonlyMap<InstanceId, InstanceRun>;
  readonly #totals = createTotals();
  readonly #shown = new Map<InstanceId, InstanceView>();
  /** Instances that may be pending, in plan order; taken from the front as they start. */
  #queue: InstanceRun[];
  #active = 0;
  #unfinished = 0;
  #view: OrchestrationView;
  #lastStartAt = Number.NEGATIVE_INFINITY;
  #cancelWait: (() => void) | null = null;

  constructor(
    stored: Pick<StoredOrchestration, 'orchestration' | 'instances'>,
    plan: ResolvedPlan,
    context: OrchestrationContext,
  ) {
    this.#context = context;
    this.#plan = plan;
    this.#view = stored.orchestration;
    this.#instances = new Map(
      stored.instances.map((view) => [view.id, this.#createInstance(view, specAt(plan, view.position))]),
    );
    for (const view of stored.instances) this.#count(view);
    this.#queue = [...this.#instances.values()];
  }

  get view(): OrchestrationView {
    return { ...this.#view, ...this.#totals.current() };
  }

  get instances(): readonly InstanceView[] {
    return [...this.#instances.values()].map((run) => run.view);
  }

  /** True while an instance has a process. */
  get isActive(): boolean {
    return this.#active > 0;
  }

  instance(id: InstanceId): InstanceRun | undefined {
    return this.#instances.get(id);
  }

  /** Makes the orchestration durable, with `records` in the same commit, then starts what may start. */
  async create(planText: string, by: string, records: readonly RecordChange[]): Promise<void> {
    const { id, name } = this.#view;
    const at = instantOf(this.#context.clock.now());
    const created = { type: 'orchestration.created', name, instances: this.#instances.size, by } as const;
    const events = this.#stamp([{ body: created, at, attemptId: null, source: null }], null);
    await this.#context.append({
      created: [{ id, source: { plan: this.#plan, planText } }],
      orchestrations: [this.view],
      instances: this.instances,
      events,
      records,
    });
    this.schedule();
  }

  /** Takes up what an earlier engine left: the attempts that had not ended, then the instances that wait. */
  async takeOver(attempts: readonly AttemptRecord[]): Promise<void> {
    const open = attempts.filter(({ endedAt }) => endedAt === null);
    await Promise.all(
      open.map(async (record) => {
        await this.#instances.get(record.instanceId)?.takeOver(record, this.#context.followsWork);
      }),
    );
    this.schedule();
  }

  async stop(by: string, force: boolean): Promise<void> {
    if (this.#view.state !== 'running') return;
    const at = instantOf(this.#context.clock.now());
    const body = { type: 'orchestration.stop_requested', by, force } as const;
    const events = this.#stamp([{ body, at, attemptId: null, source: null }], null);
    const requested = this.#context.append({ events, orchestrations: [this.view] });
    // The waiting ones first, or a slot that a stopped one leaves would start the next.
    this.#queue = [];
    const runs = [...this.#instances.values()].sort(
      (a, b) => Number(isActive(a.view.state)) - Number(isActive(b.view.state)),
    );
    await Promise.all([requested, ...runs.map((run) => run.stop(by, force))]);
  }

  async restart(instance: InstanceRun, by: string): Promise<void> {
    await instance.restart(by);
  }

  /** Starts instances while there is a slot, `startupDelay` after each other. Called whenever something changed. */
  schedule(): void {
    this.#settleState();
    if (!this.#context.startsWork) return;
    while (this.#active < this.#plan.concurrency) {
      const next = this.#queue.find((run) => run.view.state === 'pending');
      if (next === undefined) return;
      const wait = this.#lastStartAt + this.#plan.startupDelayMs - this.#context.clock.now();
      if (wait > 0) {
        this.#cancelWait?.();
        this.#cancelWait = this.#context.clock.after(wait, () => {
          this.schedule();
        });
        return;
      }
      this.#lastStartAt = this.#context.clock.now();
      this.#queue.splice(0, this.#queue.indexOf(next) + 1);
      next.start();
    }
  }

  /** Lets go of all processes, which go on. */
  release(): void {
    this.#cancelWait?.();
    for (const run of this.#instances.values()) run.release();
  }

  #createInstance(view: InstanceView, spec: InstanceSpec): InstanceRun {
    const run: InstanceRun = new InstanceRun(view, spec, {
      ...this.#context,
      append: (next, drafts, attempt) => {
        this.#count(next);
        const events = this.#stamp(drafts, next);
        const attempts = attempt === null ? [] : [attempt];
        return this.#context.append({ events, instances: [next], orchestrations: [this.view], attempts });
      },
      show: (next, deltas) => {
        this.#count(next);
        this.#context.show(this.view, next, deltas);
      },
      onIdle: () => {
        if (run.view.state === 'pending' && !this.#queue.includes(run)) this.#queue.push(run);
        this.schedule();
      },
    });
    return run;
  }

  #count(next: InstanceView): void {
    const before = this.#shown.get(next.id) ?? null;
    this.#shown.set(next.id, next);
    this.#totals.replace(before, next);
    this.#active += Number(isActive(next.state)) - Number(before !== null && isActive(before.state));
    this.#unfinished += Number(!isFinal(next.state)) - Number(before !== null && !isFinal(before.state));
  }

  /** Ends the orchestration when its last instance has, and opens it again when one is put back to work. */
  #settleState(): void {
    const from = this.#view.state;
    const to = this.#unfinished > 0 ? 'running' : outcomeOf(this.instances.map(({ state }) => state));
    if (from === to) return;
    const at = instantOf(this.#context.clock.now());
    this.#view = { ...this.#view, state: to, endedAt: to === 'running' ? null : at };
    const events = this.#stamp(
      [{ body: { type: 'orchestration.state', from, to }, at, attemptId: null, source: null }],
      null,
    );
    void this.#context.append({ events, orchestrations: [this.view] });
    this.#context.onStateChange();
  }

  #stamp(drafts: readonly EventDraft[], instance: InstanceView | null): readonly OrchestrationEvent[] {
    const { id, lastSeq } = this.#view;
    const firstN = instance === null ? null : instance.eventCount - drafts.length;
    const instanceId = instance?.id ?? null;
    this.#view = { ...this.#view, lastSeq: lastSeq + drafts.length };
    // Field by field, for this is done for every event: a spread of the draft took twice as long.
    return drafts.map(({ attemptId, at, source, body }, index) => ({
      orchestrationId: id,
      seq: lastSeq + 1 + index,
      instanceId,
      n: firstN === null ? null : firstN + index,
      attemptId,
      at,
      source,
      body,
    }));
  }
}

const specAt = (plan: ResolvedPlan, position: number): InstanceSpec => {
  const spec = plan.instances[position];
  if (spec === undefined) throw new RangeError(`the plan has no instance ${String(position)}`);
  return spec;
};
