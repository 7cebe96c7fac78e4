import type { EventBody, SpoolRange, TextDelta } from '../../shared/domain/event.ts';
import { failureOf, type Failure } from '../../shared/domain/failure.ts';
import { instantOf, type AttemptId, type Instant } from '../../shared/domain/ids.ts';
import {
  canTransition,
  isActive,
  isFinal,
  type InstanceState,
  type InstanceView,
} from '../../shared/domain/instance.ts';
import type { InstanceSpec } from '../../shared/domain/plan-spec.ts';
import { changeOf, isRefusedKey, isTurnEnd, refusedKey } from './attempt-items.ts';
import { newAttempt } from './attempt-record.ts';
import { withProgress } from './instance-view.ts';
import type {
  Attempt,
  AttemptDriver,
  AttemptEnd,
  AttemptItem,
  AttemptOutput,
  AttemptRecord,
  Clock,
  IdSource,
  Log,
  PermissionAnswer,
  StartedAttempt,
} from './ports.ts';
import { createStopLadder, type StopLadder, type StopTimes } from './stop-ladder.ts';

/** An event before it has its numbers. */
export type EventDraft = {
  readonly body: EventBody;
  readonly at: Instant;
  readonly attemptId: AttemptId | null;
  readonly source: SpoolRange | null;
};

/** What an instance needs of the world and of its orchestration. */
export type InstanceContext = {
  readonly clock: Clock;
  readonly ids: Pick<IdSource, 'attemptId'>;
  readonly driver: AttemptDriver;
  readonly log: Log;
  readonly stopTimes: StopTimes;
  /** Numbers the events and makes them durable together with the view and the attempt. */
  readonly append: (
    view: InstanceView,
    events: readonly EventDraft[],
    attempt: AttemptRecord | null,
  ) => Promise<void>;
  /** Shows what is not worth a commit: text as it streams and figures as they move. */
  readonly show: (view: InstanceView, deltas: readonly TextDelta[]) => void;
  /** Called when the instance has left its slot: others may start, the orchestration may have ended. */
  readonly onIdle: () => void;
};

export type AnswerOutcome = 'answered' | 'unknown' | 'unreachable';

/** How the present attempt is to end, other than by itself. */
type Ending =
  | { readonly kind: 'stop' | 'restart'; readonly by: string }
  | { readonly kind: 'fail'; readonly failure: Failure };

/** The present attempt: its record from the start, its process once there is one. */
type Present = {
  readonly record: AttemptRecord;
  readonly attempt: Attempt | null;
  readonly takenOver: boolean;
};

/** One instance: its attempts one after the other, and what people ask of it. Every change of it is an event. */
export class InstanceRun {
  readonly spec: InstanceSpec;
  readonly #context: InstanceContext;
  readonly #ladder: StopLadder;
  #view: InstanceView;
  #present: Present | null = null;
  #ending: Ending | null = null;
  #lastAppend: Promise<void> = Promise.resolve();
  #cancelTimeout: (() => void) | null = null;

  constructor(view: InstanceView, spec: InstanceSpec, context: InstanceContext) {
    this.spec = spec;
    this.#view = view;
    this.#context = context;
    this.#ladder = createStopLadder(context.clock, context.stopTimes, context.log);
  }

  get view(): InstanceView {
    return this.#view;
  }

  /** Starts an attempt; the instance must be pending. What fails becomes the instance's failure. */
  start(): void {
    this.#begin().catch((error: unknown) => this.#failToRun(error));
  }

