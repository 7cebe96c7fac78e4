import { failureOf } from '../../../shared/domain/failure.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type {
  Dependency,
  InstanceSpec,
  JsonValue,
  ResolvedPlan,
} from '../../../shared/domain/plan/plan-spec.ts';
import { failBeforeStart, skipUnasked, unskip, waitFor } from '../instance/instance-controls.ts';
import type { InstanceRun } from '../instance/instance-run.ts';
import type { OrchestrationRecorder } from './orchestration-recorder.ts';
import { createReadiness, type EdgeOutcome, type Readiness, type Verdict } from './readiness.ts';

export type PlanProgressContext = {
  readonly recorder: OrchestrationRecorder;
  /** Whether a condition holds: of an instance, or with null of the place as a whole. @throws FailureError */
  readonly holds: (spec: InstanceSpec, run: InstanceRun | null) => boolean;
  /** What a fan-out runs over. @throws FailureError */
  readonly items: (spec: InstanceSpec) => Promise<readonly JsonValue[]>;
  /** Makes the instances of a fan-out and stores them. */
  readonly spawn: (position: number, items: readonly JsonValue[]) => readonly InstanceRun[];
  /** It may start as soon as there is a slot. */
  readonly onReady: (run: InstanceRun) => void;
  /** It may not start any more, for now. */
  readonly onHeldBack: (run: InstanceRun) => void;
  /** Something was settled: others may start, or all may have ended. */
  readonly onSettled: () => void;
};

/**
 * How far a plan has come: which of its instances may start, which are skipped because of what they depend on or by their
 * condition, and which fan-outs become instances.
 */
export class PlanProgress {
  readonly #plan: ResolvedPlan;
  readonly #context: PlanProgressContext;
  readonly #readiness: Readiness;
  readonly #members: InstanceRun[][];
  /** The fan-outs that are looked at what they run over; another look takes the place of one that came too early. */
  readonly #expanding = new Map<number, symbol>();
  #dirty: number[] = [];
  #isWorking = false;
  #isOpen = false;

  constructor(plan: ResolvedPlan, context: PlanProgressContext) {
    this.#plan = plan;
    this.#context = context;
    this.#readiness = createReadiness(plan.instances);
    this.#members = plan.instances.map(() => []);
  }

  /** How many fan-outs are not settled. */
  get unsettledGroups(): number {
    return this.#context.recorder.plain.groups.filter(({ state }) => state === 'pending').length;
  }

  /** Takes in an instance as it stands; for each at the beginning, and each that is spawned. */
  adopt(run: InstanceRun): void {
    const { position, state } = run.view;
    this.#members[position]?.push(run);
    this.#mark(this.#readiness.changed(position, null, state));
  }

  /** All instances that there are were adopted: from now on it decides. */
  open(): void {
    for (const { position, state } of this.#context.recorder.plain.groups) {
      if (state !== 'pending') this.#settleGroup(position, state);
    }
    this.#isOpen = true;
    this.#mark(this.#plan.instances.map((_, position) => position));
    this.#workOff();
  }

  /** An instance's view has changed. */
  changed(before: InstanceView, after: InstanceView): void {
    this.#mark(this.#readiness.changed(after.position, before.state, after.state));
    if (after.state === 'pending') this.#mark([after.position]);
  }

  /** Acts on what has changed; after the events of the change are on their way, so that causes come first. */
  workOff(): void {
    if (this.#isOpen) this.#workOff();
  }

  /** Acts on what `act` changes only when all of it is changed. */
  afterAll<Result>(act: () => Result): Result {
    const wasWorking = this.#isWorking;
    this.#isWorking = true;
    try {
      return act();
    } finally {
      this.#isWorking = wasWorking;
      this.workOff();
    }
  }

  /** A dependency on another orchestration turned out so. */
  external(position: number, dependency: Dependency, outcome: EdgeOutcome): void {
    this.#mark(this.#readiness.external(position, dependency, outcome));
    this.workOff();
  }

  verdict(position: number): Verdict {
    return this.#readiness.verdict(position);
  }

  members(position: number): readonly InstanceRun[] {
    return this.#members[position] ?? [];
  }

  /** Fan-outs that are not settled never will be. */
  stopGroups(reason: string): void {
    for (const { position, state } of this.#context.recorder.plain.groups) {
      if (state === 'pending') this.#endGroup(position, 'stopped', reason);
    }
  }

  #mark(positions: readonly number[]): void {
    for (const position of positions) this.#dirty.push(position);
  }

