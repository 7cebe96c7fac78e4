import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noFigures } from '../../../../src/main/demo/figures.ts';
import { messageEvents, wholeMessage } from '../../../../src/main/demo/message-events.ts';
import type { SceneBlock, SceneTurn } from '../../../../src/main/demo/scene.ts';

const identity = { id: 'msg_1', model: 'claude-x' };
const figures = { ...noFigures, inputTokens: 7, outputTokens: 42 };

const anyBlock: fc.Arbitrary<SceneBlock> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: fc.string() }),
  fc.record({ type: fc.constant('thinking' as const), text: fc.string() }),
  fc.record({
    type: fc.constant('tool_use' as const),
    name: fc.constant('Read'),
    input: fc.dictionary(fc.string(), fc.string()),
  }),
);

/** What a client puts together from the deltas of a stream. */
function joined(turn: SceneTurn): readonly string[] {
  const texts = turn.blocks.map(() => '');
  for (const { type, index, delta } of messageEvents(turn, identity, figures)) {
    if (type !== 'content_block_delta' || typeof index !== 'number') continue;
    const { text, thinking, partial_json: json } = delta as Record<string, string | undefined>;
    texts[index] = `${texts[index] ?? ''}${text ?? thinking ?? json ?? ''}`;
  }
  return texts;
}

describe('a streamed message', () => {
  it('puts together to exactly what the scene says, in every kind of block', () => {
    fc.assert(
      fc.property(fc.array(anyBlock), (blocks) => {
        const written = blocks.map((block) =>
          block.type === 'tool_use' ? JSON.stringify(block.input) : block.text,
        );
        expect(joined({ blocks })).toEqual(written);
      }),
    );
  });

  it('starts with one output token and closes with all of them', () => {
    const events = [...messageEvents({ blocks: [{ type: 'text', text: 'hi there' }] }, identity, figures)];
    expect(events.map((event) => event.type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events[0]).toMatchObject({ message: { usage: { input_tokens: 7, output_tokens: 1 } } });
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'end_turn' },
      usage: { input_tokens: 7, output_tokens: 42 },
    });
  });

  it('is the same message as the whole one', () => {
    const turn: SceneTurn = { blocks: [{ type: 'tool_use', name: 'Read', input: { file_path: 'a' } }] };
    expect(wholeMessage(turn, identity, figures)).toMatchObject({
      id: 'msg_1',
      model: 'claude-x',
      stop_reason: 'tool_use',
      content: [{ type: 'tool_use', id: 'toolu_10', name: 'Read', input: { file_path: 'a' } }],
      usage: { output_tokens: 42 },
    });
  });
});
