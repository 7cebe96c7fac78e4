import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../../../../src/shared/domain/event.ts';
import { rowsOf, type Finish } from '../../../../../src/renderer/features/instance/outline.ts';
import { called, eventsOf, finished, prompt, said } from './events.ts';

const outline = (bodies: readonly EventBody[], parent: string | null = null): readonly string[] => {
  const events = eventsOf(bodies);
  const finishes = new Map<string, Finish>();
  for (const { n, body } of events)
    if (body.type === 'tool.finished')
      finishes.set(body.toolUseId, { n: n ?? 0, isError: body.isError, durationMs: 5 });
  return rowsOf(events, { parent, speaking: false, finishOf: (id) => finishes.get(id) ?? null }).map(
    (row) => {
      if (row.kind === 'event') return `${String(row.n)} ${row.event.body.type}${row.first ? ' first' : ''}`;
      if (row.kind === 'reads') return `${String(row.n)} reads ${row.calls.map(({ n }) => n).join(' ')}`;
      return `${String(row.n)} ${row.event.body.name} ${row.finish === null ? 'open' : row.finish.isError ? 'failed' : 'done'}`;
    },
  );
};

describe('the rows of a stream', () => {
  it('join a call with its end, even with others in between', () => {
    expect(outline([called('a', 'Bash'), called('b', 'Edit'), finished('b'), finished('a')])).toEqual([
      '0 Bash done',
      '1 Edit done',
    ]);
  });

  it('show a call without an end as open', () => {
    expect(outline([called('a', 'Bash')])).toEqual(['0 Bash open']);
  });

  it('fold reads in a row, until something else comes', () => {
    const bodies = [
      called('a', 'Read'),
      finished('a'),
      called('b', 'Grep'),
      finished('b'),
      said('Hm.'),
      called('c', 'Read'),
      finished('c'),
    ];
    expect(outline(bodies)).toEqual(['0 reads 0 2', '4 message.text first', '5 Read done']);
  });

  it('leave a failed read in sight', () => {
    const bodies = [
      called('a', 'Read'),
      finished('a'),
      called('b', 'Read'),
      finished('b', true),
      called('c', 'Read'),
    ];
    expect(outline(bodies)).toEqual(['0 Read done', '2 Read failed', '4 Read open']);
  });

  it('keep what a subagent does under its call', () => {
    const bodies = [
      called('t', 'Task'),
      said('Looking.', 't'),
      called('x', 'Bash', {}, 't'),
      finished('x', false, 't'),
      finished('t'),
      said('Found.'),
    ];
    expect(outline(bodies)).toEqual(['0 Task done', '5 message.text first']);
    expect(outline(bodies, 't')).toEqual(['1 message.text first', '2 Bash done']);
  });

  it('show the end of a call that nobody saw begin', () => {
    const lost: EventBody = { ...finished('a'), name: null } as EventBody;
    expect(outline([lost])).toEqual(['0 tool.finished']);
  });

  it('name the speaker once in a turn', () => {
    expect(outline([prompt('Go.'), said('One.'), said('Two.'), prompt('On.'), said('Three.')])).toEqual([
      '0 prompt.sent',
      '1 message.text first',
      '2 message.text',
      '3 prompt.sent',
      '4 message.text first',
    ]);
  });
});
