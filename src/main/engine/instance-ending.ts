import { newCourse, type CheckVerdict } from '../../shared/domain/course.ts';
import { failureOf, type Failure } from '../../shared/domain/failure.ts';
import type { Hold } from '../../shared/domain/hold.ts';
import { goOn, type WhatNext } from './after-attempt.ts';
import type { EventDraft, InstanceRecorder } from './instance-recorder.ts';
import type { WorkspaceEnd } from './workspace-ports.ts';

/** How what an instance does is to end, other than by itself. */
export type Ending =
  | { readonly kind: 'stop'; readonly by: string; readonly reason: string; readonly hold: Hold | null }
  | { readonly kind: 'restart'; readonly by: string }
  | { readonly kind: 'skip'; readonly by: string }
  | { readonly kind: 'hold'; readonly hold: Hold; readonly reason: string }
  | { readonly kind: 'fail'; readonly failure: Failure };

/** An ending that a person or a budget asks for. */
export type Asked = Exclude<Ending, { readonly kind: 'fail' }>;

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

/** Changes the view to what was asked for, and gives the events of it. `hasSession`: an attempt had begun to work. */
export const leavingAs = (
  out: InstanceRecorder,
  ending: Asked,
  hasSession: boolean,
): readonly EventDraft[] => {
  const endedAt = out.now();
  if (ending.kind === 'restart') {
    out.change({ course: { ...newCourse, workspace: out.view.course.workspace }, startedAt: null });
    const requested = out.draft({ type: 'instance.restart_requested', by: ending.by });
    return [requested, ...out.go('pending', { failure: null, result: null, structured: null, said: null })];
  }
  if (ending.kind === 'skip') return out.go('skipped', { endedAt, reason: `skipped by ${ending.by}` });
  if (hasSession) keepSession(out);
  out.changeCourse({ hold: ending.hold });
  return ending.kind === 'stop'
    ? out.go('stopped', { endedAt, reason: ending.reason })
    : out.go('paused', { reason: ending.reason });
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

/** Tidies up a workspace, and gives the event of it; what cannot be tidied up is warned of and stays. */
export const tidyUp = async (
  out: InstanceRecorder,
  tidy: () => Promise<WorkspaceEnd | null>,
): Promise<readonly EventDraft[]> => {
  try {
    const end = await tidy();
    if (end === null) return [];
    const reason = end.kind === 'kept' ? end.reason : null;
    return [out.draft({ type: 'workspace.changed', change: end.kind, path: end.path, reason })];
  } catch (error) {
    const { code, message } = failureOf(error, 'workspace.not_tidied');
    return [out.draft({ type: 'instance.warning', code, message })];
  }
};
