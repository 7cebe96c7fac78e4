import type { EventBody } from '../../../shared/domain/event.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import { instantOf, type Instant } from '../../../shared/domain/ids.ts';
import { changeOf, isRefusedKey, isTurnEnd, refusedKey } from './attempt-items.ts';
import { watchTime, type TimeWatch } from './attempt-time.ts';
import type { EventDraft, InstanceRecorder } from './instance-recorder.ts';
import { withProgress } from './instance-view.ts';
import type {
  Attempt,
  AttemptDriver,
  AttemptEnd,
  AttemptItem,
  AttemptOutput,
  Clock,
  Log,
  StartedAttempt,
} from '../ports.ts';
import type { AttemptRecord } from '../store-ports.ts';
import type { ReadyToStart } from './preparation.ts';
import { createStopLadder, type StopLadder, type StopTimes } from './stop-ladder.ts';

export type AttemptRunContext = {
  readonly out: InstanceRecorder;
  readonly driver: AttemptDriver;
  readonly clock: Clock;
  /** Timers that count only the time in which the machine is awake. */
  readonly timers: Pick<Clock, 'after'>;
  readonly log: Log;
  readonly stopTimes: StopTimes;
  /** True when it shall end: it is given no work then. */
  readonly isEnding: () => boolean;
  /** It took too long, hangs or was refused, and must be ended. */
  readonly onFailure: (failure: Failure) => void;
  /** Called after each batch of output. */
  readonly onProgress: (items: readonly AttemptItem[]) => void;
};

/** The life of one attempt: its record, its process, what it prints as events of its instance, and its end. */
export class AttemptRun {
  readonly takenOver: boolean;
  readonly #context: AttemptRunContext;
  readonly #ladder: StopLadder;
  #record: AttemptRecord;
  #wasTold = true;
  #attempt: Attempt | null = null;
  #time: TimeWatch | null = null;
  /** It was given its work, by us or by an earlier engine; before that, ending it spoils nothing. */
  #hasWork: boolean;

  constructor(record: AttemptRecord, takenOver: boolean, context: AttemptRunContext) {
    this.takenOver = takenOver;
    this.#record = record;
    this.#hasWork = takenOver;
    this.#context = context;
    this.#ladder = createStopLadder(context.clock, context.stopTimes, context.log);
  }

  get record(): AttemptRecord {
    return this.#record;
  }

  /** The session that knows of its prompt, for the next attempt to go on with; null when there is none. */
  get session(): string | null {
    return this.#wasTold ? this.#record.sessionId : null;
  }

  /** Its process; null before there is one. */
  get attempt(): Attempt | null {
    return this.#attempt;
  }

