/**
 * The kinds of line that nearly all of a stream is made of, and the blocks in them, read by hand: zod took 0.65 s of the
 * 1.8 s that 200,000 lines took in all, this takes 0.05 s. The tolerance is the same as in `stream-schema.ts`: a field of a
 * wrong type counts as absent, and only what a line is nothing without makes it none. A test holds both to the same answers.
 */

/** A JSON object as it came: nothing is known of its fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** Figures of one API message or of one turn, as the API names them. */
export type ApiUsage = {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_creation_input_tokens: number | null;
  readonly cache_read_input_tokens: number | null;
  readonly cache_creation: { readonly ephemeral_1h_input_tokens: number | null } | null;
};

/** Every kind of content block, as one: which fields are there goes by `type`. */
export type ContentBlock = {
  readonly type: string;
  readonly text: string | null;
  readonly thinking: string | null;
  readonly id: string | null;
  readonly name: string | null;
  readonly input: unknown;
  readonly tool_use_id: string | null;
  readonly is_error: boolean | null;
  readonly content: unknown;
};

/** What a message says of itself before its text. */
export type MessageStart = {
  readonly id: string | null;
  readonly model: string | null;
  readonly usage: ApiUsage | null;
};

export type AssistantLine = {
  readonly type: 'assistant';
  readonly message: MessageStart & { readonly content: unknown };
  readonly parent_tool_use_id: string | null;
  readonly timestamp: string | null;
  readonly error: string | null;
  readonly aborted: boolean | null;
};

export type UserLine = {
  readonly type: 'user';
  readonly message: { readonly content: unknown };
  readonly parent_tool_use_id: string | null;
  readonly timestamp: string | null;
};

type StreamDeltaFields = {
  readonly type: string | null;
  readonly text: string | null;
  readonly thinking: string | null;
  readonly partial_json: string | null;
};

export type StreamEventLine = {
  readonly type: 'stream_event';
  readonly event: {
    readonly type: string;
    readonly index: number | null;
    readonly message: MessageStart | null;
    readonly delta: StreamDeltaFields | null;
    readonly usage: ApiUsage | null;
  };
  readonly parent_tool_use_id: string | null;
  readonly ttft_ms: number | null;
};

/** True for a JSON object; a list is none. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const flag = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);
const figure = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** The figures of a message or a turn; null when there are none. */
export const usageOf = (value: unknown): ApiUsage | null => {
  if (!isFields(value)) return null;
  const creation = value['cache_creation'];
  return {
    input_tokens: figure(value['input_tokens']),
    output_tokens: figure(value['output_tokens']),
    cache_creation_input_tokens: figure(value['cache_creation_input_tokens']),
    cache_read_input_tokens: figure(value['cache_read_input_tokens']),
    cache_creation: isFields(creation)
      ? { ephemeral_1h_input_tokens: figure(creation['ephemeral_1h_input_tokens']) }
      : null,
  };
};

/** A line of type `assistant`; null when it has no message. */
export const readAssistant = (line: Fields): AssistantLine | null => {
  const message = line['message'];
  if (!isFields(message)) return null;
  return {
    type: 'assistant',
    message: {
      id: text(message['id']),
      model: text(message['model']),
      content: message['content'],
      usage: usageOf(message['usage']),
    },
    parent_tool_use_id: text(line['parent_tool_use_id']),
    timestamp: text(line['timestamp']),
    error: text(line['error']),
    aborted: flag(line['aborted']),
  };
};

/** A line of type `user`; null when it has no message. */
export const readUser = (line: Fields): UserLine | null => {
  const message = line['message'];
  if (!isFields(message)) return null;
  return {
    type: 'user',
    message: { content: message['content'] },
    parent_tool_use_id: text(line['parent_tool_use_id']),
    timestamp: text(line['timestamp']),
  };
};

/** True for what may be absent, but must be an object if it is there. */
const isFieldsOrAbsent = (value: unknown): value is Fields | null | undefined =>
  value == null || isFields(value);

/** A line of type `stream_event`; null when it has no event, or one that is no API event. */
export const readStreamEvent = (line: Fields): StreamEventLine | null => {
  const event = line['event'];
  if (!isFields(event) || typeof event['type'] !== 'string') return null;
  const { message, delta } = event;
  if (!isFieldsOrAbsent(message) || !isFieldsOrAbsent(delta)) return null;
  return {
    type: 'stream_event',
    event: {
      type: event['type'],
      index: figure(event['index']),
      message: message == null ? null : messageStart(message),
      delta: delta == null ? null : deltaFields(delta),
      usage: usageOf(event['usage']),
    },
    parent_tool_use_id: text(line['parent_tool_use_id']),
    ttft_ms: figure(line['ttft_ms']),
  };
};

const messageStart = (message: Fields): MessageStart => ({
  id: text(message['id']),
  model: text(message['model']),
  usage: usageOf(message['usage']),
});

const deltaFields = (delta: Fields): StreamDeltaFields => ({
  type: text(delta['type']),
  text: text(delta['text']),
  thinking: text(delta['thinking']),
  partial_json: text(delta['partial_json']),
});

/** The blocks of a message: its content may also be one string. What is no block is left out. */
export const blocksOf = (content: unknown): readonly ContentBlock[] => {
  const values: readonly unknown[] = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  const blocks: ContentBlock[] = [];
  for (const value of values) {
    if (isFields(value) && typeof value['type'] === 'string') blocks.push(blockOf(value, value['type']));
  }
  return blocks;
};

const blockOf = (block: Fields, type: string): ContentBlock => ({
  type,
  text: text(block['text']),
  thinking: text(block['thinking']),
  id: text(block['id']),
  name: text(block['name']),
  input: block['input'],
  tool_use_id: text(block['tool_use_id']),
  is_error: flag(block['is_error']),
  content: block['content'],
});
