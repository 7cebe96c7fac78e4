import { describe, expect, it } from 'vitest';
import {
  readConversation,
  readRequest,
  type Conversation,
  type MessagesRequest,
} from '../../../../src/main/demo/conversation.ts';

type Message = MessagesRequest['messages'][number];

const text = (value: string): { type: string; text: string } => ({ type: 'text', text: value });
const user = (...texts: string[]): Message => ({ role: 'user', content: texts.map(text) });
const assistant: Message = { role: 'assistant', content: [text('said')] };
const toolResult: Message = { role: 'user', content: [{ type: 'tool_result' }] };

function place(messages: readonly Message[], header?: string): Conversation {
  return readConversation({ model: 'm', messages: [...messages] }, header);
}

describe('a place in a conversation', () => {
  it('is the first step of the first prompt, reminders of the CLI left out', () => {
    const reminder = '<system-reminder>\nWORDS=1\n</system-reminder>\n';
    const system: Message = { role: 'system', content: [text('# Environment')] };
    expect(place([user(reminder, 'real prompt'), system])).toMatchObject({
      prompt: 'real prompt',
      firstPrompt: 'real prompt',
      step: 0,
      messagesBefore: 0,
    });
  });

  it('moves on with each tool result, and starts again with the next prompt', () => {
    const turn = [user('one'), assistant, toolResult, assistant];
    expect(place(turn.slice(0, 3))).toMatchObject({ prompt: 'one', step: 1 });
    expect(place([...turn, user('two')])).toMatchObject({ prompt: 'two', step: 0, messagesBefore: 2 });
  });

  it.each([
    '<task-notification>\n<status>completed</status>\n</task-notification>',
    '[Request interrupted by user]',
  ])('does not take what the CLI writes for a prompt: %s', (note) => {
    expect(place([user('one'), assistant, user(note)])).toMatchObject({ prompt: 'one', step: 1 });
  });

  it('reads a prompt written as a plain string', () => {
    expect(place([{ role: 'user', content: 'plain' }]).prompt).toBe('plain');
  });

  it('knows prompts, conversations and sessions apart', () => {
    const keys = [
      place([user('one')], 'a'),
      place([user('one'), assistant, user('one')], 'a'),
      place([user('two')], 'a'),
      place([user('one')], 'b'),
    ].map((conversation) => conversation.key);
    expect(new Set(keys).size).toBe(4);
  });

  it('knows a prompt again that was never answered, and comes together with the next one', () => {
    expect(place([user('one', 'go on')], 'a').key).toBe(place([user('one')], 'a').key);
  });

  it('finds the session in the metadata of releases that send no header', () => {
    const id = '0199a3f0-0000-7000-8000-000000000001';
    const messages = [user('x')];
    for (const user_id of [`user_ab_account__session_${id}`, JSON.stringify({ session_id: id })]) {
      expect(readConversation({ model: 'm', messages, metadata: { user_id } }).session).toBe(id);
    }
  });
});

describe('a request', () => {
  it.each(['', '{', '[]', '{"model":"m","messages":[]}', '{"messages":[{"role":"user","content":"x"}]}'])(
    'that is none is told apart: %s',
    (body) => {
      expect(readRequest(body)).toMatchObject({ ok: false });
    },
  );
});
