import type { Ending, InstanceCourse } from '../../../shared/domain/course.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import type { Hold } from '../../../shared/domain/hold.ts';
import { isActive, isFinal, isParked } from '../../../shared/domain/instance.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import { holdOf, takesOver } from './instance-ending.ts';
import type { InstanceRun } from './instance-run.ts';

/** Stops it, whatever it is doing, `force` at once; nothing happens when it has ended. */
export const stopInstance = async (
  run: InstanceRun,
  force: boolean,
  how: Extract<Ending, { kind: 'stop' }>,
): Promise<void> => {
  const { state, course } = run.view;
  if (isFinal(state) || (!takesOver(how, course.ending) && !force)) return;
  const requested = run.out.draft({ type: 'instance.stop_requested', by: how.by, force });
  if (run.isBusy) {
    run.end(how, force);
    await run.out.append([requested]);
  } else await run.leaveAsAsked(how, [requested]);
};

/** Puts it back to pending as new, after ending what it does. */
export const restartInstance = async (run: InstanceRun, by: string): Promise<void> => {
  const { state, course } = run.view;
  const requested = run.out.draft({ type: 'instance.restart_requested', by });
  if (!run.isBusy) {
    if (state !== 'pending' || hasBegun(course)) await run.backToPending([requested], true);
    return;
  }
  if (course.ending?.kind === 'restart') return;
  run.end({ kind: 'restart', by }, false);
  await run.out.append([requested]);
};

/** True when something was tried of a pending one. */
const hasBegun = ({ alternative, tries, round, next, stage }: InstanceCourse): boolean =>
  alternative > 0 ||
  tries > 0 ||
  round > 1 ||
  stage !== null ||
  next.resume !== null ||
  next.notBefore !== null;

/** Ends it as skipped; nothing happens when it has ended. */
export const skipInstance = async (run: InstanceRun, by: string): Promise<void> => {
  if (isFinal(run.view.state) || run.view.course.ending?.kind === 'skip') return;
  const asked = run.out.draft({ type: 'instance.control', action: 'skip', by, detail: null });
  const how = { kind: 'skip', by } as const;
  if (run.isBusy) {
    run.end(how, false);
    await run.out.append([asked]);
  } else await run.leaveAsAsked(how, [asked]);
};

/** Holds it up: a running one is interrupted and keeps its session, a waiting one does not start. */
export const holdInstance = async (run: InstanceRun, hold: Hold, reason: string): Promise<void> => {
  const { state, course } = run.view;
  if (isFinal(state) || state === 'paused') return;
  if (course.ending !== null && ['hold', 'stop', 'skip'].includes(course.ending.kind)) return;
  const by = hold.kind === 'person' ? hold.by : 'engine';
  const action = hold.kind === 'person' ? 'pause' : 'hold';
  const asked = run.out.draft({ type: 'instance.control', action, by, detail: reason });
  const how = { kind: 'hold', hold, reason } as const;
  if (run.isBusy) {
    run.end(how, false);
    await run.out.append([asked]);
  } else await run.leaveAsAsked(how, [asked]);
};

/** Lets one go on that was held up; asked while it is still being interrupted, it goes on after that. */
export const resumeInstance = async (run: InstanceRun, by: string): Promise<void> => {
  const { state, course } = run.view;
  const asked = run.out.draft({ type: 'instance.control', action: 'resume', by, detail: null });
  if (run.isBusy) {
    if (course.ending === null || holdOf(course) === null) return;
    run.goOn(by);
    await run.out.append([asked]);
    return;
  }
  const wasHeld = state === 'paused' || (isParked(run.view) && course.hold !== null);
  const wasStopped = state === 'stopped' && course.hold?.kind === 'budget';
  if (wasHeld || wasStopped) await run.backToPending([asked], false);
};

/** One that has failed and asks a person for something asks no more: it stays as it is. */
export const letItBe = async (run: InstanceRun, by: string): Promise<void> => {
  if (run.view.course.hold?.kind !== 'sign_in') return;
  run.out.changeCourse({ hold: null });
  await run.out.append([run.out.draft({ type: 'instance.stop_requested', by, force: false })]);
};

/** Changes what it will run with. False when it has started, or has ended. */
export const editInstance = async (
  run: InstanceRun,
  change: (spec: InstanceSpec) => InstanceSpec,
  { by, detail }: { readonly by: string; readonly detail: string },
): Promise<boolean> => {
  const { state, attempts } = run.view;
  if (run.isBusy || attempts > 0 || isActive(state) || isFinal(state)) return false;
  run.spec = change(run.spec);
  const { prompt, command, model } = run.spec;
  run.out.change({ prompt: prompt ?? command ?? '', model: model ?? null });
  await run.out.append([run.out.draft({ type: 'instance.control', action: 'edit', by, detail })]);
  return true;
};

/** Says what a pending one waits for; shown, and stored with its next event. */
export const waitFor = (run: InstanceRun, reason: string | null): void => {
  if (run.view.state !== 'pending' || run.view.reason === reason) return;
  run.out.change({ reason });
  run.out.show([]);
};

/** Skips one that has not started, because of its condition or of what it depends on. */
export const skipUnasked = (run: InstanceRun, reason: string, byDependency: boolean): Promise<void> => {
  run.out.changeCourse({ skippedByDependency: byDependency });
  return run.out.append(run.out.go('skipped', { reason, endedAt: run.out.now() }));
};

/** What it depends on may come about after all. */
export const unskip = (run: InstanceRun): Promise<void> => {
  run.out.changeCourse({ skippedByDependency: false });
  return run.out.append(run.out.go('pending', { endedAt: null }));
};

/** It cannot even start. */
export const failBeforeStart = (run: InstanceRun, failure: Failure): Promise<void> =>
  run.out.append(run.out.go('failed', { failure, reason: failure.message, endedAt: run.out.now() }));
