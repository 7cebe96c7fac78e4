import type { EventBody, OrchestrationEvent, TextDelta } from '../../../shared/domain/event.ts';
import { instantOf, type InstanceId, type Instant } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { GroupView, OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import type { EventDraft } from '../instance/instance-recorder.ts';
import type { Change } from '../journal.ts';
import type { Clock } from '../ports.ts';
import type { AttemptRecord } from '../store-ports.ts';
import { createTotals } from './totals.ts';

export type OrchestrationRecorderContext = {
  readonly clock: Clock;
  readonly append: (change: Change) => Promise<void>;
  /** Shows figures and text that are not worth a commit. */
  readonly show: (
    orchestration: OrchestrationView,
    instance: InstanceView,
    deltas: readonly TextDelta[],
  ) => void;
};

/** What one step of an instance makes durable. */
export type InstanceStep = {
  readonly view: InstanceView;
  readonly drafts: readonly EventDraft[];
  readonly attempt: AttemptRecord | null;
};

/** The view of one orchestration, with what its instances add up to; numbers its events, and makes them durable. */
export class OrchestrationRecorder {
  readonly #context: OrchestrationRecorderContext;
  readonly #totals = createTotals();
  readonly #shown = new Map<InstanceId, InstanceView>();
  #view: OrchestrationView;

  constructor(view: OrchestrationView, context: OrchestrationRecorderContext) {
    this.#view = view;
    this.#context = context;
  }

  get view(): OrchestrationView {
    return { ...this.#view, ...this.#totals.current() };
  }

  /** Without the sums, for who only wants the rest of it: these cost more. */
  get plain(): Omit<OrchestrationView, 'counts' | 'usage' | 'instanceCount' | 'toolCalls'> {
    return this.#view;
  }

  now(): Instant {
    return instantOf(this.#context.clock.now());
  }

  /** Takes in an instance's new view; gives the one before, null for a new one. */
  count(next: InstanceView): InstanceView | null {
    const before = this.#shown.get(next.id) ?? null;
    this.#shown.set(next.id, next);
    this.#totals.replace(before, next);
    return before;
  }

  /** Changes the view; it is stored with the next append. */
  change(change: Partial<OrchestrationView>): void {
    this.#view = { ...this.#view, ...change };
  }

  changeGroup(position: number, change: Partial<GroupView>): void {
    const groups = this.#view.groups.map((group) =>
      group.position === position ? { ...group, ...change } : group,
    );
    this.#view = { ...this.#view, groups };
  }

  /** Stores events of the orchestration itself, and what belongs to them. */
  append(bodies: readonly EventBody[], more: Change = {}): Promise<void> {
    const at = instantOf(this.#context.clock.now());
    const drafts = bodies.map((body) => ({ body, at, attemptId: null, source: null }));
    const events = this.#stamp(drafts, null);
    return this.#context.append({ ...more, events, orchestrations: [this.view] });
  }

  /** Stores a step of an instance, which was counted. */
  appendStep({ view, drafts, attempt }: InstanceStep, spec: InstanceSpec | null): Promise<void> {
    const events = this.#stamp(drafts, view);
    return this.#context.append({
      events,
      instances: [view],
      orchestrations: [this.view],
      attempts: attempt === null ? [] : [attempt],
      ...(spec !== null && { specs: [{ instanceId: view.id, spec }] }),
    });
  }

  show(view: InstanceView, deltas: readonly TextDelta[]): void {
    this.#context.show(this.view, view, deltas);
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
