import { describe, expect, it } from 'vitest';
import { bodiesOf, eventsOf, fixture, foldOf, phasesOf, readAt } from '../fixtures.ts';
import { assistant, call, init, question, retry, toolResult } from '../lines.ts';

const kinds = (lines: readonly unknown[]) => phasesOf(foldOf(lines).take().items).map((phase) => phase.kind);
describe('the phase', () => {
  it('is limited until the next try, and over with the first answer', () => {
    const phases = phasesOf(foldOf([init, retry(1), retry(2), assistant('m', [])]).take().items);
    const until = '2026-11-22T09:00:01.000Z';
    expect(phases).toEqual([
      { kind: 'running' },
      { kind: 'limited', reason: 'rate limited (try 1 of 10)', until, cause: 'rate_limit' },
      { kind: 'limited', reason: 'rate limited (try 2 of 10)', until, cause: 'rate_limit' },
      { kind: 'running' },
    ]);
  });

  it('waits from the question to the result of the tool', () => {
    const { items } = foldOf(fixture('live-permission-deny').stdout).take();
    expect(phasesOf(items)).toEqual([
      { kind: 'running' },
      { kind: 'waiting', reason: 'Asks whether it may use Bash: running touch refused.txt' },
      { kind: 'running' },
    ]);
  });

  it('goes on when the question is taken back', () => {
    const cancel = { type: 'control_cancel_request', request_id: 'q1' };
    const fold = foldOf([init, question('q1', 't1'), cancel, cancel]);
    const { items } = fold.take();
    expect(phasesOf(items).map((phase) => phase.kind)).toEqual(['running', 'waiting', 'running']);
    expect(eventsOf(items, 'permission.cancelled')).toEqual([
      { type: 'permission.cancelled', requestId: 'q1' },
    ]);
  });

  it('waits on while another tool of the same message gets its result', () => {
    const calls = assistant('m1', [call('t1', 'Bash', {}), call('t2', 'Read', {})]);
    expect(kinds([init, calls, question('q1', 't1'), toolResult('t2', 'x')])).toEqual(['running', 'waiting']);
    const more = [toolResult('t2', 'x'), assistant('m2', [])];
    expect(kinds([init, calls, question('q1', 't1'), ...more])).toEqual(['running', 'waiting', 'running']);
  });

  it('waits on for one question when the other is answered', () => {
    const fold = foldOf([init, question('q1', 't1'), question('q2', 't2'), toolResult('t1', 'x')]);
    expect(fold.progress().questions.map((open) => open.requestId)).toEqual(['q2']);
    expect(phasesOf(fold.take().items).at(-1)?.kind).toBe('waiting');
  });

  it('waits on for a subagent while the main thread talks, and until the subagent is done', () => {
    const asked = [
      init,
      assistant('m1', [call('agent', 'Agent', {})]),
      assistant('m2', [call('t1', 'Bash', {})], 'agent'),
      question('q1', 't1'),
      assistant('m3', [{ type: 'text', text: 'meanwhile' }]),
      { type: 'result', subtype: 'success', is_error: false },
    ];
    expect(kinds(asked)).toEqual(['running', 'waiting']);
    expect(kinds([...asked, assistant('m4', [], 'agent')])).toEqual(['running', 'waiting', 'running']);
    expect(kinds([...asked, toolResult('agent', 'done')])).toEqual(['running', 'waiting', 'running']);
  });

  it('ends with the turn for what the main thread asked', () => {
    const end = { type: 'result', subtype: 'error_during_execution', is_error: true };
    expect(kinds([init, question('q1', 't1'), end])).toEqual(['running', 'waiting', 'running']);
  });
});

