import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAttemptFold } from '../../../../../src/main/claude/stream/attempt-fold.ts';
import { createLineSplitter } from '../../../../../src/main/claude/stream/line-splitter.ts';
import {
  bodiesOf,
  chunksOf,
  eventsOf,
  fixture,
  fixtureNames,
  foldOf,
  prices,
  pushBytes,
  readAt,
} from '../fixtures.ts';
import { assistant, call, init, toolResult } from '../lines.ts';

const typesOf = (name: string) =>
  bodiesOf(foldOf(fixture(name).stdout).take().items).map((body) => body.type);

describe('the items of a stream', () => {
  it('are the same however the bytes are cut', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...fixtureNames), sizes, (name, cuts) => {
        const { stdout } = fixture(name);
        const fold = createAttemptFold({ prices, resumed: null });
        pushBytes(fold, 'stdout', chunksOf(stdout, cuts));
        const whole = foldOf(stdout);
        expect(fold.take()).toEqual(whole.take());
        expect(fold.progress()).toEqual(whole.progress());
      }),
      { numRuns: 40 },
    );
  });

  it('do not depend on how often they are taken or progress is asked for', () => {
    const { stdout } = fixture('live-permission-allow');
    const fold = createAttemptFold({ prices, resumed: null });
    const items = createLineSplitter()
      .push(stdout)
      .flatMap((line) => {
        fold.push(line, readAt);
        fold.progress();
        return fold.take().items;
      });
    expect(items).toEqual(foldOf(stdout).take().items);
  });

  it('know every line that the CLI was seen to print', () => {
    for (const name of fixtureNames) expect(typesOf(name)).not.toContain('raw');
  });

  it('say where in the spool they come from', () => {
    const { stdout } = fixture('tool-allowed');
    for (const item of foldOf(stdout).take().items) {
      if (item.kind !== 'event') continue;
      const { offset, length } = item.source;
      expect(JSON.parse(stdout.toString('utf8', offset, offset + length))).toHaveProperty('type');
    }
  });

  it('survive any JSON and any text', () => {
    const types = [
      'assistant',
      'user',
      'stream_event',
      'result',
      'system',
      'control_request',
      'rate_limit_event',
    ];
    const keys = [
      'message',
      'event',
      'request',
      'content',
      'usage',
      'modelUsage',
      'subtype',
      'parent_tool_use_id',
    ];
    const odd = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 }));
    const line = fc.oneof(
      fc.tuple(fc.constantFrom(...types), odd).map(([type, rest]) => JSON.stringify({ ...rest, type })),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const fold = foldOf(lines.join('\n'));
        expect(() => JSON.stringify([fold.take(), fold.progress()])).not.toThrow();
      }),
    );
  });
});

describe('the events of a stream', () => {
  it.each([
    ['tool-allowed', 'session.started message.text tool.called tool.finished message.text turn.ended'],
    [
      'tool-not-permitted',
      'session.started message.text tool.called permission.denied tool.finished message.text turn.ended',
    ],
    ['thinking', 'session.started message.thinking message.text turn.ended'],
    ['live-two-turns', 'session.started message.text turn.ended message.text turn.ended'],
    ['sigint', 'session.started message.text message.user turn.ended'],
    ['rate-limited-then-ok', 'session.started api.retried api.retried message.text turn.ended'],
    ['sigkill', 'session.started'],
  ])('%s: %s', (name, types) => {
    expect(typesOf(name).join(' ')).toBe(types);
  });

  it('tell a subagent from the one that called it', () => {
    const { items } = foldOf(fixture('subagent').stdout).take();
    const parents = bodiesOf(items).flatMap((body) =>
      body.type === 'message.text' ? [body.parentToolUseId] : [],
    );
    expect(parents).toEqual([null, null, 'toolu_000029', null]);
    expect(eventsOf(items, 'task.changed').map((event) => event.status)).toEqual([
      'started',
      'completed',
      'completed',
    ]);
  });

  it('tell the start of a session once, and again when something about it is new', () => {
    const { items } = foldOf([init, init, { ...init, model: 'claude-sonnet-5-5' }]).take();
    expect(eventsOf(items, 'session.started').map((event) => event.model)).toEqual([
      'claude-opus-5-5',
      'claude-sonnet-5-5',
    ]);
  });

  it('carry the time of the line, or that of reading where it has none', () => {
    const stamped = assistant('m', [{ type: 'text', text: 'a' }], null, '2026-01-02T03:04:05.678+01:00');
    const { items } = foldOf([init, stamped]).take();
    const times = items.flatMap((item) => (item.kind === 'event' ? [item.at] : []));
    expect(times).toEqual([readAt, '2026-01-02T02:04:05.678Z']);
  });

  it('name each tool with its result and how long it took', () => {
    const { items } = foldOf(fixture('tool-allowed').stdout).take();
    expect(eventsOf(items, 'tool.finished')).toMatchObject([
      { name: 'Bash', isError: false, output: '(Bash completed with no output)', durationMs: 64 },
    ]);
  });

  it('keep at most 32 KiB of what a tool gave, and say so', () => {
    const [whole, cut] = eventsOf(
      foldOf([toolResult('a', 'é'.repeat(16 * 1024)), toolResult('b', `${'é'.repeat(16 * 1024)}x`)]).take()
        .items,
      'tool.finished',
    );
    expect(whole).toMatchObject({ truncated: false });
    expect(whole?.output).toHaveLength(16 * 1024);
    expect(cut).toMatchObject({ truncated: true, output: whole?.output });
  });

  it('give the text of results in parts, and name what is no text', () => {
    const parts = [
      { type: 'text', text: 'one' },
      { type: 'image', source: {} },
      { type: 'text', text: 'two' },
    ];
    const [event] = eventsOf(foldOf([toolResult('a', parts)]).take().items, 'tool.finished');
    expect(event?.output).toBe('one\n[image]\ntwo');
  });

  it('keep a huge input small, and an object', () => {
    const input = {
      file_path: '/repo/a',
      content: 'x'.repeat(200_000),
      list: Array.from({ length: 9000 }, () => 1),
    };
    const [event] = eventsOf(
      foldOf([assistant('m', [call('t', 'Write', input)])]).take().items,
      'tool.called',
    );
    expect(JSON.stringify(event?.input).length).toBeLessThan(64 * 1024);
    const content: unknown = expect.stringMatching(/^x+… \(\d+ more characters in the raw line\)$/);
    expect(event?.input).toMatchObject({ file_path: '/repo/a', content });
  });

  it('cut a file that is written, also where there is nothing else, and say how much is left out', () => {
    const input = { file_path: '/repo/a', content: 'é'.repeat(20_000) };
    const [event] = eventsOf(
      foldOf([assistant('m', [call('t', 'Write', input)])]).take().items,
      'tool.called',
    );
    const content = `${'é'.repeat(16_384)}… (3616 more characters in the raw line)`;
    expect(event?.input).toEqual({ file_path: '/repo/a', content });
  });

  it('keep an input that is nested without end', () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const line = JSON.stringify(assistant('m', [call('t', 'X', {})])).replace(
      '"input":{}',
      `"input":${deep}`,
    );
    const [event] = eventsOf(foldOf(line).take().items, 'tool.called');
    expect(() => JSON.stringify(event)).not.toThrow();
  });
});

