import { z } from 'zod';
import type { AssistantLine, Fields, StreamEventLine, UserLine } from './message-lines.ts';
import { isFields, readAssistant, readStreamEvent, readUser, usageOf } from './message-lines.ts';

const text = z.string().nullish().catch(null);
const figure = z.number().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);

const usage = z.unknown().optional().transform(usageOf);

const modelUsageSchema = z.record(
  z.string(),
  z.object({
    inputTokens: figure,
    outputTokens: figure,
    cacheCreationInputTokens: figure,
    cacheReadInputTokens: figure,
    costUSD: figure,
  }),
);

const resultSchema = z.object({
  type: z.literal('result'),
  subtype: z.string().catch('unknown'),
  session_id: text,
  is_error: flag,
  result: text,
  structured_output: z.json().nullish().catch(null),
  errors: z.array(z.string()).nullish().catch(null),
  terminal_reason: text,
  api_error: text,
  origin: z.object({ kind: text }).nullish().catch(null),
  api_error_status: figure,
  num_turns: figure,
  duration_ms: figure,
  ttft_ms: figure,
  total_cost_usd: figure,
  usage,
  modelUsage: modelUsageSchema.nullish().catch(null),
  model_usage_since_last_result: modelUsageSchema.nullish().catch(null),
  timestamp: text,
});

const controlRequestSchema = z.object({
  type: z.literal('control_request'),
  request_id: z.string(),
  request: z.object({
    subtype: z.literal('can_use_tool'),
    tool_name: z.string(),
    tool_use_id: text,
    description: text,
    agent_id: text,
    input: z.record(z.string(), z.unknown()),
  }),
});

const controlCancelSchema = z.object({ type: z.literal('control_cancel_request'), request_id: z.string() });

/** The answer to a request of ours. */
const controlResponseSchema = z.object({
  type: z.literal('control_response'),
  response: z.object({ subtype: z.string(), error: text }),
});

/** What becomes of a message that was given under an id. */
const commandLifecycleSchema = z.object({
  type: z.literal('command_lifecycle'),
  command_uuid: z.string(),
  state: z.string(),
});

const conversationResetSchema = z.object({ type: z.literal('conversation_reset'), trigger: text });

const rateLimitSchema = z.object({
  type: z.literal('rate_limit_event'),
  rate_limit_info: z.object({ status: z.string(), resetsAt: figure, rateLimitType: text }),
});

/** Every `system` line whose fields are read, as one: which are there goes by `subtype`. */
const systemSchema = z.object({
  type: z.literal('system'),
  subtype: z.string(),
  timestamp: text,
  session_id: text,
  model: text,
  cwd: text,
  permissionMode: text,
  claude_code_version: text,
  apiKeySource: text,
  status: text,
  attempt: figure,
  max_retries: figure,
  retry_delay_ms: figure,
  error_status: figure,
  error: text,
  tool_name: text,
  tool_use_id: text,
  message: text,
  content: text,
  text,
  task_id: text,
  tasks: z.array(z.unknown()).nullish().catch(null),
  estimated_tokens: figure,
  description: text,
  summary: text,
  patch: z.object({ status: text }).nullish().catch(null),
  usage: z.object({ total_tokens: figure }).nullish().catch(null),
  hook_name: text,
  outcome: text,
  compact_metadata: z.object({ trigger: text, pre_tokens: figure }).nullish().catch(null),
});

export type CliModelUsage = Readonly<z.infer<typeof modelUsageSchema>>;
export type ResultLine = Readonly<z.infer<typeof resultSchema>>;
export type ControlRequestLine = Readonly<z.infer<typeof controlRequestSchema>>;
export type ControlCancelLine = Readonly<z.infer<typeof controlCancelSchema>>;
export type RateLimitLine = Readonly<z.infer<typeof rateLimitSchema>>;
export type ControlResponseLine = Readonly<z.infer<typeof controlResponseSchema>>;
export type SystemLine = Readonly<z.infer<typeof systemSchema>>;

export type KnownLine =
  | AssistantLine
  | UserLine
  | StreamEventLine
  | ResultLine
  | ControlRequestLine
  | ControlCancelLine
  | ControlResponseLine
  | Readonly<z.infer<typeof commandLifecycleSchema>>
  | Readonly<z.infer<typeof conversationResetSchema>>
  | RateLimitLine
  | SystemLine;

/**
 * A line of stdout: `known` is read; `silent` is known and says nothing worth keeping; `unknown` is JSON that this
 * version does not know; `broken` is no JSON; `empty` has nothing in it.
 */
export type ParsedLine =
  | { readonly kind: 'known'; readonly line: KnownLine }
  | { readonly kind: 'silent' | 'unknown' | 'broken' | 'empty' };

const schemas: Readonly<Record<string, z.ZodType<KnownLine>>> = {
  result: resultSchema,
  control_request: controlRequestSchema,
  control_cancel_request: controlCancelSchema,
  control_response: controlResponseSchema,
  command_lifecycle: commandLifecycleSchema,
  conversation_reset: conversationResetSchema,
  rate_limit_event: rateLimitSchema,
  system: systemSchema,
};

const silentTypes: ReadonlySet<string> = new Set(['keep_alive', 'tool_progress']);

/** The line of a known type; null for an unknown type, or when it lacks what it is nothing without. */
const readKnown = (line: Fields, type: string): KnownLine | null => {
  switch (type) {
    case 'assistant':
      return readAssistant(line);
    case 'user':
      return readUser(line);
    case 'stream_event':
      return readStreamEvent(line);
    default:
      return readRare(line, type);
  }
};

const readRare = (line: Fields, type: string): KnownLine | null => {
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  return schema?.safeParse(line).data ?? null;
};

/**
 * Reads one line of Claude Code's stream. Fields of a wrong type count as absent; only what a line is nothing without
 * makes it `unknown`. Never throws. Source of the shapes: the CLI's own output (test/fixtures/claude-cli).
 */
export const parseLine = (text: string): ParsedLine => {
  const value = parseJson(text);
  if (value === undefined) return { kind: text.trim() === '' ? 'empty' : 'broken' };
  if (!isFields(value)) return { kind: 'unknown' };
  const type = value['type'];
  if (typeof type !== 'string') return { kind: 'unknown' };
  if (silentTypes.has(type)) return { kind: 'silent' };
  const line = readKnown(value, type);
  return line === null ? { kind: 'unknown' } : { kind: 'known', line };
};

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
