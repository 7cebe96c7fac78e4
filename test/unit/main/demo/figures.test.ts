import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../../src/main/demo/conversation.ts';
import { figuresOf, type Figures } from '../../../../src/main/demo/figures.ts';
import type { SceneTurn } from '../../../../src/main/demo/scene.ts';

const turn: SceneTurn = { blocks: [{ type: 'text', text: 'a text of some words' }] };

function figures(messagesBefore: number, firstPrompt = 'Explain this.'): Figures {
  const at: Conversation = {
    session: 's',
    key: 'k',
    firstPrompt,
    prompt: firstPrompt,
    step: messagesBefore,
    messagesBefore,
  };
  return figuresOf(at, turn);
}

describe('the figures of a message', () => {
  it('are the same for the same conversation and others for another', () => {
    expect(figures(0)).toEqual(figures(0));
    expect(figures(0)).not.toEqual(figures(0, 'Something else.'));
  });

  it('write the cache first, and then read all that was written before', () => {
    let written = 0;
    for (const messagesBefore of [0, 1, 2, 3]) {
      const { cacheReadTokens, cacheWriteTokens } = figures(messagesBefore);
      expect(cacheReadTokens).toBe(written);
      expect(cacheWriteTokens).toBeGreaterThan(0);
      written += cacheWriteTokens;
    }
  });

  it('count the output by the length of what is said', () => {
    const longer: SceneTurn = { blocks: [{ type: 'text', text: 'word '.repeat(400) }] };
    const at: Conversation = {
      session: '',
      key: '',
      firstPrompt: '',
      prompt: '',
      step: 0,
      messagesBefore: 0,
    };
    expect(figuresOf(at, longer).outputTokens).toBe(504);
    expect(figuresOf(at, turn).outputTokens).toBe(9);
  });
});
