import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../../../../src/shared/domain/event.ts';
import { placeOf } from '../../../../../src/renderer/features/instance/reveal.ts';
import { openStreamView } from '../../../../../src/renderer/features/instance/stream-view.ts';
import { called, eventsOf, finished, prompt, said, streamOf } from './events.ts';

const talk = (count: number): readonly EventBody[] =>
  Array.from({ length: count }, (_, n) => said(`line ${String(n)}`));

/** A call on the first page that ends on the third. */
const longCall = eventsOf([called('t', 'Bash'), ...talk(450), finished('t', true), said('End.')]);

/** A subagent whose call is 900 events before its last words. */
const farSubagent = eventsOf([
  called('t', 'Task'),
  ...Array.from({ length: 900 }, () => said('…', 't')),
  finished('t'),
]);

describe('a stream as rows', () => {
  it('has a guess for the height of what is not loaded, and none for parts of other rows', () => {
    const view = openStreamView(streamOf(longCall, [2]));
    expect(view.rowAt(0)).toBeUndefined();
    expect(view.heights.heightOf(0)).toBeGreaterThan(0);
    expect(view.rowAt(451)).toBeNull();
    expect(view.heights.heightOf(451)).toBe(0);
    expect(view.heights.count()).toBe(longCall.length);
  });

  it('joins a call with its end on another page, whichever comes first', () => {
    for (const order of [
      [[0], [0, 2]],
      [[2], [2, 0]],
    ]) {
      const stream = streamOf(longCall, []);
      const view = openStreamView(stream);
      for (const pages of order) stream.show(pages);
      const row = view.rowAt(0);
      expect(row?.kind === 'tool' && row.finish).toEqual({ n: 451, isError: true, durationMs: 5 });
    }
  });

  it('keeps the identity of rows that others are added to', () => {
    const stream = streamOf(eventsOf(talk(3)), [0]);
    const view = openStreamView(stream);
    const before = view.rowAt(1);
    stream.show([0], [...(stream.store.getState().pages.get(0) ?? []), ...eventsOf([said('more')], 3)]);
    expect(view.rowAt(1)).toBe(before);
    expect(view.rowAt(3)?.n).toBe(3);
  });

  it('counts turns by what ended', () => {
    const end: EventBody = {
      type: 'turn.ended',
      subtype: 'success',
      isError: false,
      result: null,
      terminalReason: null,
      errors: [],
      apiErrorStatus: null,
      turns: 1,
      durationMs: null,
      ttftMs: null,
      usage: { basis: 'exact', byModel: {} },
    };
    const view = openStreamView(streamOf(eventsOf([prompt('a'), end, prompt('b'), said('c'), end]), [0]));
    expect([0, 1, 2, 3, 4].map(view.turnOf)).toEqual([1, 1, 2, 2, 2]);
  });
});

describe('the place of an event', () => {
  const look = async (n: number, events = farSubagent) => {
    const stream = streamOf(events, []);
    const view = openStreamView(stream);
    return placeOf({ stream, view, signal: new AbortController().signal }, n);
  };

  it('inside of a subagent is its call, however far before', async () => {
    expect(await look(880)).toEqual({ row: 0, open: [0] });
  });

  it('of the end of a call is the call', async () => {
    expect(await look(451, longCall)).toEqual({ row: 0, open: [0] });
  });

  it('of a read in a folded line is that line, opened', async () => {
    const reads = eventsOf([called('a', 'Read'), finished('a'), called('b', 'Read'), finished('b')]);
    expect(await look(2, reads)).toEqual({ row: 0, open: [-0.5, 2] });
    expect(await look(3, reads)).toEqual({ row: 0, open: [-0.5, 2, 2] });
  });

  it('of anything else is itself', async () => {
    expect(await look(7, longCall)).toEqual({ row: 7, open: [] });
  });
});
