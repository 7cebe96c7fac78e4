import { z } from 'zod';

const text = z.string().nullish().catch(null);
const figure = z.number().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);

/** Figures of one API message or of one turn, as the API names them. */
const usageSchema = z.object({
  input_tokens: figure,
  output_tokens: figure,
  cache_creation_input_tokens: figure,
  cache_read_input_tokens: figure,
  cache_creation: z.object({ ephemeral_1h_input_tokens: figure }).nullish().catch(null),
});

/** Every kind of content block, as one: which fields are there goes by `type`. */
const blockSchema = z.object({
  type: z.string(),
  text,
  thinking: text,
  id: text,
  name: text,
  input: z.unknown().optional(),
  tool_use_id: text,
  is_error: flag,
  content: z.unknown().optional(),
});

const assistantSchema = z.object({
  type: z.literal('assistant'),
  message: z.object({
    id: text,
    model: text,
    content: z.unknown().optional(),
    usage: usageSchema.nullish().catch(null),
  }),
  parent_tool_use_id: text,
  timestamp: text,
  error: text,
  aborted: flag,
});

const userSchema = z.object({
  type: z.literal('user'),
  message: z.object({ content: z.unknown().optional() }),
  parent_tool_use_id: text,
  timestamp: text,
});

const streamEventSchema = z.object({
  type: z.literal('stream_event'),
  event: z.object({
    type: z.string(),
    index: figure,
    message: z.object({ id: text, model: text, usage: usageSchema.nullish().catch(null) }).nullish(),
    content_block: z.object({ type: z.string() }).nullish(),
    delta: z.object({ type: text, text, thinking: text, partial_json: text }).nullish(),
    usage: usageSchema.nullish().catch(null),
  }),
  parent_tool_use_id: text,
  ttft_ms: figure,
});

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
  errors: z.array(z.string()).nullish().catch(null),
  terminal_reason: text,
  api_error_status: figure,
  num_turns: figure,
  duration_ms: figure,
  ttft_ms: figure,
  total_cost_usd: figure,
  usage: usageSchema.nullish().catch(null),
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
  description: text,
  summary: text,
  patch: z.object({ status: text }).nullish().catch(null),
  usage: z.object({ total_tokens: figure }).nullish().catch(null),
  hook_name: text,
  outcome: text,
  compact_metadata: z.object({ trigger: text, pre_tokens: figure }).nullish().catch(null),
});

export type ContentBlock = Readonly<z.infer<typeof blockSchema>>;
export type ApiUsage = Readonly<z.infer<typeof usageSchema>>;
export type CliModelUsage = Readonly<z.infer<typeof modelUsageSchema>>;
export type AssistantLine = Readonly<z.infer<typeof assistantSchema>>;
export type UserLine = Readonly<z.infer<typeof userSchema>>;
export type StreamEventLine = Readonly<z.infer<typeof streamEventSchema>>;
export type ResultLine = Readonly<z.infer<typeof resultSchema>>;
export type ControlRequestLine = Readonly<z.infer<typeof controlRequestSchema>>;
export type ControlCancelLine = Readonly<z.infer<typeof controlCancelSchema>>;
export type RateLimitLine = Readonly<z.infer<typeof rateLimitSchema>>;
export type SystemLine = Readonly<z.infer<typeof systemSchema>>;

export type KnownLine =
  | AssistantLine
  | UserLine
  | StreamEventLine
  | ResultLine
  | ControlRequestLine
  | ControlCancelLine
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
  assistant: assistantSchema,
  user: userSchema,
  stream_event: streamEventSchema,
  result: resultSchema,
  control_request: controlRequestSchema,
  control_cancel_request: controlCancelSchema,
  rate_limit_event: rateLimitSchema,
  system: systemSchema,
};

const silentTypes: ReadonlySet<string> = new Set(['control_response', 'keep_alive', 'tool_progress']);

/**
 * Reads one line of Claude Code's stream. Fields of a wrong type count as absent; only what a line is nothing without
 * makes it `unknown`. Never throws. Source of the shapes: the CLI's own output (test/fixtures/claude-cli).
 */
export const parseLine = (line: string): ParsedLine => {
  const value = parseJson(line);
  if (value === undefined) return { kind: line.trim() === '' ? 'empty' : 'broken' };
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') {
    return { kind: 'unknown' };
  }
  if (silentTypes.has(value.type)) return { kind: 'silent' };
  const schema = Object.hasOwn(schemas, value.type) ? schemas[value.type] : undefined;
  const parsed = schema?.safeParse(value);
  return parsed?.success === true ? { kind: 'known', line: parsed.data } : { kind: 'unknown' };
};

/**
 * The blocks of a message: its content may also be one string. What is no block is left out. (A union in the schemas
 * above would say the same ten times slower: zod compiles objects, but not unions.)
 */
export const blocksOf = (content: unknown): readonly ContentBlock[] => {
  const values: readonly unknown[] = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  return values.flatMap((value) => {
    const block = blockSchema.safeParse(value);
    return block.success ? [block.data] : [];
  });
};

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
