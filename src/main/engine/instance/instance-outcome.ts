import { freshAttempt, type Ending } from '../../../shared/domain/course.ts';
import { failureClassOf } from '../../../shared/domain/failure-class.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import { afterFailure, triedSpec } from './after-attempt.ts';
import type { AttemptRun } from './attempt-run.ts';
import type { InstanceContext } from './instance-context.ts';
import {
  askedFor,
  checkFailed,
  finalOf,
  leavingAs,
  leavingFor,
  tidyUp,
  type Asked,
  type Came,
} from './instance-ending.ts';
import type { EventDraft, InstanceRecorder } from './instance-recorder.ts';

export type InstanceOutcomeContext = Pick<
  InstanceContext,
  'clock' | 'chance' | 'check' | 'tidy' | 'onFailure'
> & {
  readonly out: InstanceRecorder;
  /** What it runs with, as written. */
  readonly spec: () => InstanceSpec;
  /** The attempt that has ended; null when there was none. */
  readonly attempt: () => AttemptRun | null;
  /** Something begins that is no attempt; the signal ends it. */
  readonly beginWork: () => AbortSignal;
  /** It leaves its slot with these events. */
  readonly leave: (events: readonly EventDraft[]) => Promise<void>;
};

/** What becomes of an instance when an attempt has ended: a check, another try, a question asked again, its final state. */
export class InstanceOutcome {
  readonly #context: InstanceOutcomeContext;
  readonly #out: InstanceRecorder;

  constructor(context: InstanceOutcomeContext) {
    this.#context = context;
    this.#out = context.out;
  }

