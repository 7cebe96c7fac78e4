import type { EventOf } from '../../../shared/domain/event.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import { instantOf } from '../../../shared/domain/ids.ts';
import type { JsonValue } from '../../../shared/domain/plan/plan-spec.ts';
import type { LimitCause } from '../../engine/ports.ts';
import { activityOf } from './activity.ts';
import { cutFields, slimFields } from './cut.ts';
import type { FoldLine, FoldState } from './fold-state.ts';
import type { AssistantLine, ContentBlock, StreamEventLine, UserLine } from './message-lines.ts';
import { blocksOf } from './message-lines.ts';
import { asksOf, planIn } from './question-asks.ts';
import {
  calledBody,
  messageBody,
  outputOf,
  rateLimitBody,
  refusedBody,
  systemBody,
  turnEndedBody,
  userText,
} from './stream-mapper.ts';
import { instantFromSeconds } from './usage-limit.ts';
import type { ControlRequestLine, KnownLine, ResultLine, SystemLine } from './stream-schema.ts';

/** Folds one known line into the state, and emits its events. */
export const foldLine = (state: FoldState, known: KnownLine, line: FoldLine): void => {
  if (known.type !== 'system') progressed(state, known.type);
  switch (known.type) {
    case 'assistant':
      return foldAssistant(state, known, line);
    case 'user':
      return foldUser(state, known, line);
    case 'stream_event':
      return foldStreamEvent(state, known);
    case 'result':
      return foldResult(state, known, line);
    case 'system':
      return foldSystem(state, known, line);
    case 'control_request':
      return foldQuestion(state, known, line);
    case 'control_cancel_request':
      if (!state.phase.cancelled(known.request_id)) return;
      return line.emit({ type: 'permission.cancelled', requestId: known.request_id });
    case 'control_response':
      if (known.response.subtype === 'error') line.emit(refusedBody(known));
      return;
    case 'command_lifecycle':
      return state.turn.messageIs(known.command_uuid, known.state);
    case 'conversation_reset':
      return line.emit({ type: 'notice', subtype: known.type, text: 'The conversation was cleared.' });
    case 'rate_limit_event': {
      const body = rateLimitBody(known);
      if (body !== null) line.emit(body);
      if (known.rate_limit_info.status === 'rejected') {
        state.usageLimit = { resetsAt: instantFromSeconds(known.rate_limit_info.resetsAt) };
      }
    }
  }
};

/** Lines that come of what is told to it, and show nothing of a turn. */
const aboutTheTalk: ReadonlySet<KnownLine['type']> = new Set([
  'command_lifecycle',
  'control_response',
  'conversation_reset',
]);

/** Most lines but `system` ones show that it goes on: what the API was tried again for is over. */
const progressed = (state: FoldState, type: KnownLine['type']): void => {
  if (aboutTheTalk.has(type)) return;
  state.retrying = null;
  state.phase.progressed();
  state.turn.wentOn();
};

/** A message of a thread: a new one shows that all which the thread had asked is settled. */
const sawMessage = (state: FoldState, thread: string | null, id: string | null | undefined): void => {
  state.streamed = true;
  if (id == null || state.lastMessages.get(thread ?? '') === id) return;
  state.lastMessages.set(thread ?? '', id);
  state.phase.threadWentOn(thread);
};

const foldAssistant = (state: FoldState, known: AssistantLine, line: FoldLine): void => {
  const thread = known.parent_tool_use_id ?? null;
  const blocks = blocksOf(known.message.content);
  sawMessage(state, thread, known.message.id);
  if (thread === null) state.messageError = known.error ?? null;
  if (thread === null && isModel(known.message.model)) state.model = known.message.model;
  state.live.said(known, blocks);
  for (const block of blocks) foldBlock(state, known, block, line);
  sayUnpriced(state, line);
};

const isModel = (model: string | null | undefined): model is string =>
  model != null && !model.startsWith('<');

const foldBlock = (state: FoldState, known: AssistantLine, block: ContentBlock, line: FoldLine): void => {
  const thread = known.parent_tool_use_id ?? null;
  switch (block.type) {
    case 'text':
      if (thread === null) {
        state.text.said(block.text ?? '');
        state.activity = 'writing';
      }
      return line.emit(messageBody('message.text', block.text ?? '', known));
    case 'thinking':
    case 'redacted_thinking':
      if (thread === null) state.activity = 'thinking';
      return line.emit(messageBody('message.thinking', block.thinking ?? '', known));
    default:
      return foldToolBlock(state, thread, block, line);
  }
};

