import type { Failure } from './failure.ts';
import type { AttemptId, InstanceId, Instant, OrchestrationId } from './ids.ts';
import type { InstanceState } from './instance.ts';
import type { OrchestrationState } from './orchestration.ts';
import type { Usage } from './usage.ts';

export type OrchestrationAction = 'pause' | 'resume' | 'scale' | 'raise_budget';
export type InstanceAction =
  'pause' | 'resume' | 'skip' | 'send' | 'configure' | 'edit' | 'hold' | 'grant' | 'trust' | 'raise_budget';

/** What became of an orchestration's marks; what stayed is not there. */
export type MarkedChanges = {
  readonly name?: string;
  readonly labels?: readonly string[];
  readonly note?: string | null;
  readonly pinned?: boolean;
  readonly deleted?: boolean;
};

/** What the engine did, or a person through it. `by` names who: a user id, `engine`, or `cli` and so on. */
type EngineEventBody =
  | {
      readonly type: 'orchestration.created';
      readonly name: string;
      readonly instances: number;
      readonly by: string;
    }
  | {
      readonly type: 'orchestration.state';
      readonly from: OrchestrationState;
      readonly to: OrchestrationState;
    }
  | { readonly type: 'orchestration.stop_requested'; readonly by: string; readonly force: boolean }
  | {
      readonly type: 'instance.state';
      readonly from: InstanceState;
      readonly to: InstanceState;
      readonly reason: string | null;
      readonly failure?: Failure;
      readonly until?: Instant;
    }
  /** A person or a policy controls the orchestration; `detail` is a sentence with what was asked. */
  | {
      readonly type: 'orchestration.control';
      readonly action: OrchestrationAction;
      readonly by: string;
      readonly detail: string | null;
    }
  /** A person put marks on the orchestration, renamed, deleted or restored it: what is new of them. */
  | { readonly type: 'orchestration.marked'; readonly changes: MarkedChanges; readonly by: string }
  | {
      readonly type: 'group.changed';
      readonly name: string;
      readonly state: 'expanded' | 'skipped' | 'failed' | 'stopped';
      readonly size: number;
      readonly reason: string | null;
    }
  | {
      readonly type: 'budget.crossed';
      readonly account: string;
      /** Per cent of the limit: 50, 80, 95 or 100. */
      readonly threshold: number;
      readonly message: string;
    }
  | {
      readonly type: 'instance.control';
      readonly action: InstanceAction;
      readonly by: string;
      readonly detail: string | null;
    }
  /** What comes after an attempt that did not do: another try, a fallback, a further round, or a wait. */
  | {
      readonly type: 'instance.next';
      readonly how: 'retry' | 'fallback' | 'round' | 'parked';
      readonly reason: string;
      readonly at: Instant | null;
    }
  | {
      readonly type: 'check.finished';
      readonly passed: boolean;
      readonly exitCode: number | null;
      readonly output: string;
    }
  | {
      readonly type: 'workspace.changed';
      readonly change: 'prepared' | 'kept' | 'removed';
      readonly path: string;
      readonly reason: string | null;
    }
  | { readonly type: 'instance.stop_requested'; readonly by: string; readonly force: boolean }
  | { readonly type: 'instance.restart_requested'; readonly by: string }
  | { readonly type: 'instance.warning'; readonly code: string; readonly message: string }
  | {
      readonly type: 'attempt.started';
      readonly number: number;
      readonly pid: number;
      readonly claudeVersion: string | null;
      /** The command line as run; the environment and the prompt are not in it. */
      readonly command: readonly string[];
      readonly cwd: string;
    }
  | {
      readonly type: 'attempt.ended';
      readonly number: number;
      /** Null when the process was gone before anybody could ask (the engine had been killed), or ended by a signal. */
      readonly exitCode: number | null;
      readonly signal: string | null;
      /** All that the attempt used, exact or estimated. */
      readonly usage: Usage;
    }
  | { readonly type: 'prompt.sent'; readonly text: string; readonly by: string }
  | {
      readonly type: 'permission.answered';
      readonly requestId: string;
      readonly decision: 'allow' | 'deny';
      readonly message: string | null;
      readonly by: string;
      /** The rule that answered, or that was made with the answer. */
      readonly rule?: string;
    };

type MessageBody<Type extends string> = {
  readonly type: Type;
  readonly messageId: string | null;
  readonly text: string;
  readonly model: string | null;
  readonly parentToolUseId: string | null;
  readonly error?: string;
  readonly aborted?: boolean;
};

