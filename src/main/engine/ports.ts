import type { EventBody, SpoolRange, TextDelta } from '../../shared/domain/event.ts';
import type { Failure } from '../../shared/domain/failure.ts';
import type { AttemptId, InstanceId, Instant, OrchestrationId } from '../../shared/domain/ids.ts';
import type { PermissionQuestion, ToolStats } from '../../shared/domain/instance.ts';
import type { InlineObject, InstanceSpec, JsonValue } from '../../shared/domain/plan/plan-spec.ts';
import type { Usage } from '../../shared/domain/usage.ts';

/** Time, injected. `now` is milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /**
   * Milliseconds since some moment, never set back and never set on by anybody. Whether it goes on while the machine
   * sleeps is the system's affair.
   */
  monotonic(): number;
  /** Calls `run` once after `delayMs`; the answer cancels it. A timer never keeps the process alive on its own. */
  after(delayMs: number, run: () => void): () => void;
}

/** Chance, injected. */
export interface Chance {
  /** A number from 0 up to but not including 1. */
  next(): number;
}

/** Fresh ids (UUIDv7). */
export interface IdSource {
  orchestrationId(): OrchestrationId;
  instanceId(): InstanceId;
  attemptId(): AttemptId;
}

/** Where the engine says what a developer must know and no event holds. */
export interface Log {
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, error: unknown): void;
}

// --- Attempts: one OS process of Claude Code ------------------------------------------------------------------------

/** A process, told apart from a later one with the same pid by when it started (an opaque token of the system). */
export type ProcessIdentity = { readonly pid: number; readonly startToken: string };

/** How far the spool has been read and stored, in bytes; always at the end of a line. */
export type SpoolOffsets = { readonly stdout: number; readonly stderr: number };

/** What to run. `workspace` is absolute. Everything in it is stored, so that a later engine can take the attempt over. */
export type AttemptSpec = {
  readonly attemptId: AttemptId;
  readonly instance: InstanceSpec;
  readonly workspace: string;
};

/** The figures and facts of an attempt up to a line of its stream: a pure fold of the lines before it. */
export type AttemptProgress = {
  readonly sessionId: string | null;
  readonly model: string | null;
  /** Exact up to the last result; anything counted live since makes it estimated. */
  readonly usage: Usage;
  readonly turns: number;
  readonly retries: number;
  readonly toolCalls: number;
  readonly tools: Readonly<Record<string, ToolStats>>;
  readonly ttftMs: number | null;
  readonly activity: string | null;
  readonly said: string | null;
  readonly questions: readonly PermissionQuestion[];
  /** The text of the last result. */
  readonly result: string | null;
  /** The last result as data, when the attempt was asked for a structured one and gave it. */
  readonly structured: JsonValue | null;
  /** How many results (ends of a turn) have come. */
  readonly results: number;
  /**
   * Tool calls and background tasks that have begun and not ended. While there are any, silence is no sign of a hang.
   */
  readonly openTools: number;
};

/** Why the API does not answer: what is `rate_limit` or `overloaded` for one instance most likely is so for all. */
export type LimitCause = 'rate_limit' | 'overloaded' | 'auth' | 'other';

/** What the stream says the attempt is doing; the engine turns a change of it into a change of the instance's state. */
export type AttemptPhase =
  | { readonly kind: 'running' }
  | { readonly kind: 'waiting'; readonly reason: string }
  | {
      readonly kind: 'limited';
      readonly reason: string;
      readonly until: Instant;
      readonly cause: LimitCause;
    };

/** One thing read from the spool, in order: an event to store, or a change of phase. */
export type AttemptItem =
  | { readonly kind: 'event'; readonly at: Instant; readonly source: SpoolRange; readonly body: EventBody }
  | { readonly kind: 'phase'; readonly at: Instant; readonly phase: AttemptPhase };

/**
 * A batch of what was read. The same bytes give the same items, whoever reads them and however often. Each batch is a sign
 * of life, also one without items; the first of an attempt that was taken over may only say how it stands.
 */
export type AttemptOutput = {
  readonly items: readonly AttemptItem[];
  readonly deltas: readonly Omit<TextDelta, 'instanceId'>[];
  readonly progress: AttemptProgress;
  /** What holds once `items` are stored. */
  readonly offsets: SpoolOffsets;
};