/** A tool call, or the result of a tool that the API runs itself. */
const foldToolBlock = (
  state: FoldState,
  thread: string | null,
  block: ContentBlock,
  line: FoldLine,
): void => {
  const { id, name, input } = block;
  if (block.type.endsWith('tool_use') && id != null && name != null) {
    const doing = activityOf(name, input, state.cwd);
    state.activity = thread === null ? doing : `agent: ${doing}`;
    state.plan = planIn(name, input) ?? state.plan;
    state.tools.called({ toolUseId: id, name, thread, at: line.stampedAt });
    return line.emit(calledBody({ id, name, input }, thread));
  }
  if (block.type.endsWith('tool_result')) return foldToolResult(state, thread, block, line);
  line.keepRaw();
};

const foldToolResult = (
  state: FoldState,
  thread: string | null,
  block: ContentBlock,
  line: FoldLine,
): void => {
  if (block.tool_use_id == null) return line.keepRaw();
  const isError = block.is_error ?? false;
  const finished = state.tools.finished(block.tool_use_id, isError, line.stampedAt);
  state.phase.toolFinished(block.tool_use_id);
  if (thread === null) state.activity = 'thinking';
  line.emit({
    type: 'tool.finished',
    toolUseId: block.tool_use_id,
    ...finished,
    isError,
    ...outputOf(block.content),
    parentToolUseId: thread,
  });
};

const foldUser = (state: FoldState, known: UserLine, line: FoldLine): void => {
  const thread = known.parent_tool_use_id ?? null;
  const blocks = blocksOf(known.message.content);
  state.streamed = true;
  for (const block of blocks) if (block.type === 'tool_result') foldToolResult(state, thread, block, line);
  const text = userText(blocks);
  if (text !== null) line.emit({ type: 'message.user', text, parentToolUseId: thread });
};

const foldStreamEvent = (state: FoldState, known: StreamEventLine): void => {
  const thread = known.parent_tool_use_id ?? null;
  if (known.event.message) {
    sawMessage(state, thread, known.event.message.id);
    if (thread === null) {
      state.ttftMs ??= known.ttft_ms ?? null;
      state.activity = 'thinking';
    }
  }
  state.live.streamed(known);
  const delta = state.text.streamed(known);
  if (delta === null) return;
  state.deltas.push(delta);
  if (thread === null && delta.kind !== 'tool_input') {
    state.activity = delta.kind === 'text' ? 'writing' : 'thinking';
  }
};

/** Says once for each model without a list price that its cost is not known until a turn ends. */
const sayUnpriced = (state: FoldState, line: FoldLine): void => {
  const models = state.live.unpriced();
  if (models.size === state.unpricedSaid) return;
  for (const model of [...models].slice(state.unpricedSaid)) {
    const message = `No price is known for ${model}: its tokens count, its cost is not estimated until a turn has ended.`;
    line.emit({ type: 'instance.warning', code: 'claude.unpriced', message });
  }
  state.unpricedSaid = models.size;
};

const foldResult = (state: FoldState, known: ResultLine, line: FoldLine): void => {
  const { live, model, streamed } = state;
  const body = turnEndedBody(known, state.account.settle(known, { live, model, streamed }));
  live.clear();
  state.turn.ended(isAsked(known));
  state.tools.turnEnded(state.turn.standing().backgroundTasks === 0);
  state.phase.threadWentOn(null);
  state.sessionId ??= known.session_id ?? null;
  state.model ??= Object.keys(known.modelUsage ?? {})[0] ?? null;
  state.turns += body.turns;
  if (state.results === 0) state.ttftMs = body.ttftMs ?? state.ttftMs;
  state.results += 1;
  state.result = body.result;
  state.structured = structuredOf(state, known);
  state.usageLimit = limitAfter(state, known, body.isError);
  state.activity = null;
  state.lastResult = { ...body, text: body.result, at: line.at };
  if (state.text.tail() === null && body.result !== null) state.text.said(body.result);
  line.emit(body);
};

const limitAfter = (
  { usageLimit }: FoldState,
  { api_error }: ResultLine,
  isError: boolean,
): FoldState['usageLimit'] => {
  if (!isError) return null;
  return api_error === 'usage_limit_reached' ? (usageLimit ?? { resetsAt: null }) : usageLimit;
};

/** The turn in which it hears of a background task is not the one that was asked for a result. */
const structuredOf = (
  { structured }: FoldState,
  { structured_output, origin }: ResultLine,
): JsonValue | null => structured_output ?? (isAsked({ origin }) ? null : structured);

