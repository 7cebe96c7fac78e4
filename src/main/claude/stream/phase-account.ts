import type { PermissionQuestion } from '../../../shared/domain/instance.ts';
import type { AttemptPhase } from '../../engine/ports.ts';
import { activityOf } from './activity.ts';

/** A question, and the thread that waits for its answer: null for the main one, else a tool use or an agent id. */
export type OpenQuestion = { readonly question: PermissionQuestion; readonly thread: string | null };

/** Whether the attempt goes on, waits for a person, or for the API. */
export interface PhaseAccount {
  asked(question: OpenQuestion): void;
  /** A question is settled: it was cancelled. False when it was not open. */
  cancelled(requestId: string): boolean;
  /** A tool has its result: what was asked about it, or by the subagent that it was, is settled. */
  toolFinished(toolUseId: string): void;
  /** The API is asked on behalf of a thread, or its turn is over: nothing that it asked can still be open. */
  threadWentOn(thread: string | null): void;
  /** The API is tried again at `until`. */
  limited(limit: Omit<Extract<AttemptPhase, { kind: 'limited' }>, 'kind'>): void;
  /** Something came of it: no longer limited. */
  progressed(): void;
  questions(): readonly PermissionQuestion[];
  current(): AttemptPhase;
  /** The phase if it is another one than at the last call, else null. */
  changed(): AttemptPhase | null;
}

const running: AttemptPhase = { kind: 'running' };

/** Keeps the open questions and the last limit; a question outweighs a limit, a limit outweighs going on. */
export const createPhaseAccount = (): PhaseAccount => {
  let open: readonly OpenQuestion[] = [];
  let limit: AttemptPhase | null = null;
  let given: AttemptPhase | null = null;
  let phase: AttemptPhase = running;

  const update = (): void => {
    const oldest = open[0];
    phase =
      oldest === undefined ? (limit ?? running) : { kind: 'waiting', reason: reasonOf(oldest.question) };
  };
  const settle = (isSettled: (open: OpenQuestion) => boolean): boolean => {
    const left = open.filter((question) => !isSettled(question));
    const any = left.length < open.length;
    open = left;
    update();
    return any;
  };

  return {
    asked(question) {
      open = [...open, question];
      update();
    },
    cancelled: (requestId) => settle(({ question }) => question.requestId === requestId),
    toolFinished(toolUseId) {
      if (open.length > 0) {
        settle(({ question, thread }) => question.toolUseId === toolUseId || thread === toolUseId);
      }
    },
    threadWentOn(thread) {
      if (open.length > 0) settle((question) => question.thread === thread);
    },
    limited(given) {
      limit = { kind: 'limited', ...given };
      update();
    },
    progressed() {
      if (limit === null) return;
      limit = null;
      update();
    },
    questions: () => open.map(({ question }) => question),
    current: () => phase,
    changed() {
      if (given !== null && isSame(given, phase)) return null;
      given = phase;
      return phase;
    },
  };
};

const isSame = (a: AttemptPhase, b: AttemptPhase): boolean => {
  if (a.kind === 'waiting') return b.kind === 'waiting' && a.reason === b.reason;
  if (a.kind === 'limited') return b.kind === 'limited' && a.reason === b.reason && a.until === b.until;
  return b.kind === 'running';
};

const reasonOf = ({ asks, toolName, input, description }: PermissionQuestion): string => {
  if (asks?.kind === 'plan') return 'Asks for approval of its plan';
  if (asks?.kind === 'question') return `Asks: ${asks.questions[0]?.question ?? 'a question'}`;
  const activity = activityOf(toolName, input, null);
  return `Asks whether it may use ${toolName}: ${activity.startsWith('using ') ? (description ?? activity) : activity}`;
};
