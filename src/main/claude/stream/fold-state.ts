import type { EventBody } from '../../../shared/domain/event.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import type { JsonValue } from '../../../shared/domain/plan/plan-spec.ts';
import type { LiveText, StreamDelta } from './live-text.ts';
import { createLiveText } from './live-text.ts';
import type { LiveUsage } from './live-usage.ts';
import { createLiveUsage } from './live-usage.ts';
import type { PhaseAccount } from './phase-account.ts';
import { createPhaseAccount } from './phase-account.ts';
import type { ToolAccount } from './tool-account.ts';
import { createToolAccount } from './tool-account.ts';
import type { TurnAccount } from './turn-account.ts';
import { createTurnAccount } from './turn-account.ts';
import type { UsageAccount, UsageAccountOptions } from './usage-account.ts';
import { createUsageAccount } from './usage-account.ts';

/** What the stream showed that tells success from failure. */
export type AttemptEvidence = {
  /** The last `result` line, if one came. */
  readonly lastResult: {
    readonly subtype: string;
    readonly isError: boolean;
    readonly terminalReason: string | null;
    readonly apiErrorStatus: number | null;
    readonly text: string | null;
    readonly errors: readonly string[];
    /** When it came. */
    readonly at: Instant;
  } | null;
  /** The error code of the CLI's own message in the last turn: `authentication_failed`, `rate_limit`, … */
  readonly messageError: string | null;
  /** The last retry, while nothing came after it. */
  readonly retrying: { readonly error: string; readonly status: number | null } | null;
  /** The account's usage limit, as the API said that it is reached; `resetsAt` is null where it did not say until when. */
  readonly usageLimit: { readonly resetsAt: Instant | null } | null;
  /** A structured result was asked for, and none came. */
  readonly lacksResult: boolean;
  /** Lines of stdout that this version knows, and such that are no line of a stream at all. */
  readonly known: number;
  readonly broken: number;
  /** The first line that is none of a stream, at most 200 characters of it. */
  readonly firstBroken: string | null;
  /** The end of stderr, at most 4,000 characters. */
  readonly stderrTail: string;
};

export type AttemptFoldOptions = UsageAccountOptions & {
  /** True when the attempt was asked for a structured result. */
  readonly wantsStructured?: boolean;
};

/** The facts that the lines of one attempt change, each by its own rule in `stream-fold.ts`. */
export type FoldState = {
  readonly text: LiveText;
  readonly live: LiveUsage;
  readonly account: UsageAccount;
  readonly tools: ToolAccount;
  readonly phase: PhaseAccount;
  readonly turn: TurnAccount;
  readonly wantsStructured: boolean;
  readonly deltas: StreamDelta[];
  /** The last message of each thread that the API was asked for. */
  readonly lastMessages: Map<string, string>;
  /** What the open permission prompts asked about, whole. */
  readonly permissionInputs: Map<string, Readonly<Record<string, unknown>>>;
  /** What the last `init` said, as one text. */
  session: string | null;
  sessionId: string | null;
  model: string | null;
  cwd: string | null;
  turns: number;
  retries: number;
  results: number;
  result: string | null;
  structured: JsonValue | null;
  ttftMs: number | null;
  activity: string | null;
  /** Models for which a missing price was said. */
  unpricedSaid: number;
  /** True once a line came that no `--output-format json` run prints. */
  streamed: boolean;
  lastResult: AttemptEvidence['lastResult'];
  messageError: string | null;
  retrying: AttemptEvidence['retrying'];
  usageLimit: AttemptEvidence['usageLimit'];
  /** The plan that the person is to approve, as it was last written down. */
  plan: string | null;
};

/** A line that is being folded: when it was, by its own time where it has one, and where its events go. */
export type FoldLine = {
  readonly at: Instant;
  /** The line's own time; null when it has none. */
  readonly stampedAt: Instant | null;
  emit(body: EventBody): void;
  /** Keeps the line as it came, for it holds something that this version does not know. */
  keepRaw(): void;
};

/** The state before the first line. */
export const newFoldState = (options: AttemptFoldOptions): FoldState => ({
  text: createLiveText(),
  live: createLiveUsage(options.prices),
  account: createUsageAccount(options),
  tools: createToolAccount(),
  phase: createPhaseAccount(),
  turn: createTurnAccount(),
  wantsStructured: options.wantsStructured ?? false,
  deltas: [],
  lastMessages: new Map(),
  permissionInputs: new Map(),
  session: null,
  sessionId: null,
  model: null,
  cwd: null,
  turns: 0,
  retries: 0,
  results: 0,
  result: null,
  structured: null,
  ttftMs: null,
  activity: null,
  unpricedSaid: 0,
  streamed: false,
  lastResult: null,
  messageError: null,
  retrying: null,
  usageLimit: null,
  plan: null,
});