describe('the progress', () => {
  it('counts tools by name, with failures and times', () => {
    expect(foldOf(fixture('steps-20').stdout).progress()).toMatchObject({
      toolCalls: 20,
      tools: { Bash: { calls: 20, errors: 0 } },
      turns: 21,
      results: 1,
      ttftMs: 106,
    });
    expect(foldOf(fixture('tool-not-permitted').stdout).progress().tools).toEqual({
      Bash: { calls: 1, errors: 1, durationMs: 41 },
    });
  });

  it('takes all it can from the one object of a run that prints nothing else', () => {
    const sessionId: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(foldOf(fixture('json-format').stdout).progress()).toMatchObject({
      sessionId,
      model: 'claude-opus-5-5',
      said: 'word0 word1 word2 word3 word4',
      result: 'word0 word1 word2 word3 word4',
      turns: 1,
      ttftMs: 96,
    });
  });

  it('counts turns while they run as the result does at their end', () => {
    const lines = fixture('steps-20').stdout.toString().trimEnd().split('\n');
    expect(foldOf(lines.slice(0, -1).join('\n')).progress().turns).toBe(21);
  });

  it('shows a question with its tool, cut to size, and keeps the whole input for the answer', () => {
    const input = { command: 'x'.repeat(100_000) };
    const fold = foldOf([init, question('q1', 't1', { input, description: 'why' })]);
    expect(fold.progress().questions).toMatchObject([
      { requestId: 'q1', toolName: 'Bash', toolUseId: 't1', description: 'why', askedAt: readAt },
    ]);
    expect(JSON.stringify(fold.progress().questions).length).toBeLessThan(70_000);
    expect(fold.permissionInput('q1')).toEqual(input);
    expect(fold.permissionInput('q2')).toBeNull();
  });

  it.each([
    [[init, assistant('m', [call('t', 'Edit', { file_path: '/repo/src/x.ts' })])], 'editing src/x.ts'],
    [[init, assistant('m', [call('t', 'Bash', { command: 'npm test\n# and so on' })])], 'running npm test…'],
    [[init, assistant('m', [call('t', 'mcp__github__list', {})])], 'using github: list'],
    [[init, assistant('m', [call('t', 'Grep', { pattern: 'x' })], 'a')], 'agent: searching for x'],
    [[init, assistant('m', [call('t', 'Read', { file_path: 7 })])], 'using Read'],
    [[init, assistant('m', [{ type: 'text', text: 'a' }])], 'writing'],
    [[init, toolResult('t', 'x')], 'thinking'],
    [[init, question('q', 't')], 'waiting for permission: Bash'],
    [[init, retry(3, 'overloaded')], 'the API is overloaded (try 3 of 10)'],
    [[init, { type: 'result', subtype: 'success' }], null],
  ])('says in one line what it does (%#)', (lines, activity) => {
    expect(foldOf(lines).progress().activity).toBe(activity);
  });

  it('shows the end of what is being said, and then what was said', () => {
    const piece = (text: string) => ({
      type: 'stream_event',
      event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
      parent_tool_use_id: null,
    });
    const start = {
      type: 'stream_event',
      event: { type: 'message_start', message: { id: 'm', model: 'x' } },
    };
    const pieces = Array.from({ length: 500 }, (_, index) => piece(`word${index} 😀`));
    const text = pieces.map((line) => line.event.delta.text).join('');
    const fold = foldOf([init, start, ...pieces]);
    const said = fold.progress().said ?? '';
    expect(text.endsWith(said)).toBe(true);
    expect(said.length).toBeGreaterThan(590);
    expect(said.length).toBeLessThanOrEqual(600);
    expect(
      foldOf([init, start, ...pieces, assistant('m', [{ type: 'text', text: 'all' }])]).progress().said,
    ).toBe('all');
  });

  it('gives what streams in pieces that make up the finished blocks', () => {
    for (const name of ['text-partial', 'steps-20', 'thinking']) {
      const { items, deltas } = foldOf(fixture(name).stdout).take();
      const written = deltas.filter((delta) => delta.kind !== 'tool_input').map((delta) => delta.text);
      const finished = bodiesOf(items).flatMap((body) =>
        body.type === 'message.text' || body.type === 'message.thinking' ? [body.text] : [],
      );
      expect(written).toEqual(finished);
    }
  });
});