  get #ending(): Ending | null {
    return this.#out.view.course.ending;
  }

  /** What becomes of the instance now that its attempt has ended, or could not be run. */
  async conclude(came: Came, events: readonly EventDraft[]): Promise<void> {
    const ending = this.#ending;
    this.#out.change({ pid: null, activity: null, questions: [] });
    const asked = askedFor(ending, came);
    if (asked !== null) return this.leaveAsAsked(asked, events);
    if (!came.worked && ending === null) {
      const reason = 'the engine had ended before the work was given';
      await this.#context.leave([...events, ...this.#out.go('pending', { reason })]);
      return;
    }
    const failure = ending?.kind === 'fail' ? ending.failure : came.failure;
    if (failure !== null && !this.#brokeOffToAsk(failure))
      return this.#goOnAfter(failure, came.resetsAt, events);
    this.#out.changeCourse({ next: freshAttempt });
    return this.judge(events);
  }

  /** What a good end comes to: it counts when nothing is left to ask, and its check passes. */
  judge(events: readonly EventDraft[]): Promise<void> {
    return this.#out.view.lost.length > 0 ? this.#askAgain(events) : this.checkResult(events);
  }

  /** It broke off for a question that nobody could answer once its engine had ended: a question is asked again. */
  #brokeOffToAsk({ code }: Failure): boolean {
    return code === 'claude.interrupted' && this.#out.view.lost.length > 0 && this.#ending === null;
  }

  /**
   * Claude Code takes a prompt as refused when the engine that could answer it is gone, and goes on without the tool. So
   * it is asked again now; an answer goes on in the same session.
   */
  #askAgain(events: readonly EventDraft[]): Promise<void> {
    this.#out.change({ questions: this.#out.view.lost });
    this.#out.changeCourse({ stage: null });
    const reason = 'A permission prompt was open when the engine ended: it is asked again.';
    return this.#context.leave([...events, ...this.#out.go('waiting', { reason })]);
  }

  /** The result of a good end counts when its check passes. */
  async checkResult(events: readonly EventDraft[]): Promise<void> {
    const spec = triedSpec(this.#context.spec(), this.#out.view.course);
    if (spec.check === undefined) return this.close('succeeded', {}, events);
    this.#out.change({ activity: 'checking the result' });
    this.#out.changeCourse({ stage: { kind: 'checking' } });
    const signal = this.#context.beginWork();
    await this.#out.append([...events, ...this.#out.go('running')]);
    const asked = this.#asked;
    if (asked !== null) return this.leaveAsAsked(asked, []);
    const verdict = await this.#context.check(this.#out.view, spec, signal);
    this.#out.change({ activity: null });
    const askedMeanwhile = this.#asked;
    if (askedMeanwhile !== null) return this.leaveAsAsked(askedMeanwhile, []);
    this.#out.changeCourse({ stage: null, check: verdict });
    const finished = [this.#out.draft({ type: 'check.finished', ...verdict })];
    if (verdict.passed) return this.close('succeeded', {}, finished);
    return this.#goOnAfter(checkFailed(verdict), null, finished);
  }

  /** Another try, another way, another round, a wait for a limit to end; or it has failed. */
  async #goOnAfter(failure: Failure, resetsAt: Instant | null, events: readonly EventDraft[]): Promise<void> {
    const { chance, clock, onFailure } = this.#context;
    const asked = onFailure(failure, resetsAt);
    if (asked !== null) return this.leaveAsAsked(asked, events);
    const now = clock.now();
    const { course } = this.#out.view;
    // Of this attempt: one that it had before is no base for what it did not begin.
    const attempt = this.#context.attempt();
    const sessionId = attempt === null ? this.#out.view.sessionId : attempt.session;
    const next = afterFailure(this.#context.spec(), course, {
      failure,
      sessionId,
      resetsAt,
      now,
      chance: chance.next(),
    });
    if (next.kind === 'failed') return this.#fail(next.failure, events);
    await this.#context.leave([...events, ...leavingFor(this.#out, next)]);
  }

  async #fail(failure: Failure, events: readonly EventDraft[]): Promise<void> {
    const { message } = failure;
    if (failureClassOf(failure) === 'auth') {
      this.#out.changeCourse({ hold: { kind: 'sign_in', message, since: this.#out.now() } });
    }
    await this.close('failed', { failure, reason: message }, events);
  }

  /** It leaves as somebody asked; what is over for good is tidied up before. */
  leaveAsAsked(asked: Asked, events: readonly EventDraft[]): Promise<void> {
    const to = finalOf(asked);
    if (to === null || !this.#mayHaveWorkspace)
      return this.#context.leave([...events, ...this.#asAsked(asked)]);
    // Nothing else is to come of it meanwhile: no answer, no budget.
    this.#out.change({ questions: [], lost: [] });
    this.#out.changeCourse({ ending: asked, hold: null });
    return this.close(to, {}, events);
  }

  /** Tidies up its workspaces, then goes to its final state. */
  async close(
    to: 'succeeded' | 'failed' | 'stopped' | 'skipped',
    change: Partial<InstanceView>,
    events: readonly EventDraft[],
  ): Promise<void> {
    if (!this.#mayHaveWorkspace) {
      await this.#context.leave([...events, ...this.#out.go(to, { ...change, endedAt: this.#out.now() })]);
      return;
    }
    this.#out.change(change);
    this.#out.changeCourse({ stage: { kind: 'closing', to } });
    await this.#out.append(events);
    const outcome = to === 'succeeded' ? to : 'not_succeeded';
    const tidied = await tidyUp(this.#out, () => this.#context.tidy(this.#out.view, outcome));
    this.#out.changeCourse({ stage: null });
    const asked = this.#asked;
    const isForAsking = to === 'stopped' || to === 'skipped';
    if (asked !== null && (isForAsking || asked.kind === 'restart'))
      return this.#context.leave([...tidied, ...this.#asAsked(asked)]);
    const { failure, reason } = this.#out.view;
    await this.#context.leave([
      ...tidied,
      ...this.#out.go(to, { failure, reason, endedAt: this.#out.now() }),
    ]);
  }

  /**
   * False when nothing can have been made for it, as for most. That nothing is on record says nothing: a workspace is made while the
   * start is being stored, and the engine may have been killed then.
   */
  get #mayHaveWorkspace(): boolean {
    const spec = this.#context.spec();
    return [spec, ...(spec.alternatives ?? [])].some(
      ({ workspaceSpec }) => workspaceSpec !== undefined && workspaceSpec.kind !== 'folder',
    );
  }

  /** What a person or a budget asked for since it began. */
  get #asked(): Asked | null {
    const ending = this.#ending;
    return ending === null || ending.kind === 'fail' ? null : ending;
  }

  #asAsked(ending: Asked): readonly EventDraft[] {
    return leavingAs(this.#out, ending, (this.#context.attempt()?.session ?? null) !== null);
  }
}
