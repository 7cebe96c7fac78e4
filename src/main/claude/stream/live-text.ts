import type { TextDelta } from '../../../shared/domain/event.ts';
import { tailOf } from './cut.ts';
import type { StreamEventLine } from './message-lines.ts';

export type StreamDelta = Omit<TextDelta, 'instanceId'>;

/** The text that is being written: its pieces, and the end of what the main thread said last. */
export interface LiveText {
  /** The piece of text in a line of partial output; null when it has none. */
  streamed(line: StreamEventLine): StreamDelta | null;
  /** A block of text of the main thread is complete: it replaces its pieces. */
  said(text: string): void;
  /** The end of what was said last, at most 600 characters; null while nothing was. */
  tail(): string | null;
}

const tailLength = 600;

/** Follows partial output. Messages are told apart by thread, for subagents write at the same time. */
export const createLiveText = (): LiveText => {
  const messages = new Map<string, string>();
  let said: string | null = null;
  let writing: string | null = null;

  const write = (delta: StreamDelta): void => {
    if (delta.kind !== 'text' || delta.parentToolUseId !== null) return;
    const place = `${delta.messageId} ${delta.block}`;
    said = place === writing && said !== null ? said + delta.text : delta.text;
    writing = place;
    if (said.length > 4 * tailLength) said = tailOf(said, tailLength);
  };

  return {
    streamed({ event, parent_tool_use_id: thread }) {
      if (event.message?.id) messages.set(thread ?? '', event.message.id);
      if (event.type === 'message_stop' && thread != null) messages.delete(thread);
      const piece = pieceOf(event);
      const messageId = messages.get(thread ?? '');
      if (piece === null || piece.text === '' || messageId === undefined) return null;
      const delta: StreamDelta = {
        ...piece,
        messageId,
        block: Math.max(0, Math.round(event.index ?? 0)),
        parentToolUseId: thread ?? null,
      };
      write(delta);
      return delta;
    },
    said(text) {
      said = tailOf(text, tailLength);
      writing = null;
    },
    tail: () => (said === null ? null : tailOf(said, tailLength)),
  };
};

const pieceOf = ({ delta }: StreamEventLine['event']): Pick<StreamDelta, 'kind' | 'text'> | null => {
  if (!delta) return null;
  if (delta.type === 'text_delta') return { kind: 'text', text: delta.text ?? '' };
  if (delta.type === 'thinking_delta') return { kind: 'thinking', text: delta.thinking ?? '' };
  if (delta.type === 'input_json_delta') return { kind: 'tool_input', text: delta.partial_json ?? '' };
  return null;
};

/** Pieces in order, with neighbours of the same block made one. */
export const joinDeltas = (deltas: readonly StreamDelta[]): readonly StreamDelta[] => {
  const joined: StreamDelta[] = [];
  for (const delta of deltas) {
    const last = joined.at(-1);
    if (last !== undefined && isSameBlock(last, delta)) {
      joined[joined.length - 1] = { ...last, text: last.text + delta.text };
    } else joined.push(delta);
  }
  return joined;
};

const isSameBlock = (a: StreamDelta, b: StreamDelta): boolean =>
  a.messageId === b.messageId &&
  a.block === b.block &&
  a.kind === b.kind &&
  a.parentToolUseId === b.parentToolUseId;
