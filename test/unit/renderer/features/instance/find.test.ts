import { describe, expect, it } from 'vitest';
import { createFind } from '../../../../../src/renderer/features/instance/find-store.ts';
import { nextOf } from '../../../../../src/renderer/features/instance/jumps.ts';
import { settledLength } from '../../../../../src/renderer/features/instance/live-parts.ts';
import { findEvent } from '../../../../../src/renderer/features/instance/scan.ts';
import { withoutEscapes } from '../../../../../src/renderer/features/instance/event-text.ts';
import { called, eventsOf, finished, prompt, said, streamOf } from './events.ts';

const events = eventsOf(
  Array.from({ length: 2500 }, (_, n) => {
    if (n % 500 === 0) return prompt(`Part ${String(n)}`);
    if (n === 1234) return finished('x', true);
    return n % 1000 === 7
      ? said(`A Needle in ${String(n)}`)
      : called(`c${String(n)}`, 'Bash', { command: 'ls "a b"' });
  }),
);
const { read, store } = streamOf(events, []);
const index = store.getState().letters;
const never = new AbortController().signal;
const atOnce = async (): Promise<void> => undefined;

describe('finding text in a stream', () => {
  it('finds it in all events, whatever the case, and begins with the first from here on', async () => {
    const find = createFind(read, () => events.length, atOnce);
    await find.search('needle', 1500);
    expect(find.store.getState()).toMatchObject({
      hits: [7, 1007, 2007],
      current: 2,
      searching: false,
      looked: 2500,
    });
    find.step(1);
    expect(find.store.getState().current).toBe(0);
    find.step(-1);
    expect(find.store.getState().current).toBe(2);
  });

  it('finds what a tool was given, quotes and all', async () => {
    const find = createFind(read, () => 20, atOnce);
    await find.search('ls "a b"', 0);
    expect(find.store.getState().hits.length).toBe(18);
  });

  it('drops the search before when another begins', async () => {
    const find = createFind(read, () => events.length, atOnce);
    const first = find.search('needle', 0);
    await Promise.all([first, find.search('nothing like it', 0)]);
    expect(find.store.getState()).toMatchObject({ query: 'nothing like it', hits: [], searching: false });
  });

  it('says why it could not look', async () => {
    const broken = createFind(
      () => Promise.reject(new Error('the line is dead')),
      () => 10,
      atOnce,
    );
    await broken.search('a', 0);
    expect(broken.store.getState().failure?.message).toContain('the line is dead');
  });
});

describe('jumping in a stream', () => {
  const jump = (kind: 'turn' | 'tool' | 'error', from: number, step: 1 | -1) =>
    nextOf({ kind, from, step, index, read, signal: never, onProgress: () => undefined });

  it('finds turns both ways without reading an event', async () => {
    expect([await jump('turn', 3, 1), await jump('turn', 499, -1), await jump('turn', 2000, 1)]).toEqual([
      500,
      0,
      null,
    ]);
  });

  it('finds the next error, however far', async () => {
    expect([await jump('error', 0, 1), await jump('error', 2400, -1), await jump('error', 1234, 1)]).toEqual([
      1234,
      1234,
      null,
    ]);
  });

  it('finds the next tool', async () => {
    expect([await jump('tool', 6, 1), await jump('tool', 8, -1)]).toEqual([8, 6]);
  });

  it('looks backwards as well as forwards', async () => {
    const fits = ({ body }: (typeof events)[number]): boolean => body.type === 'prompt.sent';
    expect(await findEvent({ read, from: 1999, to: -1, signal: never, fits })).toBe(1500);
    expect(await findEvent({ read, from: 1501, to: 2500, signal: never, fits })).toBe(2000);
  });
});

describe('text that is being written', () => {
  it('is settled up to its last empty line outside of code', () => {
    expect(settledLength('one')).toBe(0);
    expect(settledLength('one\n\ntwo')).toBe(5);
    expect(settledLength('one\n\n```\na\n\nb')).toBe(5);
    expect(settledLength('```\na\n\nb\n```\n\nend')).toBe('```\na\n\nb\n```\n\n'.length);
  });

  it('loses the colours of a terminal', () => {
    expect(withoutEscapes('\u001b[31mred\u001b[0m \u001b]8;;https://x\u0007link')).toBe('red link');
  });
});