  /** Starts it and follows it to its end; null when it was let go of. @throws what starting it throws */
  async run(ready: ReadyToStart, warnings: readonly Failure[]): Promise<AttemptEnd | null> {
    const { out, driver, isEnding } = this.#context;
    const started = await driver.start(this.#record.spec);
    const { attempt } = started;
    this.#attempt = attempt;
    this.#record = { ...this.#record, process: attempt.process };
    out.change({ pid: attempt.process.pid });
    // Who the process is must be durable before it is given work: an engine that dies in between leaves a process that
    // ends by itself (its stdin closes) and that did nothing, so starting again does nothing twice.
    await out.append(this.#startedEvents(started, warnings));
    this.#hasWork = true;
    if (isEnding()) this.#ladder.climb(attempt, true);
    else {
      attempt.prompt(ready.text);
      void out.append(this.#begun(out.now(), ready.text));
      this.#limitTime();
    }
    return attempt.follow((output) => this.#take(output));
  }

  /** Follows the process that another engine started; with `follow` false it reads only what is there now. */
  async takeOver(follow: boolean): Promise<AttemptEnd | null> {
    const { process, spec, offsets } = this.#record;
    if (process === null) return null;
    this.#attempt = await this.#context.driver.takeOver(spec, process, offsets);
    if (this.#context.out.view.questions.length > 0) await this.#keepLostQuestions();
    if (!follow) return this.#attempt.catchUp((output) => this.#take(output));
    this.#limitTime();
    if (this.#record.stopRequested) this.stop(false);
    return this.#attempt.follow((output) => this.#take(output));
  }

  answered(requestId: string): void {
    this.#record = { ...this.#record, answered: [...this.#record.answered, requestId] };
  }

  /** Ends its process, more and more firmly, with `force` at once. A later engine goes on with it. */
  stop(force: boolean): void {
    this.#record = { ...this.#record, stopRequested: true };
    if (this.#attempt !== null && this.#hasWork) this.#ladder.climb(this.#attempt, force);
  }

  /** Its process has ended, or never was; gives the event that says so, if there was one. */
  ended(end: AttemptEnd | null): readonly EventDraft[] {
    const { out, clock } = this.#context;
    this.#letGo();
    const endedAt = instantOf(clock.now());
    if (end === null) {
      this.#record = { ...this.#record, endedAt };
      return [];
    }
    const { exitCode, signal, progress } = end;
    this.#wasTold = end.told;
    const { usage, sessionId } = progress;
    this.#record = { ...this.#record, endedAt, exitCode, signal, usage, sessionId };
    out.change(withProgress(out.view, this.#record.before, progress, this.#record.answered));
    const { number } = this.#record;
    return [out.draft({ type: 'attempt.ended', number, exitCode, signal, usage })];
  }

  /** Lets go of the process, which goes on. */
  release(): void {
    this.#letGo();
    this.#attempt?.release();
  }

  #letGo(): void {
    this.#time?.end();
    this.#ladder.done();
  }

  #limitTime(): void {
    const { out, clock, timers, onFailure } = this.#context;
    const { timeoutMs, idleTimeoutMs } = this.#record.spec.instance;
    // A person or the API is waited for: silence says nothing then.
    const isExcused = () => out.view.state === 'waiting' || out.view.state === 'limited';
    const limits = { startedAt: this.#record.startedAt, timeoutMs, idleTimeoutMs };
    this.#time = watchTime(limits, { clock, timers, isExcused, onFailure });
  }

  async #take(output: AttemptOutput): Promise<void> {
    const { out, onFailure, onProgress } = this.#context;
    const { offsets, progress, items, deltas } = output;
    const previous = out.durable;
    const events = this.#draftsOf(items);
    this.#record = { ...this.#record, offsets, sessionId: progress.sessionId, usage: progress.usage };
    this.#time?.heard(progress.openTools);
    out.change(withProgress(out.view, this.#record.before, progress, this.#record.answered));
    const { id } = out.view;
    out.show(deltas.map((delta) => ({ ...delta, instanceId: id })));
    if (events.length > 0) void out.append(events);
    // Also one that comes now, or came before anybody read it: its stdin went with the engine that started it.
    if (this.takenOver && out.view.questions.length > 0) void this.#keepLostQuestions();
    if (items.some(isRefusedKey)) onFailure(refusedKey);
    // Safe while subagents still work: the CLI finishes them and their turn before it exits (measured, 2.1.330).
    if (this.#record.spec.instance.mode === 'live' && items.some(isTurnEnd)) this.#attempt?.endInput();
    onProgress(items);
    // One batch may be on its way to the disk while the next is read; more would cost memory without being faster.
    await previous;
  }

  #draftsOf(items: readonly AttemptItem[]): readonly EventDraft[] {
    const { out } = this.#context;
    const attemptId = this.#record.id;
    const drafts: EventDraft[] = [];
    for (const item of items) {
      if (out.view.state === 'starting') drafts.push(...this.#begun(item.at, out.view.prompt));
      if (item.kind === 'event')
        drafts.push({ body: item.body, at: item.at, attemptId, source: item.source });
      else drafts.push(...out.go(item.phase.kind, changeOf(item.phase), item.at));
    }
    return drafts;
  }

  #begun(at: Instant, text: string): readonly EventDraft[] {
    const { out } = this.#context;
    return [out.draft({ type: 'prompt.sent', text, by: 'engine' }, at), ...out.go('running', {}, at)];
  }

  #startedEvents(
    { attempt, command, claudeVersion, warnings }: StartedAttempt,
    more: readonly Failure[],
  ): readonly EventDraft[] {
    const { out } = this.#context;
    const { number, spec } = this.#record;
    const { pid } = attempt.process;
    const bodies: readonly EventBody[] = [
      ...[...more, ...warnings].map(
        ({ code, message }) => ({ type: 'instance.warning', code, message }) as const,
      ),
      { type: 'attempt.started', number, pid, claudeVersion, command, cwd: spec.workspace },
    ];
    return bodies.map((body) => out.draft(body));
  }

  /**
   * Claude Code takes a prompt as refused when the engine that could answer it is gone, and goes on without the tool. So
   * it is kept, to be asked again when this attempt has ended.
   */
  async #keepLostQuestions(): Promise<void> {
    const { out } = this.#context;
    const { questions, lost } = out.view;
    for (const { requestId } of questions) this.answered(requestId);
    out.change({ questions: [], lost: [...lost, ...questions] });
    const message =
      'The engine ended while a permission prompt was open: Claude Code took it as refused and went on. ' +
      'It is asked again when this attempt has ended.';
    await out.append([out.draft({ type: 'instance.warning', code: 'permission.lost', message })]);
  }
}
