import type { Figures } from './figures.ts';
import { asksForTool, type SceneBlock, type SceneTurn } from './scene.ts';

/** What a message is called: its own id and model. Tool calls are named after it. */
export interface MessageIdentity {
  readonly id: string;
  readonly model: string;
}

/** One server-sent event of the Messages API. */
export interface MessageEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

const deltaChars = 48;
const signature = 'c2NyaXB0ZWQ=';

/** The server-sent events of one message, in order (`message_start` … `message_stop`), as the Messages API streams them. */
export function* messageEvents(
  turn: SceneTurn,
  identity: MessageIdentity,
  figures: Figures,
): Generator<MessageEvent> {
  const start = usageOf({ ...figures, outputTokens: 1 });
  yield {
    type: 'message_start',
    message: { ...frame(identity), content: [], stop_reason: null, usage: start },
  };
  for (const [index, block] of turn.blocks.entries()) {
    yield { type: 'content_block_start', index, content_block: emptyBlock(block, toolId(identity, index)) };
    for (const delta of deltasOf(block)) yield { type: 'content_block_delta', index, delta };
    yield { type: 'content_block_stop', index };
  }
  const delta = { stop_reason: stopReason(turn), stop_sequence: null };
  yield { type: 'message_delta', delta, usage: usageOf(figures) };
  yield { type: 'message_stop' };
}

/** The same message as the one JSON object that a request without streaming gets. */
export function wholeMessage(turn: SceneTurn, identity: MessageIdentity, figures: Figures): MessageEvent {
  const content = turn.blocks.map((block, index) => wholeBlock(block, toolId(identity, index)));
  return { ...frame(identity), content, stop_reason: stopReason(turn), usage: usageOf(figures) };
}

function frame(identity: MessageIdentity): MessageEvent {
  return { type: 'message', id: identity.id, role: 'assistant', model: identity.model, stop_sequence: null };
}

function stopReason(turn: SceneTurn): string {
  return asksForTool(turn) ? 'tool_use' : 'end_turn';
}

function toolId(identity: MessageIdentity, index: number): string {
  return `${identity.id.replace('msg_', 'toolu_')}${index}`;
}

function emptyBlock(block: SceneBlock, id: string): object {
  if (block.type === 'tool_use') return { type: 'tool_use', id, name: block.name, input: {} };
  return block.type === 'text'
    ? { type: 'text', text: '' }
    : { type: 'thinking', thinking: '', signature: '' };
}

function wholeBlock(block: SceneBlock, id: string): object {
  if (block.type === 'tool_use') return { type: 'tool_use', id, name: block.name, input: block.input };
  return block.type === 'text'
    ? { type: 'text', text: block.text }
    : { type: 'thinking', thinking: block.text, signature };
}

function deltasOf(block: SceneBlock): readonly object[] {
  switch (block.type) {
    case 'text':
      return wordsOf(block.text).map((text) => ({ type: 'text_delta', text }));
    case 'thinking':
      return [
        ...wordsOf(block.text).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature },
      ];
    case 'tool_use':
      return (JSON.stringify(block.input).match(new RegExp(`[^]{1,${deltaChars}}`, 'g')) ?? []).map(
        (json) => ({
          type: 'input_json_delta',
          partial_json: json,
        }),
      );
  }
}

/** Cuts a text behind each run of white space; the pieces joined are the text. */
function wordsOf(text: string): readonly string[] {
  return text.match(/\s*\S+\s*|\s+/g) ?? [];
}

function usageOf(figures: Figures): object {
  return {
    input_tokens: figures.inputTokens,
    cache_creation_input_tokens: figures.cacheWriteTokens,
    cache_read_input_tokens: figures.cacheReadTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: figures.cacheWriteTokens,
      ephemeral_1h_input_tokens: 0,
    },
    output_tokens: figures.outputTokens,
    service_tier: 'standard',
  };
}