const isAsked = ({ origin }: Pick<ResultLine, 'origin'>): boolean => origin?.kind !== 'task-notification';

const foldQuestion = (state: FoldState, known: ControlRequestLine, line: FoldLine): void => {
  const { tool_name: toolName, tool_use_id, description, agent_id, input } = known.request;
  const toolUseId = tool_use_id ?? null;
  const about = {
    requestId: known.request_id,
    toolName,
    toolUseId,
    description: description ?? null,
    input: cutFields(input),
  };
  const asks = asksOf(toolName, input, state.plan ?? state.text.tail());
  const callThread = toolUseId === null ? undefined : state.tools.threadOf(toolUseId);
  const open = new Set(state.phase.questions().map((question) => question.requestId));
  for (const id of state.permissionInputs.keys()) if (!open.has(id)) state.permissionInputs.delete(id);
  state.permissionInputs.set(known.request_id, input);
  state.phase.asked({
    question: {
      ...about,
      ...(asks === null ? {} : { asks }),
      input: { ...about.input },
      askedAt: line.at,
    },
    thread: callThread === undefined ? (agent_id ?? null) : callThread,
  });
  // The person who answers sees all of it, in the view; the event keeps what is read later.
  line.emit({ type: 'permission.requested', ...about, input: slimFields(input) });
};

const foldSystem = (state: FoldState, known: SystemLine, line: FoldLine): void => {
  if (known.subtype === 'init') return foldInit(state, known, line);
  foldSigns(state, known);
  const body = systemBody(known);
  if (body === 'silent') return;
  if (body === 'unknown') return line.keepRaw();
  line.emit(body);
  if (body.type === 'api.retried') foldRetry(state, body, line.at);
  if (body.type === 'task.changed' && known.subtype === 'task_notification') {
    state.turn.wentOn();
    state.phase.threadWentOn(body.taskId);
    if (body.toolUseId !== null) state.phase.toolFinished(body.toolUseId);
  }
};

/** What a `system` line shows without being an event of its own. */
const foldSigns = (state: FoldState, { subtype, status, tasks, estimated_tokens }: SystemLine): void => {
  if (subtype === 'background_tasks_changed') state.turn.tasksAre(tasks?.length ?? 0);
  if (subtype === 'thinking_tokens') state.live.thought(estimated_tokens ?? 0);
  if (subtype === 'status') state.activity = status === 'compacting' ? 'compacting' : 'thinking';
};

const foldRetry = (state: FoldState, body: EventOf<'api.retried'>, at: Instant): void => {
  const { error, status, attempt, maxRetries, delayMs } = body;
  state.retries += 1;
  state.retrying = { error, status };
  state.phase.limited({
    reason: `${limitText(error)} (try ${attempt} of ${maxRetries})`,
    until: later(at, delayMs),
    cause: causeOf(body),
  });
};

const later = (at: Instant, milliseconds: number): Instant => instantOf(Date.parse(at) + milliseconds);

const limitTexts: Readonly<Record<string, string>> = {
  rate_limit: 'rate limited',
  overloaded: 'the API is overloaded',
  authentication_failed: 'the API does not accept the sign-in',
  unknown: 'the API cannot be reached',
};

/** The word of the CLI, or where it has none the API's status. */
const causeOf = ({ error, status }: EventOf<'api.retried'>): LimitCause => {
  if (error === 'rate_limit' || status === 429) return 'rate_limit';
  if (error === 'overloaded' || status === 529 || status === 503) return 'overloaded';
  return error === 'authentication_failed' || status === 401 || status === 403 ? 'auth' : 'other';
};

const limitText = (error: string): string =>
  (Object.hasOwn(limitTexts, error) ? limitTexts[error] : undefined) ?? `the API failed: ${error}`;

/** The start of a turn. It is told at each one, and is news only where it says something else than before. */
const foldInit = (state: FoldState, known: SystemLine, line: FoldLine): void => {
  const sessionId = known.session_id ?? state.sessionId ?? '';
  const body = {
    type: 'session.started',
    sessionId,
    model: known.model ?? null,
    cwd: known.cwd ?? null,
    permissionMode: known.permissionMode ?? null,
    claudeVersion: known.claude_code_version ?? null,
    apiKeySource: known.apiKeySource ?? null,
  } as const;
  state.turn.wentOn();
  state.streamed = true;
  state.sessionId = sessionId;
  state.model = body.model ?? state.model;
  state.cwd = body.cwd;
  state.activity = 'thinking';
  const session = JSON.stringify(body);
  if (session === state.session) return;
  state.session = session;
  line.emit(body);
};