  /** A loop and not a recursion: a chain of ten thousand that depend on each other may all be skipped at once. */
  #workOff(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      // Those that are marked meanwhile come at its end.
      for (const position of this.#dirty) this.#reconsider(position);
    } finally {
      this.#dirty = [];
      this.#isWorking = false;
    }
  }

  #reconsider(position: number): void {
    const spec = this.#plan.instances[position];
    if (spec === undefined || spec.standby === true) return;
    const verdict = this.#readiness.verdict(position);
    const group = this.#groupAt(position);
    if (group?.state === 'skipped' && group.skippedByDependency === true && verdict.kind !== 'never')
      this.#reopenGroup(position);
    if (this.#groupAt(position)?.state === 'pending') this.#reconsiderGroup(position, spec, verdict);
    for (const run of this.members(position)) this.#reconsiderInstance(run, verdict);
  }

  #reconsiderInstance(run: InstanceRun, verdict: Verdict): void {
    const { state, course, attempts } = run.view;
    if (state === 'skipped' && course.skippedByDependency && verdict.kind !== 'never') {
      void unskip(run);
      return;
    }
    // One that is being tidied up after has not left yet.
    if (state !== 'pending' || run.isBusy) return;
    if (verdict.kind === 'ready') {
      // The condition is asked once, before the first attempt: later ones are part of what was begun.
      if (attempts > 0 || this.#mayBegin(run)) this.#context.onReady(run);
      return;
    }
    this.#context.onHeldBack(run);
    if (verdict.kind === 'waits') waitFor(run, verdict.reason);
    else this.#skip(run, verdict.reason, true);
  }

  #mayBegin(run: InstanceRun): boolean {
    if (run.spec.when === undefined) return true;
    try {
      if (this.#context.holds(run.spec, run)) return true;
      this.#skip(run, `Its condition does not hold: ${run.spec.when}`, false);
    } catch (error) {
      void failBeforeStart(run, failureOf(error, 'expression.failed'));
      this.#context.onSettled();
    }
    return false;
  }

  #skip(run: InstanceRun, reason: string, byDependency: boolean): void {
    void skipUnasked(run, reason, byDependency);
    this.#context.onSettled();
  }

  #reconsiderGroup(position: number, spec: InstanceSpec, verdict: Verdict): void {
    if (verdict.kind === 'never') {
      this.#context.recorder.changeGroup(position, { skippedByDependency: true });
      this.#endGroup(position, 'skipped', verdict.reason);
    }
    if (verdict.kind === 'waits') this.#context.recorder.changeGroup(position, { reason: verdict.reason });
    // What it depends on is done again: what was found meanwhile is of before that.
    if (verdict.kind !== 'ready') this.#expanding.delete(position);
    else if (!this.#expanding.has(position)) this.#beginToExpand(position, spec);
  }

  #beginToExpand(position: number, spec: InstanceSpec): void {
    const look = Symbol(spec.name);
    const isLatest = (): boolean => this.#expanding.get(position) === look;
    const isWanted = (): boolean => isLatest() && this.#groupAt(position)?.state === 'pending';
    this.#expanding.set(position, look);
    this.#expand(position, spec, isWanted)
      .catch((error: unknown) => {
        if (isWanted()) this.#endGroup(position, 'failed', failureOf(error, 'fanout.failed').message);
      })
      .finally(() => {
        if (isLatest()) this.#expanding.delete(position);
      });
  }

  async #expand(position: number, spec: InstanceSpec, isWanted: () => boolean): Promise<void> {
    if (spec.when !== undefined && !this.#context.holds(spec, null)) {
      this.#endGroup(position, 'skipped', `Its condition does not hold: ${spec.when}`);
      return;
    }
    const items = await this.#context.items(spec);
    if (!isWanted()) return;
    this.#context.recorder.changeGroup(position, { state: 'expanded', size: items.length, reason: null });
    for (const run of this.#context.spawn(position, items)) this.adopt(run);
    this.#mark([...this.#readiness.settled(position), position]);
    this.#workOff();
    this.#context.onSettled();
  }

  /** A fan-out that comes to nothing counts, for what depends on it, as one instance that ended so. */
  #endGroup(position: number, state: 'skipped' | 'failed' | 'stopped', reason: string): void {
    const { recorder } = this.#context;
    const name = this.#groupAt(position)?.name ?? '';
    recorder.changeGroup(position, { state, reason });
    void recorder.append([{ type: 'group.changed', name, state, size: 0, reason }]);
    this.#settleGroup(position, state);
    this.workOff();
    this.#context.onSettled();
  }

  /** What it depends on may come about after all. */
  #reopenGroup(position: number): void {
    const { recorder } = this.#context;
    recorder.changeGroup(position, { state: 'pending', reason: null, skippedByDependency: false });
    void recorder.append([]);
    this.#mark(this.#readiness.unsettled(position, 'skipped'));
  }

  #settleGroup(position: number, state: 'expanded' | 'skipped' | 'failed' | 'stopped'): void {
    if (state !== 'expanded') this.#mark(this.#readiness.changed(position, null, state));
    this.#mark(this.#readiness.settled(position));
  }

  #groupAt(position: number) {
    return this.#context.recorder.plain.groups.find((group) => group.position === position);
  }
}
