import type { Ending } from '../../../shared/domain/course.ts';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import { isActive, isParked, type InstanceView } from '../../../shared/domain/instance.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import { triedSpec } from './after-attempt.ts';
import { newAttempt } from './attempt-record.ts';
import { AttemptRun } from './attempt-run.ts';
import { asNew, endingAfter, neverStarted, stoppedBy, type Asked } from './instance-ending.ts';
import type { InstanceContext } from './instance-context.ts';
import { InstanceOutcome } from './instance-outcome.ts';
import { InstanceRecorder, type EventDraft } from './instance-recorder.ts';
import type { Attempt, AttemptEnd } from '../ports.ts';
import type { AttemptRecord } from '../store-ports.ts';
import type { Preparation, ReadyToStart } from './preparation.ts';

/**
 * One instance on its way: its attempts one after the other, and what comes between them. What people ask of it while it
 * runs is in `instance-controls.ts`.
 */
export class InstanceRun {
  readonly out: InstanceRecorder;
  readonly #context: InstanceContext;
  readonly #outcome: InstanceOutcome;
  #spec: InstanceSpec;
  #present: AttemptRun | null = null;
  #isBusy = false;
  /** Ends a preparation or a check in hand. */
  #work: AbortController | null = null;

  constructor(view: InstanceView, spec: InstanceSpec, context: InstanceContext) {
    this.#spec = spec;
    this.#context = context;
    this.out = new InstanceRecorder(view, () => this.#present?.record ?? null, context);
    this.#outcome = new InstanceOutcome({
      ...context,
      out: this.out,
      spec: () => this.#spec,
      attempt: () => this.#present,
      beginWork: () => this.#beginWork(),
      leave: (events) => this.#leave(events),
    });
  }

  get view(): InstanceView {
    return this.out.view;
  }

  /** What it runs with, as written. */
  get spec(): InstanceSpec {
    return this.#spec;
  }

  set spec(spec: InstanceSpec) {
    this.#spec = spec;
  }

  /** Its process; null while it has none. */
  get attempt(): Attempt | null {
    return this.#present?.attempt ?? null;
  }

  get present(): AttemptRun | null {
    return this.#present;
  }

  /** True from its start until it has left its slot: it must be ended, it cannot just be changed. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Starts an attempt; the instance must be pending or parked. What fails becomes the instance's failure. */
  start(): void {
    this.#isBusy = true;
    this.#guard(this.#begin());
  }

  get #ending(): Ending | null {
    return this.view.course.ending;
  }

  /** Ends what it does. It is durable with the next event. */
  end(how: Ending, force: boolean): void {
    this.out.changeCourse({ ending: endingAfter(this.#ending, how) });
    this.#present?.stop(force);
    this.#work?.abort();
  }

  /** What holds it up is over before it has stopped: it goes on when it has. */
  goOn(by: string): void {
    this.out.changeCourse({ ending: { kind: 'go_on', by } });
  }

  /** Ends an instance that has no process: parked, paused or pending. */
  async leaveAsAsked(how: Asked, events: readonly EventDraft[]): Promise<void> {
    this.#isBusy = true;
    await this.#outcome.leaveAsAsked(how, events);
  }

  /** One that a person was asked about fails, for the answer was no. */
  async failUnstarted(failure: Failure): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.out.changeCourse({ hold: null });
    await this.#outcome.close('failed', { failure, reason: failure.message }, []);
  }

  /** Takes up what an earlier engine left of it when it was at work. With `follow` false it reads only what is there now. */
  async takeOver(record: AttemptRecord | null, follow: boolean): Promise<void> {
    if (record === null) {
      if (follow) await this.#takeUpStage();
      return;
    }
    this.#isBusy = true;
    this.#present = this.#attemptRun(record, true);
    if (record.process === null) {
      await this.#outcome.conclude(neverStarted, this.#present.ended(null));
      return;
    }
    if (record.stopRequested && this.#ending === null) this.end(stoppedBy('engine'), false);
    const settled = this.#present.takeOver(follow).then((end) => this.#settle(end));
    if (follow) this.#guard(settled);
    else await settled.catch((error: unknown) => this.#failToRun(error));
  }

  /** Lets go of the process, which goes on; what is under way beside it is a later engine's. */
  release(): void {
    this.out.release();
    this.#present?.release();
  }

  /** Puts a final, paused or parked one back to pending, as new or as it stands. */
  async backToPending(events: readonly EventDraft[], fresh: boolean): Promise<void> {
    if (fresh) asNew(this.out);
    else this.out.changeCourse({ hold: null });
    await this.out.append([...events, ...this.out.go('pending', { failure: null, endedAt: null })]);
    this.#context.onIdle();
  }

  /** What its last attempt came to counts after all; it was parked to ask. */
  concludeAsItEnded(events: readonly EventDraft[]): void {
    this.#isBusy = true;
    this.#guard(this.#outcome.checkResult(events));
  }

  async #takeUpStage(): Promise<void> {
    const { stage } = this.view.course;
    // What was being tidied up after may be paused, parked or pending.
    const isAtWork = stage?.kind === 'closing' || (isActive(this.view.state) && !isParked(this.view));
    if (!isAtWork) return;
    if (stage === null) {
      await this.#outcome.conclude(neverStarted, []);
      return;
    }
    this.#isBusy = true;
    this.#guard(
      stage.kind === 'checking' ? this.#outcome.checkResult([]) : this.#outcome.close(stage.to, {}, []),
    );
  }

  async #begin(): Promise<void> {
    if (this.view.course.stage !== null) {
      await this.#outcome.judge(this.out.go('starting'));
      return;
    }
    const spec = triedSpec(this.#spec, this.view.course);
    const starting = this.out.go('starting', {
      failure: null,
      result: null,
      structured: null,
      endedAt: null,
    });
    const preparing = this.#context.prepare(this.view, spec, this.#beginWork());
    if (!(preparing instanceof Promise)) {
      await this.#startOrHold(preparing, starting);
      return;
    }
    // Waited for together: a preparation that fails before the start is durable must not go unheard.
    const [prepared] = await Promise.all([preparing, this.out.append(starting)]);
    if (!this.out.isReleased) await this.#startOrHold(prepared, []);
  }

  async #startOrHold(preparation: Preparation, events: readonly EventDraft[]): Promise<void> {
    if (this.#ending !== null) {
      await this.#outcome.conclude(neverStarted, events);
      return;
    }
    if (preparation.kind === 'ready') {
      await this.#startAttempt(preparation, events);
      return;
    }
    this.out.changeCourse({ hold: preparation.hold });
    await this.#leave([...events, ...this.out.go('waiting', { reason: preparation.reason })]);
  }

  async #startAttempt(ready: ReadyToStart, events: readonly EventDraft[]): Promise<void> {
    const { record, warnings } = newAttempt(
      this.view,
      ready.spec,
      this.#context.ids.attemptId(),
      this.out.now(),
    );
    const present = this.#attemptRun(record, false);
    this.#present = present;
    this.out.change({
      attempts: record.number,
      startedAt: this.view.startedAt ?? record.startedAt,
      workspace: ready.spec.workspace,
      prompt: ready.prompt,
    });
    if (ready.workspace !== null) this.out.changeCourse({ workspace: ready.workspace });
    void this.out.append([...events, ...ready.events.map((body) => this.out.draft(body))]);
    await this.#settle(await present.run(ready, warnings));
  }

  #attemptRun(record: AttemptRecord, takenOver: boolean): AttemptRun {
    return new AttemptRun(record, takenOver, {
      ...this.#context,
      out: this.out,
      isEnding: () => this.#ending !== null,
      onFailure: (failure) => {
        this.end({ kind: 'fail', failure }, false);
        // A later engine ends it for the same reason.
        void this.out.append([]);
      },
    });
  }

  /** The attempt has ended; null: it was let go of, and goes on. */
  async #settle(end: AttemptEnd | null): Promise<void> {
    const present = this.#present;
    if (end === null || present === null) return this.out.durable;
    const events = present.ended(end);
    const worked = end.worked || !present.takenOver;
    await this.#outcome.conclude({ failure: end.failure, worked, resetsAt: end.limitResetsAt }, events);
  }

  /** What went wrong outside an attempt's own work is a failure like any other. */
  async #failToRun(error: unknown): Promise<void> {
    const failure = failureOf(error, 'engine.unexpected');
    if (failure.code === 'engine.unexpected') this.#context.log.error('An attempt could not be run', error);
    this.#present?.ended(null);
    // What nobody follows must not go on beside another try.
    await this.attempt?.signal('kill');
    await this.#outcome.conclude({ failure, worked: true, resetsAt: null }, []);
  }

  #guard(work: Promise<void>): void {
    work
      .catch((error: unknown) => this.#failToRun(error))
      .catch((error: unknown) => {
        this.#context.log.error('An instance could not be settled', error);
      });
  }

  /** Something begins that is no attempt; the signal ends it. */
  #beginWork(): AbortSignal {
    this.#work = new AbortController();
    return this.#work.signal;
  }

  async #leave(events: readonly EventDraft[]): Promise<void> {
    this.out.change({ pid: null, activity: null });
    this.out.changeCourse({ ending: null });
    const last = this.#present?.record ?? null;
    // Before it is told: what comes of it may hold this one up at once, or start it again.
    this.#present = null;
    this.#work = null;
    this.#isBusy = false;
    await this.out.append(events, last);
    this.#context.onIdle();
  }
}