  /** Stops it, whatever it is doing, `force` at once; nothing happens when it has ended. */
  async stop(by: string, force: boolean): Promise<void> {
    if (isFinal(this.#view.state)) return;
    const requested = this.#draft({ type: 'instance.stop_requested', by, force });
    if (isActive(this.#view.state)) {
      this.#end({ kind: 'stop', by }, force);
      await this.#append([requested]);
      return;
    }
    await this.#append([
      requested,
      ...this.#go('stopped', { endedAt: this.#now(), reason: `stopped by ${by}` }),
    ]);
    this.#context.onIdle();
  }

  /** Puts it back to pending, after stopping it if it runs. */
  async restart(by: string): Promise<void> {
    if (this.#view.state === 'pending') return;
    if (isActive(this.#view.state)) {
      this.#end({ kind: 'restart', by }, false);
      return;
    }
    await this.#backToPending(by);
    this.#context.onIdle();
  }

  /** Answers a permission prompt. */
  async answer(requestId: string, answer: PermissionAnswer, by: string): Promise<AnswerOutcome> {
    const present = this.#present;
    const question = this.#view.questions.find((one) => one.requestId === requestId);
    const attempt = present?.attempt ?? null;
    if (question === undefined || present === null || attempt === null) return 'unknown';
    if (!attempt.answer(question, answer)) return 'unreachable';
    const answered = [...present.record.answered, requestId];
    this.#present = { ...present, record: { ...present.record, answered } };
    const questions = this.#view.questions.filter((one) => one !== question);
    this.#view = { ...this.#view, questions };
    const event = this.#draft({ type: 'permission.answered', requestId, ...answer, by });
    const goesOn = questions.length === 0 && this.#view.state === 'waiting';
    await this.#append([event, ...(goesOn ? this.#go('running') : [])]);
    return 'answered';
  }

  /** Takes up the attempt that an earlier engine left. With `follow` false it reads only what is there now. */
  async takeOver(record: AttemptRecord, follow: boolean): Promise<void> {
    const { process, spec, offsets } = record;
    this.#present = { record, attempt: null, takenOver: true };
    if (process === null) {
      this.#present = { ...this.#present, record: { ...record, endedAt: this.#now() } };
      await this.#leaveSlot(
        this.#go('pending', { reason: 'the engine had ended before its process started' }),
      );
      return;
    }
    try {
      const attempt = await this.#context.driver.takeOver(spec, process, offsets);
      this.#present = { ...this.#present, attempt };
      if (this.#view.questions.length > 0) await this.#warnOfLostQuestions();
      if (follow) this.#goOn(attempt, record);
      else await this.#catchUp(attempt);
    } catch (error) {
      await this.#failToRun(error);
    }
  }

  async #catchUp(attempt: Attempt): Promise<void> {
    const ended = await attempt.catchUp((output) => this.#take(output));
    await (ended === null ? this.#lastAppend : this.#settle(ended));
  }

  #goOn(attempt: Attempt, record: AttemptRecord): void {
    this.#armTimeout(record.startedAt);
    if (record.stopRequested) this.#end({ kind: 'stop', by: 'engine' }, false);
    this.#follow(attempt).catch((error: unknown) => this.#failToRun(error));
  }

  /** Lets go of the process, which goes on. */
  release(): void {
    this.#cancelTimeout?.();
    this.#ladder.done();
    this.#present?.attempt?.release();
  }

  async #begin(): Promise<void> {
    const { driver } = this.#context;
    const { record, warnings } = newAttempt(
      this.#view,
      this.spec,
      this.#context.ids.attemptId(),
      this.#now(),
    );
    const { number } = record;
    this.#present = { record, attempt: null, takenOver: false };
    this.#view = { ...this.#view, attempts: number, startedAt: record.startedAt, endedAt: null };
    await this.#append(this.#go('starting', { failure: null, result: null }));
    const started = await driver.start(record.spec);
    const { attempt } = started;
    this.#present = { record: { ...record, process: attempt.process }, attempt, takenOver: false };
    this.#view = { ...this.#view, pid: attempt.process.pid };
    // Who the process is must be durable before it is given work: an engine that dies in between leaves a process that
    // ends by itself (its stdin closes) and that did nothing, so starting again does nothing twice.
    await this.#append(this.#startedEvents(started, warnings));
    if (this.#ending === null) {
      attempt.prompt(this.#view.prompt);
      void this.#append(this.#begun(this.#now()));
      this.#armTimeout(record.startedAt);
    } else {
      this.#ladder.climb(attempt, true);
    }
    await this.#follow(attempt);
  }

  #startedEvents(
    { attempt, command, claudeVersion, warnings }: StartedAttempt,
    more: readonly Failure[],
  ): EventDraft[] {
    const number = this.#view.attempts;
    const cwd = this.spec.workspace;
    return [
      ...[...more, ...warnings].map(({ code, message }) =>
        this.#draft({ type: 'instance.warning', code, message }),
      ),
      this.#draft({ type: 'attempt.started', number, pid: attempt.process.pid, claudeVersion, command, cwd }),
    ];
  }

  async #follow(attempt: Attempt): Promise<void> {
    const end = await attempt.follow((output) => this.#take(output));
    if (end !== null) await this.#settle(end);
  }

  async #take(output: AttemptOutput): Promise<void> {
    const present = this.#present;
    if (present === null) return;
    const { offsets, progress, items } = output;
    const previous = this.#lastAppend;
    const events = this.#draftsOf(items);
    const record = { ...present.record, offsets, sessionId: progress.sessionId, usage: progress.usage };
    this.#present = { ...present, record };
    this.#view = withProgress(this.#view, record.before, progress, record.answered);
    const id = this.#view.id;
    this.#context.show(
      this.#view,
      output.deltas.map((delta) => ({ ...delta, instanceId: id })),
    );
    if (events.length > 0) void this.#append(events);
    if (items.some(isRefusedKey)) this.#fail(refusedKey);
    // Safe while subagents still work: the CLI finishes them and their turn before it exits (measured, 2.1.330).
    if (this.spec.mode === 'live' && items.some(isTurnEnd)) present.attempt?.endInput();
    // One batch may be on its way to the disk while the next is read; more would cost memory without being faster.
    await previous;
  }

