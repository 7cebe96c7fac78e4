import type { OrchestrationEvent, TextDelta } from '../../shared/domain/event.ts';

/** A block of text that Claude is writing: live only, gone when its finished event comes. */
export type LiveBlock = {
  readonly key: string;
  readonly kind: TextDelta['kind'];
  readonly messageId: string;
  readonly block: number;
  readonly parentToolUseId: string | null;
  readonly text: string;
};

const keyOf = (delta: TextDelta): string => `${delta.messageId}/${String(delta.block)}/${delta.kind}`;

/** Adds pieces of text to their blocks; blocks stand in the order in which they began. */
export const withDeltas = (
  blocks: readonly LiveBlock[],
  deltas: readonly TextDelta[],
): readonly LiveBlock[] => {
  if (deltas.length === 0) return blocks;
  const next = new Map(blocks.map((block) => [block.key, block]));
  for (const delta of deltas) {
    const key = keyOf(delta);
    const { kind, messageId, block, parentToolUseId } = delta;
    const text = (next.get(key)?.text ?? '') + delta.text;
    next.set(key, { key, kind, messageId, block, parentToolUseId, text });
  }
  return [...next.values()];
};

const without = (blocks: readonly LiveBlock[], fits: (block: LiveBlock) => boolean): readonly LiveBlock[] => {
  const index = blocks.findIndex(fits);
  return index === -1 ? blocks : blocks.toSpliced(index, 1);
};

/** Takes away the blocks that events have finished: one block each, and all of them at the end of a turn or attempt. */
export const withoutFinished = (
  blocks: readonly LiveBlock[],
  events: readonly OrchestrationEvent[],
): readonly LiveBlock[] => {
  let left = blocks;
  for (const { body } of events) {
    if (left.length === 0) return left;
    if (body.type === 'turn.ended' || body.type === 'attempt.ended' || body.type === 'attempt.started')
      left = [];
    else if (body.type === 'message.text' || body.type === 'message.thinking') {
      const kind = body.type === 'message.text' ? 'text' : 'thinking';
      left = without(left, (block) => block.kind === kind && block.messageId === body.messageId);
    } else if (body.type === 'tool.called') {
      left = without(
        left,
        (block) => block.kind === 'tool_input' && block.parentToolUseId === body.parentToolUseId,
      );
    }
  }
  return left;
};