/** How an attempt ended. */
export type AttemptEnd = {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly progress: AttemptProgress;
  /** Null for a success; else what went wrong and what to do. */
  readonly failure: Failure | null;
  /** False when the process ended before it was given any work: it may be started again without doing anything twice. */
  readonly worked: boolean;
  /** False when it ended at the commands before its prompt: its session knows nothing of the prompt. */
  readonly told: boolean;
  /** When the limit ends that made it fail (`claude.usage_limit`); null where nobody said. */
  readonly limitResetsAt: Instant | null;
};

export type PermissionAnswer =
  | {
      readonly decision: 'allow';
      readonly message: null;
      /**
       * What is changed of the input that was asked about, field by field. The answers to questions of Claude go here:
       * see `answersInput`.
       */
      readonly updatedInput?: InlineObject;
      /** The permission mode that holds from now on, such as `acceptEdits` with the approval of a plan. */
      readonly permissionMode?: NonNullable<InstanceSpec['permissionMode']>;
    }
  | {
      readonly decision: 'deny';
      readonly message: string;
      /** Ends the turn as well. */
      readonly interrupt?: boolean;
    };

/** What can be changed while it runs. */
export type AttemptChange = {
  readonly model?: string;
  readonly permissionMode?: NonNullable<InstanceSpec['permissionMode']>;
};

/** A process of Claude Code that this engine started or took over. */
export interface Attempt {
  readonly process: ProcessIdentity;
  /**
   * Reads the spool on, until the process has ended and every byte is read. `take` is called with one batch at a time
   * and awaited: reading goes no faster than storing. Call once. Null after `release`.
   */
  follow(take: (output: AttemptOutput) => Promise<void>): Promise<AttemptEnd | null>;
  /** Reads what the spool holds now, without waiting for more; for a short command that only settles. */
  catchUp(take: (output: AttemptOutput) => Promise<void>): Promise<AttemptEnd | null>;
  /**
   * Gives it its work: the slash commands of its spec's `before`, each a turn of its own, then the text. False when the
   * attempt was taken over, for its stdin went with the engine that started it.
   */
  prompt(text: string): boolean;
  /** A further message of the person while it runs. False as for `prompt`, in oneshot mode, and once its input has ended. */
  send(text: string): boolean;
  /** Changes what can be changed while it runs; false as for `send`. What Claude Code refuses becomes a `notice`. */
  configure(change: AttemptChange): boolean;
  /** Answers a permission prompt; false as for `prompt`. */
  answer(question: PermissionQuestion, answer: PermissionAnswer): boolean;
  /**
   * Ends its input as soon as everything that it was given is answered, or its turn was interrupted: then it exits. May
   * be called at each end of a turn.
   */
  endInput(): void;
  /** Asks it to stop the turn (interrupt), to end (terminate), or ends its whole process group (kill). */
  signal(how: 'interrupt' | 'terminate' | 'kill'): Promise<void>;
  /** Stops reading and lets go of everything held here; the process itself goes on. */
  release(): void;
}

export type StartedAttempt = {
  readonly attempt: Attempt;
  /** The command line as run, for show. */
  readonly command: readonly string[];
  readonly claudeVersion: string | null;
  /** What was left out because this CLI lacks it, and the like. */
  readonly warnings: readonly Failure[];
};

/** What `start` would run. Nothing in it is secret. */
export type AttemptPreview = {
  readonly command: readonly string[];
  /** What the plan adds to the environment; what looks like a secret is masked. */
  readonly env: Readonly<Record<string, string>>;
  /** What it is told first: slash commands, then the prompt as written in the spec. */
  readonly prompt: string;
};

export interface AttemptDriver {
  /**
   * Starts the process with its spool, and gives it nothing to do yet: the caller first stores who it is, then calls
   * `prompt`. @throws FailureError `claude.not_found`, `claude.flag_unsupported`, `workspace.missing`, `spool.failed` …
   */
  start(spec: AttemptSpec): Promise<StartedAttempt>;
  /** What `start` would run, without starting it. @throws as `start` does, but for the workspace and the spool */
  preview(spec: AttemptSpec): Promise<AttemptPreview>;
  /**
   * Takes over an attempt that another engine left: `follow` goes on after `offsets`, and what came before is folded
   * again without giving its items twice.
   */
  takeOver(spec: AttemptSpec, process: ProcessIdentity, offsets: SpoolOffsets): Promise<Attempt>;
  /** The bytes of a line of the spool as text, at most `maxBytes` of them. @throws FailureError `spool.missing` */
  readRaw(attemptId: AttemptId, range: SpoolRange, maxBytes: number): Promise<string>;
}
