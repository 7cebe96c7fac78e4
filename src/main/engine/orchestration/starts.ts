import type { Instant } from '../../../shared/domain/ids.ts';
import { isParked, takesSlot, type InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { BudgetHold, BudgetLedger, BudgetedInstance } from '../budget/budget-ledger.ts';
import type { FleetGate } from '../fleet-gate.ts';
import type { InstanceRun } from '../instance/instance-run.ts';
import type { Clock } from '../ports.ts';
import { createStartQueue } from './start-queue.ts';

export type StartsContext = {
  readonly clock: Clock;
  readonly gate: FleetGate;
  readonly ledger: BudgetLedger;
  readonly startupDelayMs: number;
  readonly orchestration: () => Pick<OrchestrationView, 'concurrency' | 'owner' | 'groups'>;
  readonly budgeted: (view: InstanceView) => BudgetedInstance;
  /** It may not start, for a budget is used up. */
  readonly onUsedUp: (run: InstanceRun, budget: BudgetHold) => void;
  /** Time to call `next` again. */
  readonly onTime: () => void;
};

/** What came of looking for one to start: `idle`, there is none or no slot; `held`, something holds starts up. */
export type StartOutcome =
  { readonly kind: 'started' | 'idle' } | { readonly kind: 'held'; readonly reason: string };

type Delay = { readonly notBefore: Instant; readonly due: number; readonly cancel: () => void };

/** A wait is cut at this, in milliseconds. */
const longestMs = 60_000;

/** The slots of an orchestration, and who waits for one: in plan order, each fan-out within a limit of its own. */
export class Starts {
  readonly #context: StartsContext;
  readonly #queue = createStartQueue<InstanceRun>();
  /** Those that shall not start before some moment; `due` is it by the clock that nobody sets. */
  readonly #delayed = new Map<InstanceRun, Delay>();
  readonly #taken = new Map<string | null, number>();
  #active = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #cancelWait: (() => void) | null = null;
  #hasEnded = false;

  constructor(context: StartsContext) {
    this.#context = context;
  }

  /** Takes in one that may start: pending, or parked for a limit to end. */
  enqueue(run: InstanceRun): void {
    const { notBefore } = run.view.course.next;
    const wait = notBefore === null ? 0 : this.#waitUntil(run, notBefore);
    if (wait > 0) return;
    this.#forgetDelay(run);
    const { state, position, group } = run.view;
    if (run.isBusy) return;
    if (state !== 'pending' && !isParked(run.view)) return;
    this.#queue.add(run, position * 2 ** 20 + (group?.index ?? 0), group?.name ?? null);
  }

  /** It may not start any more. */
  withdraw(run: InstanceRun): void {
    this.#forgetDelay(run);
    this.#queue.remove(run);
  }

  /** An instance's view has changed; keeps count of the slots. */
  count(before: InstanceView | null, next: InstanceView): void {
    const took = before !== null && takesSlot(before);
    const takes = takesSlot(next);
    if (took === takes) return;
    const { gate, orchestration } = this.#context;
    const lane = next.group?.name ?? null;
    const by = takes ? 1 : -1;
    this.#active += by;
    this.#taken.set(lane, (this.#taken.get(lane) ?? 0) + by);
    if (takes) gate.onStarted({ id: next.id, owner: orchestration().owner });
    else this.#freed(next);
  }

  /** Starts the next one, if there is one, a slot for it, and nothing holds it up. */
  next(): StartOutcome {
    const { clock, gate, ledger, budgeted, orchestration, startupDelayMs } = this.#context;
    const { concurrency, owner } = orchestration();
    const isOpen = !this.#hasEnded && this.#active < concurrency;
    const next = isOpen ? this.#queue.peek((lane) => this.#isOpen(lane)) : null;
    if (next === null) return { kind: 'idle' };
    const wait = this.#lastAt + startupDelayMs - clock.monotonic();
    if (wait > 0) return this.#lookAgainIn(wait);
    const starter = { id: next.view.id, owner };
    const slot = gate.mayStart(starter);
    if (!slot.ok) return { kind: 'held', reason: slot.reason };
    const money = ledger.mayStart(budgeted(next.view));
    if (!money.ok && money.kind === 'wait') return { kind: 'held', reason: money.reason };
    this.#queue.remove(next);
    if (money.ok) {
      gate.onStarted(starter);
      ledger.started(budgeted(next.view));
      this.#lastAt = clock.monotonic();
      next.start();
      if (!takesSlot(next.view)) this.#freed(next.view);
    } else this.#context.onUsedUp(next, money);
    return { kind: 'started' };
  }

  /** Looks anew at when those may start that wait for a moment. */
  lookAtTime(): void {
    for (const run of [...this.#delayed.keys()]) this.enqueue(run);
  }

  /** Starts nothing any more. */
  end(): void {
    this.#hasEnded = true;
    this.#cancelWait?.();
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
  }

  /** How long it has to wait yet, in milliseconds; looks again by itself, for the machine may sleep or its clock be set. */
  #waitUntil(run: InstanceRun, notBefore: Instant): number {
    const { clock, onTime } = this.#context;
    const before = this.#delayed.get(run);
    const asked = Date.parse(notBefore) - clock.now();
    const due = before?.notBefore === notBefore ? before.due : clock.monotonic() + asked;
    const wait = Math.min(asked, due - clock.monotonic());
    before?.cancel();
    if (wait <= 0) return 0;
    const cancel = clock.after(Math.min(wait, longestMs), () => {
      this.enqueue(run);
      onTime();
    });
    this.#delayed.set(run, { notBefore, due, cancel });
    return wait;
  }

  /** It takes no slot any more; or never took the one that it was given, for there was nothing to start. */
  #freed(view: InstanceView): void {
    const { gate, ledger, budgeted } = this.#context;
    gate.onEnded(view.id);
    ledger.ended(budgeted(view));
  }

  #isOpen(lane: string | null): boolean {
    if (lane === null) return true;
    const group = this.#context.orchestration().groups.find(({ name }) => name === lane);
    return (this.#taken.get(lane) ?? 0) < (group?.concurrency ?? Number.POSITIVE_INFINITY);
  }

  #lookAgainIn(ms: number): StartOutcome {
    this.#cancelWait?.();
    this.#cancelWait = this.#context.clock.after(ms, this.#context.onTime);
    return { kind: 'idle' };
  }

  #forgetDelay(run: InstanceRun): void {
    this.#delayed.get(run)?.cancel();
    this.#delayed.delete(run);
  }
}
