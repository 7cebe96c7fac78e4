import type { EventBody } from '../../../shared/domain/event.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import { instantFromText } from '../../../shared/domain/ids.ts';
import type { PermissionQuestion } from '../../../shared/domain/instance.ts';
import { addUsage } from '../../../shared/domain/usage.ts';
import type { AttemptItem, AttemptOutput, AttemptProgress } from '../../engine/ports.ts';
import type { AttemptEvidence, AttemptFoldOptions, FoldState } from './fold-state.ts';
import { newFoldState } from './fold-state.ts';
import type { SplitLine } from './line-splitter.ts';
import { joinDeltas } from './live-text.ts';
import { createStderrAccount } from './stderr-account.ts';
import { foldLine } from './stream-fold.ts';
import { rawBody } from './stream-mapper.ts';
import type { KnownLine } from './stream-schema.ts';
import { parseLine } from './stream-schema.ts';
import type { TurnStanding } from './turn-account.ts';

export type { AttemptFoldOptions } from './fold-state.ts';
export type { AttemptEvidence } from './fold-state.ts';

/** A fold of an attempt's lines into events, phases, deltas and figures; it knows no clock and no file. */
export interface AttemptFold {
  /** Takes the next line. `readAt` stands in for the time of a line that has none. Never throws on what a line holds. */
  push(line: SplitLine, readAt: Instant): void;
  /** Gives what came of the lines pushed since the last call, and forgets it. */
  take(): Pick<AttemptOutput, 'items' | 'deltas'>;
  progress(): AttemptProgress;
  evidence(): AttemptEvidence;
  /** How the conversation stands. */
  standing(): TurnStanding;
  /** The whole input that an open permission prompt asked about (questions show a cut one); null if unknown. */
  permissionInput(requestId: string): Readonly<Record<string, unknown>> | null;
}

type LinesSeen = { known: number; broken: number; firstBroken: string | null };

/**
 * Folds the lines of one attempt's two streams. Durable events come from whole lines only: each block of a message is
 * one; partial output gives deltas and live figures. Items depend on the lines and their times alone, not on how they
 * were read: an engine that folds a spool again gets the same ones.
 */
export const createAttemptFold = (options: AttemptFoldOptions): AttemptFold => {
  const state = newFoldState(options);
  const stderr = createStderrAccount();
  const seen: LinesSeen = { known: 0, broken: 0, firstBroken: null };
  let items: AttemptItem[] = [];

  const emit = ({ stream, offset, length }: SplitLine, at: Instant, body: EventBody): void => {
    items.push({ kind: 'event', at, source: { stream, offset, length }, body });
  };

  const keepRaw = (line: SplitLine, at: Instant, reason: Parameters<typeof rawBody>[1]): void => {
    if (reason !== 'unknown') {
      seen.broken += 1;
      seen.firstBroken ??= line.text.slice(0, 200);
    }
    emit(line, at, rawBody(line, reason));
  };

  const pushKnown = (line: SplitLine, known: KnownLine, readAt: Instant): void => {
    const stampedAt = instantOfLine(known);
    const at = stampedAt ?? readAt;
    seen.known += 1;
    foldLine(state, known, {
      at,
      stampedAt,
      emit: (body) => emit(line, at, body),
      keepRaw: () => keepRaw(line, at, 'unknown'),
    });
    const phase = state.phase.changed();
    if (phase !== null) items.push({ kind: 'phase', at, phase });
  };

  const pushStdout = (line: SplitLine, readAt: Instant): void => {
    if (line.kind === 'overlong') return keepRaw(line, readAt, 'overlong');
    const parsed = parseLine(line.text);
    if (parsed.kind === 'known') return pushKnown(line, parsed.line, readAt);
    if (parsed.kind === 'unknown') return keepRaw(line, readAt, 'unknown');
    if (parsed.kind === 'broken') {
      keepRaw(line, readAt, line.kind === 'unfinished' ? 'unfinished' : 'broken');
    }
  };

  const pushStderr = (line: SplitLine, readAt: Instant): void => {
    const body = stderr.push(line);
    if (body !== null) emit(line, readAt, body);
  };

  return {
    push(line, readAt) {
      if (line.stream === 'stdout') pushStdout(line, readAt);
      else pushStderr(line, readAt);
    },
    take() {
      const given = { items, deltas: joinDeltas(state.deltas) };
      items = [];
      state.deltas.length = 0;
      return given;
    },
    progress: () => progressOf(state),
    standing: () => state.turn.standing(),
    evidence: () => evidenceOf(state, seen, stderr.tail()),
    permissionInput: (requestId) => state.permissionInputs.get(requestId) ?? null,
  };
};

const evidenceOf = (state: FoldState, seen: LinesSeen, stderrTail: string): AttemptEvidence => {
  const { lastResult, messageError, retrying, usageLimit, structured } = state;
  const lacksResult = state.wantsStructured && structured === null;
  return { lastResult, messageError, retrying, usageLimit, lacksResult, ...seen, stderrTail };
};

const instantOfLine = (line: KnownLine): Instant | null =>
  'timestamp' in line && typeof line.timestamp === 'string' ? instantFromText(line.timestamp) : null;

const progressOf = (state: FoldState): AttemptProgress => {
  const live = state.live.usage();
  const settled = state.account.settled();
  return {
    sessionId: state.sessionId,
    model: state.model,
    usage: live === null ? settled : addUsage(settled, live),
    turns: state.turns + state.live.messages(),
    retries: state.retries,
    toolCalls: state.tools.calls(),
    tools: state.tools.stats(),
    ttftMs: state.ttftMs,
    activity: activityOf(state),
    said: state.text.tail(),
    questions: state.phase.questions(),
    result: state.result,
    structured: state.structured,
    results: state.results,
    openTools: state.tools.open() + state.turn.standing().backgroundTasks,
  };
};

const activityOf = (state: FoldState): string | null => {
  const question = state.phase.questions()[0];
  if (question !== undefined) return waitingFor(question);
  const phase = state.phase.current();
  return phase.kind === 'limited' ? phase.reason : state.activity;
};

const waitingFor = ({ asks, toolName }: PermissionQuestion): string => {
  if (asks === undefined) return `waiting for permission: ${toolName}`;
  return asks.kind === 'plan' ? 'waiting for approval of its plan' : 'waiting for an answer';
};
