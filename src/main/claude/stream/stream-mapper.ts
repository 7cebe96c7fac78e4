import type { EventBody, EventOf } from '../../../shared/domain/event.ts';
import type { Usage } from '../../../shared/domain/usage.ts';
import { headOf, slimInput } from './cut.ts';
import type { SplitLine } from './line-splitter.ts';
import type { AssistantLine, ContentBlock } from './message-lines.ts';
import type { ControlResponseLine, RateLimitLine, ResultLine, SystemLine } from './stream-schema.ts';
import { instantFromSeconds } from './usage-limit.ts';

const maxOutputBytes = 32 * 1024;
const maxRawBytes = 4096;

const whole = (value: number | null | undefined): number => Math.max(0, Math.round(value ?? 0));

/** A line that is kept as it came. */
export const rawBody = (line: SplitLine, reason: EventOf<'raw'>['reason']): EventOf<'raw'> => ({
  type: 'raw',
  reason,
  text: headOf(line.text, maxRawBytes),
  bytes: line.length,
});

/** A block of text or thinking of a message. */
export const messageBody = (
  type: 'message.text' | 'message.thinking',
  text: string,
  line: AssistantLine,
): EventBody => ({
  type,
  messageId: line.message.id ?? null,
  text,
  model: line.message.model ?? null,
  parentToolUseId: line.parent_tool_use_id ?? null,
  ...(line.error == null ? {} : { error: line.error }),
  ...(line.aborted === true ? { aborted: true } : {}),
});

/** A call of a tool; `id` and `name` are known to be there. */
export const calledBody = (
  call: { readonly id: string; readonly name: string; readonly input: unknown },
  parentToolUseId: string | null,
): EventOf<'tool.called'> => ({
  type: 'tool.called',
  toolUseId: call.id,
  name: call.name,
  input: slimInput(call.input ?? {}),
  parentToolUseId,
});

/** The text of a tool's result, at most 32 KiB of it. What is no text is named in brackets. */
export const outputOf = (content: unknown): { readonly output: string; readonly truncated: boolean } => {
  const text = textOf(content);
  const output = headOf(text, maxOutputBytes);
  return { output, truncated: output.length < text.length };
};

const textOf = (content: unknown): string => {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(partText).join('\n');
  return content == null ? '' : partText(content);
};

const partText = (part: unknown): string => {
  if (typeof part === 'string') return part;
  const fields = new Map<string, unknown>(Object.entries(part ?? {}));
  const text = fields.get('text');
  if (typeof text === 'string') return text;
  const type = fields.get('type');
  return `[${typeof type === 'string' ? type : 'no text'}]`;
};

/** What a person or the CLI itself said to the model, as one text; null when there is no such block. */
export const userText = (blocks: readonly ContentBlock[]): string | null => {
  const said = blocks.filter((block) => block.type !== 'tool_result').map(partText);
  return said.length === 0 ? null : said.join('\n');
};

/** The end of a turn; `usage` is what was used since the one before. */
export const turnEndedBody = (line: ResultLine, usage: Usage): EventOf<'turn.ended'> => ({
  type: 'turn.ended',
  subtype: line.subtype,
  isError: line.is_error ?? line.subtype !== 'success',
  result: line.result ?? null,
  terminalReason: line.terminal_reason ?? null,
  errors: line.errors ?? [],
  apiErrorStatus: line.api_error_status ?? null,
  turns: whole(line.num_turns),
  durationMs: line.duration_ms ?? null,
  ttftMs: line.ttft_ms ?? null,
  usage,
});

/** News of the account's rate limit; null while everything is allowed. */
export const rateLimitBody = ({ rate_limit_info: info }: RateLimitLine): EventBody | null => {
  if (info.status === 'allowed') return null;
  const which = info.rateLimitType == null ? '' : ` (${info.rateLimitType})`;
  const at = instantFromSeconds(info.resetsAt);
  const resets = at === null ? '' : `, resets at ${at}`;
  return { type: 'notice', subtype: 'rate_limit', text: `Rate limit: ${info.status}${which}${resets}` };
};

