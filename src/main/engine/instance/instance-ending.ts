import {
  newCourse,
  type CheckVerdict,
  type Ending,
  type InstanceCourse,
} from '../../../shared/domain/course.ts';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import type { Hold } from '../../../shared/domain/hold.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import { goOn, type WhatNext } from './after-attempt.ts';
import type { EventDraft, InstanceRecorder } from './instance-recorder.ts';
import type { WorkspaceEnd } from '../workspace-ports.ts';

/** An ending that a person or a budget asks for. */
export type Asked = Exclude<Ending, { readonly kind: 'fail' }>;

/** How far an ending gives way to another one: a stop and a skip are not held up, and what was asked wins over what fails. */
const firmness: Readonly<Record<Ending['kind'], number>> = {
  fail: 0,
  go_on: 1,
  hold: 1,
  restart: 1,
  skip: 2,
  stop: 2,
};

/** The final state that an ending is for good; null when it goes on after it, be it when a budget is raised. */
export const finalOf = (asked: Asked): 'stopped' | 'skipped' | null => {
  if (asked.kind === 'stop') return asked.hold === null ? 'stopped' : null;
  return asked.kind === 'skip' ? 'skipped' : null;
};

/** What an attempt, or what stood in for it, came to. */
export type Came = {
  readonly failure: Failure | null;
  readonly worked: boolean;
  readonly resetsAt: Instant | null;
};

export const neverStarted: Came = { failure: null, worked: false, resetsAt: null };

/** What a person or a budget asked for; what was done before it could be held up is done. */
export const askedFor = (ending: Ending | null, { failure, worked }: Came): Asked | null => {
  if (ending === null || ending.kind === 'fail') return null;
  return ending.kind === 'hold' && failure === null && worked ? null : ending;
};

/** The ending that one that was asked for and one that is asked for now come to together. */
export const endingAfter = (before: Ending | null, next: Ending): Ending => {
  // Of what somebody wants to become of it, the last wish counts.
  if (before === null || next.kind === 'restart') return next;
  const [was, is] = [firmness[before.kind], firmness[next.kind]];
  if (was !== is) return was > is ? before : next;
  if (next.kind === 'stop') return takesOver(next, before) ? next : before;
  if (next.kind === 'skip') return next;
  // A budget that is used up holds it up again when it is to start.
  const isBudget = next.kind === 'hold' && next.hold.kind === 'budget' && before.kind !== 'go_on';
  return was === 1 && !isBudget ? next : before;
};

type Stop = Extract<Ending, { kind: 'stop' }>;

/**
 * True when a stop takes the place of what was asked before. That of a budget, which a higher limit takes back, gives way to
 * what a person asks and does not take its place.
 */
export const takesOver = (next: Stop, before: Ending | null): boolean => {
  if (before?.kind === 'skip') return next.hold === null;
  return before?.kind !== 'stop' || (before.hold !== null && next.hold === null);
};

/** What holds it, or is about to. */
export const holdOf = ({ ending, hold }: InstanceCourse): Hold | null =>
  ending?.kind === 'hold' || ending?.kind === 'stop' ? ending.hold : hold;

/** The ending that a person, or the engine, asks for. */
export const stoppedBy = (by: string): Extract<Ending, { kind: 'stop' }> => ({
  kind: 'stop',
  by,
  reason: `stopped by ${by}`,
  hold: null,
});

/** What an instance fails with whose result its check did not let pass. */
export const checkFailed = ({ output, exitCode }: CheckVerdict): Failure => {
  const how = exitCode === null ? '' : ` (exit code ${String(exitCode)})`;
  const said = output.trim() === '' ? '' : `: ${output.trim().slice(-2000)}`;
  return { code: 'instance.check_failed', message: `The check did not pass${how}${said}` };
};

/** What was begun goes on in its session when it is let go on. */
const keepSession = (out: InstanceRecorder): void => {
  const { sessionId, course } = out.view;
  if (sessionId === null) return;
  out.changeCourse({ next: { ...course.next, resume: sessionId, say: { kind: 'text', text: goOn } } });
};

/** Changes the view to that of one that nothing was tried of; what it used and where it worked stay. */
export const asNew = (out: InstanceRecorder): void => {
  const { workspace } = out.view.course;
  out.change({
    ...{ course: { ...newCourse, workspace }, sessionId: null, startedAt: null, endedAt: null },
    ...{ failure: null, result: null, structured: null, said: null, questions: [], lost: [] },
  });
};

/** Changes the view to what was asked for, and gives the events of it. `hasSession`: an attempt had begun to work. */
export const leavingAs = (
  out: InstanceRecorder,
  ending: Asked,
  hasSession: boolean,
): readonly EventDraft[] => {
  if (ending.kind === 'restart') {
    asNew(out);
    return out.go('pending');
  }
  if (ending.kind === 'hold' || ending.kind === 'go_on') return leavingForNow(out, ending, hasSession);
  if (ending.kind === 'stop' && hasSession) keepSession(out);
  out.change({ questions: [], lost: [], endedAt: out.now() });
  out.changeCourse({ hold: ending.kind === 'stop' ? ending.hold : null, stage: null });
  return ending.kind === 'stop'
    ? out.go('stopped', { reason: ending.reason })
    : out.go('skipped', { reason: `skipped by ${ending.by}` });
};

/** It goes on where it stands: what was done, and only has to be judged, is judged then. */
const leavingForNow = (
  out: InstanceRecorder,
  ending: Extract<Ending, { kind: 'hold' | 'go_on' }>,
  hasSession: boolean,
): readonly EventDraft[] => {
  const { course, lost } = out.view;
  const isDone = course.stage !== null || (lost.length > 0 && !hasSession);
  if (isDone) out.changeCourse({ stage: { kind: 'checking' } });
  else if (hasSession) keepSession(out);
  out.change({ questions: [] });
  out.changeCourse({ hold: ending.kind === 'hold' ? ending.hold : null });
  return ending.kind === 'hold' ? out.go('paused', { reason: ending.reason }) : out.go('pending');
};

/** Changes the view to what comes next, and gives the events of it. */
export const leavingFor = (
  out: InstanceRecorder,
  { how, reason, course }: Extract<WhatNext, { kind: 'again' }>,
): readonly EventDraft[] => {
  const at = course.next.notBefore;
  out.change({ course });
  const said = out.draft({ type: 'instance.next', how, reason, at });
  return how === 'parked'
    ? [said, ...out.go('limited', { reason, limitedUntil: at })]
    : [said, ...out.go('pending', { reason })];
};

/** Tidies up workspaces, and gives the events of it; what cannot be tidied up is warned of and stays. */
export const tidyUp = async (
  out: InstanceRecorder,
  tidy: () => Promise<readonly WorkspaceEnd[]>,
): Promise<readonly EventDraft[]> => {
  try {
    return (await tidy()).map((end) => {
      const reason = end.kind === 'kept' ? end.reason : null;
      return out.draft({ type: 'workspace.changed', change: end.kind, path: end.path, reason });
    });
  } catch (error) {
    const { code, message } = failureOf(error, 'workspace.not_tidied');
    return [out.draft({ type: 'instance.warning', code, message })];
  }
};
