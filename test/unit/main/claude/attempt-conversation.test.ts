import { describe, expect, it } from 'vitest';
import { createConversation } from '../../../../src/main/claude/attempt-conversation.ts';
import type { TurnStanding } from '../../../../src/main/claude/stream/turn-account.ts';
import { createManualClock } from '../../../support/engine/manual-clock.ts';

const talk = () => {
  const clock = createManualClock();
  const said: { text: string; id: string }[] = [];
  let open = true;
  const pipe = {
    write: (line: string) => {
      const { message, uuid } = JSON.parse(line) as {
        message: { content: { text: string }[] };
        uuid: string;
      };
      if (open) said.push({ text: message.content[0]?.text ?? '', id: uuid });
      return open;
    },
    endInput: () => {
      open = false;
    },
  };
  const conversation = createConversation(pipe, clock);
  let turns = 0;
  return {
    clock,
    conversation,
    texts: () => said.map(({ text }) => text),
    isOpen: () => open,
    /** All that was said so far is answered. */
    answered: (change: Partial<TurnStanding> = {}) => {
      turns += 1;
      const settled = new Set(said.map(({ id }) => id));
      conversation.heard({ isBusy: false, backgroundTasks: 0, answered: turns, settled, ...change });
    },
    busy: (change: Partial<TurnStanding> = {}) => {
      conversation.heard({
        ...{ isBusy: true, backgroundTasks: 0, answered: turns, settled: new Set() },
        ...change,
      });
    },
  };
};

describe('a conversation', () => {
  it('says one thing after the other, and ends with the last answer', () => {
    const { conversation, texts, isOpen, answered, busy } = talk();
    expect(conversation.begin(['/clear', 'work'])).toBe(true);
    busy();
    expect(texts()).toEqual(['/clear']);
    conversation.finish();
    answered();
    expect(texts()).toEqual(['/clear', 'work']);
    expect(isOpen()).toBe(true);
    answered();
    expect(isOpen()).toBe(false);
    expect(conversation.say('more')).toBe(false);
  });

  it('stays open for a message that is not answered, and for what goes on in the background', () => {
    const { conversation, isOpen, answered, busy } = talk();
    conversation.begin(['work']);
    conversation.say('and this');
    conversation.finish();
    busy();
    expect(isOpen()).toBe(true);
    answered({ backgroundTasks: 1 });
    expect(isOpen()).toBe(true);
    answered({ isBusy: true });
    expect(isOpen()).toBe(true);
    answered();
    expect(isOpen()).toBe(false);
  });

  it('takes the end of a turn for the answer where nothing is said of messages', () => {
    const { conversation, isOpen, answered, busy } = talk();
    conversation.begin(['work']);
    conversation.finish();
    busy({ settled: null });
    expect(isOpen()).toBe(true);
    answered({ settled: null });
    expect(isOpen()).toBe(false);
  });

  it('does not wait for ever for a turn that does not come', async () => {
    const { clock, conversation, isOpen, answered } = talk();
    conversation.begin(['work']);
    conversation.finish();
    answered({ isBusy: true });
    expect(isOpen()).toBe(true);
    await clock.advance(10_000);
    expect(isOpen()).toBe(false);
  });

  it('says nothing more once it is broken off', () => {
    const { conversation, texts, isOpen, answered } = talk();
    conversation.begin(['/clear', 'work']);
    conversation.breakOff();
    answered();
    expect(texts()).toEqual(['/clear']);
    expect(isOpen()).toBe(false);
  });
});
