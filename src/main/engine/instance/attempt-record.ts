import type { Failure } from '../../../shared/domain/failure.ts';
import type { AttemptId, Instant } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import { noUsage } from '../../../shared/domain/usage.ts';
import { figuresOf } from './instance-view.ts';
import type { AttemptRecord } from '../store-ports.ts';

/** A session of its own id exists once: a second attempt starts under a fresh one. */
const specOfAttempt = (
  spec: InstanceSpec,
  number: number,
): { readonly instance: InstanceSpec; readonly warnings: readonly Failure[] } => {
  const { session, ...rest } = spec;
  if (number === 1 || session === undefined || !('new' in session)) return { instance: spec, warnings: [] };
  const message = `Session ${session.new} was made by the first attempt; this one gets an id of its own.`;
  return { instance: rest, warnings: [{ code: 'session.id_taken', message }] };
};

/** The record of an instance's next attempt, before it has a process, and what to warn of. */
export const newAttempt = (
  view: InstanceView,
  spec: InstanceSpec,
  id: AttemptId,
  startedAt: Instant,
): { readonly record: AttemptRecord; readonly warnings: readonly Failure[] } => {
  const number = view.attempts + 1;
  const { instance, warnings } = specOfAttempt(spec, number);
  const record: AttemptRecord = {
    id,
    instanceId: view.id,
    orchestrationId: view.orchestrationId,
    number,
    spec: { attemptId: id, instance, workspace: spec.workspace },
    process: null,
    offsets: { stdout: 0, stderr: 0 },
    startedAt,
    endedAt: null,
    exitCode: null,
    signal: null,
    sessionId: null,
    usage: noUsage,
    stopRequested: false,
    answered: [],
    before: figuresOf(view),
  };
  return { record, warnings };
};