/** A request of ours that the CLI refused: a change of the model or the permission mode. */
export const refusedBody = ({ response }: ControlResponseLine): EventBody => ({
  type: 'notice',
  subtype: 'request_refused',
  text: `Claude Code did not do what it was asked: ${headOf(response.error ?? 'it does not say why', 1000)}`,
});

/** `system` lines that only say that it goes on, or speak to a terminal or an editor. */
const silentSubtypes: ReadonlySet<string> = new Set([
  'background_tasks_changed',
  'control_request_progress',
  'files_persisted',
  'hook_progress',
  'hook_started',
  'permission_check_status',
  'post_turn_summary',
  'session_metadata',
  'session_state_changed',
  'session_title_changed',
  'shell_cwd',
  'status',
  'task_progress',
  'task_summary',
  'thinking_tokens',
  'turn_duration',
  'turn_starting',
  'vcs_state_changed',
]);

/** `system` lines that say something to a person, in a text of their own. */
const noticeSubtypes: ReadonlySet<string> = new Set([
  'compact_boundary',
  'hook_response',
  'informational',
  'instruction_size_warning',
  'late_allow_not_run',
  'local_command',
  'local_command_output',
  'memory_saved',
  'mirror_error',
  'model_consent_fallback',
  'model_fallback',
  'model_refusal_fallback',
  'model_refusal_no_fallback',
  'notification',
  'scheduled_task_fire',
  'session_writes_lost',
  'stop_hook_summary',
]);

/**
 * The event of a `system` line: `silent` for one that says nothing worth keeping, `unknown` for one that this version
 * does not know. `init` is the fold's own business, for only it knows what was said before.
 */
export const systemBody = (line: SystemLine): EventBody | 'silent' | 'unknown' => {
  if (silentSubtypes.has(line.subtype)) return 'silent';
  if (noticeSubtypes.has(line.subtype)) return noticeBody(line);
  switch (line.subtype) {
    case 'api_retry':
      return retriedBody(line);
    case 'permission_denied':
      return deniedBody(line);
    case 'task_started':
    case 'task_updated':
    case 'task_notification':
      return taskBody(line);
    default:
      return 'unknown';
  }
};

const noticeBody = (line: SystemLine): EventBody => ({
  type: 'notice',
  subtype: line.subtype,
  text: line.subtype === 'compact_boundary' ? compactText(line) : noticeText(line),
});

const noticeText = (line: SystemLine): string =>
  line.content ??
  line.message ??
  line.text ??
  line.summary ??
  [line.hook_name, line.outcome].filter((part) => part != null).join(': ');

const compactText = ({ compact_metadata: about }: SystemLine): string => {
  const tokens = about?.pre_tokens;
  const before = tokens == null ? '' : ` It had ${tokens} tokens.`;
  return `The conversation was compacted${about?.trigger == null ? '' : ` (${about.trigger})`}.${before}`;
};

const retriedBody = (line: SystemLine): EventOf<'api.retried'> => ({
  type: 'api.retried',
  attempt: whole(line.attempt),
  maxRetries: whole(line.max_retries),
  delayMs: whole(line.retry_delay_ms),
  status: line.error_status ?? null,
  error: line.error ?? 'unknown',
});

const deniedBody = (line: SystemLine): EventBody => ({
  type: 'permission.denied',
  toolName: line.tool_name ?? 'unknown',
  toolUseId: line.tool_use_id ?? null,
  message: line.message ?? '',
});

const taskBody = (line: SystemLine): EventBody | 'unknown' => {
  if (line.task_id == null) return 'unknown';
  const status = line.subtype === 'task_started' ? 'started' : (line.status ?? line.patch?.status);
  return {
    type: 'task.changed',
    taskId: line.task_id,
    toolUseId: line.tool_use_id ?? null,
    status: status ?? 'updated',
    description: line.description ?? line.summary ?? null,
    totalTokens: line.usage?.total_tokens == null ? null : whole(line.usage.total_tokens),
  };
};
