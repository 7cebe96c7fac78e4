import type { EventBody, SpoolRange, TextDelta } from '../../../shared/domain/event.ts';
import { instantOf, type AttemptId, type Instant } from '../../../shared/domain/ids.ts';
import { canTransition, type InstanceState, type InstanceView } from '../../../shared/domain/instance.ts';
import type { InstanceCourse } from '../../../shared/domain/course.ts';
import type { Clock, Log } from '../ports.ts';
import type { AttemptRecord } from '../store-ports.ts';

/** An event before it has its numbers. */
export type EventDraft = {
  readonly body: EventBody;
  readonly at: Instant;
  readonly attemptId: AttemptId | null;
  readonly source: SpoolRange | null;
};

export type RecorderContext = {
  readonly clock: Clock;
  readonly log: Log;
  /** Numbers the events and makes them durable together with the view and the attempt. */
  readonly append: (
    view: InstanceView,
    events: readonly EventDraft[],
    attempt: AttemptRecord | null,
  ) => Promise<void>;
  /** Shows what is not worth a commit: text as it streams and figures as they move. */
  readonly show: (view: InstanceView, deltas: readonly TextDelta[]) => void;
};

/** The view of one instance, and the one way to change it: every change of state is an event with a reason. */
export class InstanceRecorder {
  readonly #context: RecorderContext;
  /** The attempt in hand, whose record is stored with the view. */
  readonly #attempt: () => AttemptRecord | null;
  #view: InstanceView;
  #last: Promise<void> = Promise.resolve();
  #isReleased = false;

  constructor(view: InstanceView, attempt: () => AttemptRecord | null, context: RecorderContext) {
    this.#view = view;
    this.#attempt = attempt;
    this.#context = context;
  }

  get view(): InstanceView {
    return this.#view;
  }

  /** Resolves when all that was appended is durable. */
  get durable(): Promise<void> {
    return this.#last;
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** Nothing is stored from now on, and who waits for that waits for ever: a later engine goes on with what is stored. */
  release(): void {
    this.#isReleased = true;
  }

  now(): Instant {
    return instantOf(this.#context.clock.now());
  }

  /** Changes what is no state; it is stored with the next append. */
  change(change: Partial<Omit<InstanceView, 'state'>>): void {
    this.#view = { ...this.#view, ...change };
  }

  changeCourse(change: Partial<InstanceCourse>): void {
    this.#view = { ...this.#view, course: { ...this.#view.course, ...change } };
  }

  /** Changes the state; gives the event to append, or none when nothing changes. */
  go(to: InstanceState, change: Partial<InstanceView> = {}, at: Instant = this.now()): readonly EventDraft[] {
    const from = this.#view.state;
    const { reason = null, limitedUntil = null } = change;
    this.#view = { ...this.#view, ...change, state: to, reason, limitedUntil };
    if (from === to) return [];
    if (!canTransition(from, to)) {
      this.#context.log.error(`An instance may not go from ${from} to ${to}`, new Error(this.#view.id));
    }
    const { failure } = this.#view;
    const body: EventBody = {
      type: 'instance.state',
      from,
      to,
      reason,
      ...(to === 'failed' && failure !== null && { failure }),
      ...(limitedUntil !== null && { until: limitedUntil }),
    };
    return [this.draft(body, at)];
  }

  draft(body: EventBody, at: Instant = this.now()): EventDraft {
    return { body, at, attemptId: this.#attempt()?.id ?? null, source: null };
  }

  /** Stores events with the view as it is now, and with the attempt in hand; resolves when they are durable. */
  append(events: readonly EventDraft[], attempt: AttemptRecord | null = this.#attempt()): Promise<void> {
    if (this.#isReleased) return new Promise<void>(() => undefined);
    this.#view = { ...this.#view, eventCount: this.#view.eventCount + events.length };
    this.#last = this.#context.append(this.#view, events, attempt);
    return this.#last;
  }

  show(deltas: readonly TextDelta[]): void {
    this.#context.show(this.#view, deltas);
  }
}