describe('what is no line of a known stream', () => {
  it.each([
    ['what is no JSON', 'Segmentation fault\n', 'broken', 'Segmentation fault'],
    [
      'a type that is not known',
      '{"type":"from_the_future","x":1}\n',
      'unknown',
      '{"type":"from_the_future","x":1}',
    ],
    ['JSON that is no object', '[1]\n', 'unknown', '[1]'],
    ['half a last line', '{"type":"assist', 'unfinished', '{"type":"assist'],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0xff, 0x0a]), 'broken', 'a\uFFFD'],
  ])('keeps %s', (_what, stdout, reason, text) => {
    expect(bodiesOf(foldOf(stdout).take().items)).toMatchObject([{ type: 'raw', reason, text }]);
  });

  it('passes over empty lines', () => {
    expect(foldOf('\n  \n\r\n').take().items).toEqual([]);
  });

  it('takes a last line without a newline that is whole', () => {
    expect(bodiesOf(foldOf(JSON.stringify(init)).take().items)).toMatchObject([{ type: 'session.started' }]);
  });

  it('keeps a block that is not known, and the ones around it', () => {
    const blocks = [{ type: 'text', text: 'a' }, { type: 'hologram' }, { type: 'text', text: 'b' }];
    const types = bodiesOf(foldOf([assistant('m', blocks)]).take().items).map((body) => body.type);
    expect(types).toEqual(['message.text', 'raw', 'message.text']);
  });

  it('keeps at most 4 KiB of a line, and its whole size', () => {
    const [event] = eventsOf(foldOf(`${'é'.repeat(5000)}\n`).take().items, 'raw');
    expect(event?.bytes).toBe(10_000);
    expect(event?.text).toBe('é'.repeat(2048));
  });

  it('reads on where a field has an odd type', () => {
    const odd = {
      ...assistant('m', [{ type: 'text', text: 'a' }]),
      parent_tool_use_id: 7,
      error: {},
      aborted: 'x',
    };
    expect(bodiesOf(foldOf([odd]).take().items)).toMatchObject([{ type: 'message.text', text: 'a' }]);
  });
});

describe('stderr', () => {
  const stderrOf = (text: string) => {
    const fold = createAttemptFold({ prices, resumed: null });
    pushBytes(fold, 'stderr', [Buffer.from(text)]);
    return { events: eventsOf(fold.take().items, 'stderr'), tail: fold.evidence().stderrTail };
  };

  it('gives its lines, and its end', () => {
    expect(stderrOf('one\n\ntwo')).toEqual({
      events: [
        { type: 'stderr', text: 'one' },
        { type: 'stderr', text: 'two' },
      ],
      tail: 'one\ntwo\n',
    });
  });

  it('stops after 1,000 lines or 256 KiB, and says that the rest is in the spool', () => {
    const many = stderrOf('line\n'.repeat(5000)).events;
    expect(many).toHaveLength(1001);
    expect(many.at(-1)?.text).toContain('The rest is in');
    const long = stderrOf(`${'x'.repeat(60_000)}\n`.repeat(10)).events;
    expect(long).toHaveLength(5);
    expect(long.at(-1)?.text).toContain('The rest is in');
  });
});