  #draftsOf(items: readonly AttemptItem[]): readonly EventDraft[] {
    const attemptId = this.#present?.record.id ?? null;
    const drafts: EventDraft[] = [];
    for (const item of items) {
      if (this.#view.state === 'starting') drafts.push(...this.#begun(item.at));
      if (item.kind === 'event')
        drafts.push({ body: item.body, at: item.at, attemptId, source: item.source });
      else drafts.push(...this.#go(item.phase.kind, changeOf(item.phase), item.at));
    }
    return drafts;
  }

  async #settle(end: AttemptEnd): Promise<void> {
    const present = this.#present;
    if (present === null) return;
    const { exitCode, signal, progress } = end;
    const { sessionId, usage } = progress;
    const record = { ...present.record, endedAt: this.#now(), exitCode, signal, usage, sessionId };
    this.#present = { ...present, record };
    this.#view = withProgress(this.#view, record.before, progress, record.answered);
    const ended = this.#draft({ type: 'attempt.ended', number: record.number, exitCode, signal, usage });
    await this.#leaveSlot([ended, ...this.#outcome(end, present.takenOver)]);
  }

  #outcome(end: AttemptEnd, takenOver: boolean): readonly EventDraft[] {
    const change = { endedAt: this.#now() };
    if (this.#ending?.kind === 'fail') {
      const { failure } = this.#ending;
      return this.#go('failed', { ...change, failure, reason: failure.message });
    }
    if (this.#ending !== null)
      return this.#go('stopped', { ...change, reason: `stopped by ${this.#ending.by}` });
    if (!end.worked && takenOver) {
      return this.#go('pending', { reason: 'the engine had ended before the work was given' });
    }
    if (end.failure === null) return this.#go('succeeded', change);
    return this.#go('failed', { ...change, failure: end.failure, reason: end.failure.message });
  }

  async #failToRun(error: unknown): Promise<void> {
    const failure = failureOf(error, 'engine.unexpected');
    if (failure.code === 'engine.unexpected') this.#context.log.error('An attempt could not be run', error);
    const present = this.#present;
    const endedAt = this.#now();
    if (present !== null) this.#present = { ...present, record: { ...present.record, endedAt } };
    const ending = this.#ending;
    await this.#leaveSlot(
      ending === null || ending.kind === 'fail'
        ? this.#go('failed', { failure, reason: failure.message, endedAt })
        : this.#go('stopped', { reason: `stopped by ${ending.by}`, endedAt }),
    );
  }

  async #leaveSlot(events: readonly EventDraft[]): Promise<void> {
    const ending = this.#ending;
    this.#cancelTimeout?.();
    this.#ladder.done();
    this.#view = { ...this.#view, pid: null, activity: null, questions: [] };
    const durable = this.#append(events);
    this.#present = null;
    this.#ending = null;
    await durable;
    if (ending?.kind === 'restart') await this.#backToPending(ending.by);
    this.#context.onIdle();
  }

  async #backToPending(by: string): Promise<void> {
    const requested = this.#draft({ type: 'instance.restart_requested', by });
    const cleared = { startedAt: null, endedAt: null, failure: null, result: null, said: null };
    await this.#append([requested, ...this.#go('pending', cleared)]);
  }

  #end(how: Ending, force: boolean): void {
    // What a person asks for wins over what ends it already; a stop is not taken back.
    if (this.#ending?.kind !== 'stop') this.#ending = how;
    const present = this.#present;
    if (present === null) return;
    this.#present = { ...present, record: { ...present.record, stopRequested: true } };
    if (present.attempt !== null) this.#ladder.climb(present.attempt, force);
  }

  #fail(failure: Failure): void {
    if (this.#ending === null) this.#end({ kind: 'fail', failure }, false);
  }

  #armTimeout(startedAt: Instant): void {
    const { timeoutMs } = this.spec;
    if (timeoutMs === undefined) return;
    const left = Date.parse(startedAt) + timeoutMs - this.#context.clock.now();
    const seconds = String(timeoutMs / 1000);
    const message = `It ran longer than its timeout of ${seconds} s. Give it a longer timeout, or less to do.`;
    this.#cancelTimeout = this.#context.clock.after(Math.max(0, left), () => {
      this.#fail({ code: 'instance.timeout', message });
    });
  }

  async #warnOfLostQuestions(): Promise<void> {
    const message =
      'The engine ended while a permission prompt was open: Claude Code took it as refused and went on.';
    this.#view = { ...this.#view, questions: [] };
    await this.#append([this.#draft({ type: 'instance.warning', code: 'permission.lost', message })]);
  }

  /** Changes the state; gives the event to append, or none when nothing changes. */
  #go(
    to: InstanceState,
    change: Partial<InstanceView> = {},
    at: Instant = this.#now(),
  ): readonly EventDraft[] {
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
    return [this.#draft(body, at)];
  }

  #begun(at: Instant): readonly EventDraft[] {
    return [
      this.#draft({ type: 'prompt.sent', text: this.#view.prompt, by: 'engine' }, at),
      ...this.#go('running', {}, at),
    ];
  }

  #append(events: readonly EventDraft[]): Promise<void> {
    this.#view = { ...this.#view, eventCount: this.#view.eventCount + events.length };
    this.#lastAppend = this.#context.append(this.#view, events, this.#present?.record ?? null);
    return this.#lastAppend;
  }

  #draft(body: EventBody, at: Instant = this.#now()): EventDraft {
    return { body, at, attemptId: this.#present?.record.id ?? null, source: null };
  }

  #now(): Instant {
    return instantOf(this.#context.clock.now());
  }
}