/** What Claude Code did, as read from its stream. `parentToolUseId` is set inside a subagent. */
type ClaudeEventBody =
  | {
      readonly type: 'session.started';
      readonly sessionId: string;
      readonly model: string | null;
      readonly cwd: string | null;
      readonly permissionMode: string | null;
      readonly claudeVersion: string | null;
      readonly apiKeySource: string | null;
    }
  | MessageBody<'message.text'>
  | MessageBody<'message.thinking'>
  | { readonly type: 'message.user'; readonly text: string; readonly parentToolUseId: string | null }
  | {
      readonly type: 'tool.called';
      readonly toolUseId: string;
      readonly name: string;
      readonly input: unknown;
      readonly parentToolUseId: string | null;
    }
  | {
      readonly type: 'tool.finished';
      readonly toolUseId: string;
      readonly name: string | null;
      readonly isError: boolean;
      /** The text of the result; long ones are cut, the raw line has it all. */
      readonly output: string;
      readonly truncated: boolean;
      readonly durationMs: number | null;
      readonly parentToolUseId: string | null;
    }
  | {
      readonly type: 'permission.requested';
      readonly requestId: string;
      readonly toolName: string;
      readonly toolUseId: string | null;
      readonly description: string | null;
      readonly input: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'permission.cancelled'; readonly requestId: string }
  | {
      readonly type: 'permission.denied';
      readonly toolName: string;
      readonly toolUseId: string | null;
      readonly message: string;
    }
  | {
      readonly type: 'api.retried';
      readonly attempt: number;
      readonly maxRetries: number;
      readonly delayMs: number;
      readonly status: number | null;
      readonly error: string;
    }
  | {
      readonly type: 'task.changed';
      readonly taskId: string;
      readonly toolUseId: string | null;
      readonly status: string;
      readonly description: string | null;
      readonly totalTokens: number | null;
    }
  | {
      readonly type: 'turn.ended';
      readonly subtype: string;
      readonly isError: boolean;
      readonly result: string | null;
      readonly terminalReason: string | null;
      readonly errors: readonly string[];
      readonly apiErrorStatus: number | null;
      readonly turns: number;
      readonly durationMs: number | null;
      readonly ttftMs: number | null;
      /** What was used since the result before, per model. */
      readonly usage: Usage;
    }
  | { readonly type: 'notice'; readonly subtype: string; readonly text: string }
  | { readonly type: 'stderr'; readonly text: string }
  | {
      readonly type: 'raw';
      readonly reason: 'unknown' | 'broken' | 'overlong' | 'unfinished';
      /** The start of the line, at most 4 KiB of it. */
      readonly text: string;
      readonly bytes: number;
    };

export type EventBody = EngineEventBody | ClaudeEventBody;
export type EventType = EventBody['type'];
export type EventOf<T extends EventType> = Extract<EventBody, { readonly type: T }>;

/** Where the line behind an event stands in the attempt's spool: bytes from `offset`, `length` of them, newline left out. */
export type SpoolRange = {
  readonly stream: 'stdout' | 'stderr';
  readonly offset: number;
  readonly length: number;
};

/** Something an attempt or the engine did: durable, numbered per orchestration from 1, never changed. */
export type OrchestrationEvent = {
  readonly orchestrationId: OrchestrationId;
  readonly seq: number;
  readonly instanceId: InstanceId | null;
  /** The number of the event among its instance's, from 0; null for events of the orchestration itself. */
  readonly n: number | null;
  readonly attemptId: AttemptId | null;
  readonly at: Instant;
  readonly source: SpoolRange | null;
  readonly body: EventBody;
};

/** A piece of text while it streams: live only, never stored; the finished block replaces it. */
export type TextDelta = {
  readonly instanceId: InstanceId;
  readonly kind: 'text' | 'thinking' | 'tool_input';
  readonly messageId: string;
  readonly block: number;
  readonly text: string;
  readonly parentToolUseId: string | null;
};

/** One letter per event type: an instance's whole index is a string of these (100,000 events are 100 kB). */
const typeLetters: Readonly<Record<EventType, string>> = {
  'orchestration.created': 'A',
  'orchestration.state': 'B',
  'orchestration.stop_requested': 'C',
  'orchestration.control': 'D',
  'orchestration.marked': 'M',
  'group.changed': 'E',
  'budget.crossed': 'b',
  'instance.state': 's',
  'instance.stop_requested': 'q',
  'instance.restart_requested': 'o',
  'instance.control': 'm',
  'instance.next': 'j',
  'check.finished': 'F',
  'workspace.changed': 'W',
  'instance.warning': 'w',
  'attempt.started': 'a',
  'attempt.ended': 'e',
  'prompt.sent': 'p',
  'permission.answered': 'y',
  'session.started': 'i',
  'message.text': 't',
  'message.thinking': 'h',
  'message.user': 'u',
  'tool.called': 'c',
  'tool.finished': 'f',
  'permission.requested': 'r',
  'permission.cancelled': 'z',
  'permission.denied': 'd',
  'api.retried': 'l',
  'task.changed': 'k',
  'turn.ended': 'x',
  notice: 'n',
  stderr: 'g',
  raw: 'v',
};

const typesByLetter: ReadonlyMap<string, EventType> = new Map(
  Object.entries(typeLetters).map(([type, letter]) => [letter, type as EventType]),
);

/** The types that this version knows. */
export const eventTypes: ReadonlySet<string> = new Set(Object.keys(typeLetters));

/** The letter of an event type, as kept in the store and sent in an index. */
export const letterOf = (type: EventType): string => typeLetters[type];

/** The event type of a letter of an index; undefined for one that this version does not know. */
export const typeOfLetter = (letter: string): EventType | undefined => typesByLetter.get(letter);
