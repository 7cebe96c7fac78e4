import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BlockEvent, decodeBlock, encodeBlock } from '../../../../src/main/store/event-block.ts';

const anyText = fc.string({ unit: 'binary' });
const anyBody = fc
  .record({ type: fc.constant('stderr'), text: anyText, more: fc.json() })
  .map((body) => JSON.stringify(body));
const anySource = fc.record({
  stream: fc.constantFrom('stdout' as const, 'stderr' as const),
  offset: fc.maxSafeNat(),
  length: fc.nat(),
});
const anyEvents: fc.Arbitrary<readonly BlockEvent[]> = fc
  .array(
    fc.record({
      skipped: fc.nat({ max: 1000 }),
      hasN: fc.boolean(),
      attemptId: fc.option(fc.constantFrom('a', 'b', '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11')),
      at: fc.integer({ min: -1000, max: 4_000_000_000_000 }),
      letter: fc.constantFrom('t', 'A', 'v'),
      source: fc.option(anySource),
      body: anyBody,
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((parts) => {
    let seq = 0;
    return parts.map(({ skipped, hasN, ...event }, n) => ({
      ...event,
      seq: (seq += 1 + skipped),
      n: hasN ? n + 7 : null,
    }));
  });

describe('a block of events', () => {
  it('gives back what was put in, whatever it is', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        expect(decodeBlock(encodeBlock(events).data)).toEqual(events);
      }),
      { numRuns: 300 },
    );
  });

  it('says what is in it without being opened', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const { letters, firstN, count, firstSeq, lastSeq } = encodeBlock(events);
        expect(letters).toBe(events.map(({ letter }) => letter).join(''));
        expect(firstN).toBe(events[0]?.n ?? 0);
        expect(count).toBe(events.length);
        expect([firstSeq, lastSeq]).toEqual([events[0]?.seq, events.at(-1)?.seq]);
      }),
    );
  });

  it('is a small part of the events', () => {
    const events = Array.from({ length: 512 }, (_, n) => ({
      seq: n * 3 + 1,
      n,
      attemptId: '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11',
      at: 1_800_000_000_000 + n * 40,
      letter: 't',
      source: { stream: 'stdout' as const, offset: n * 500, length: 499 },
      body: JSON.stringify({ type: 'message.text', text: `Reading file ${String(n)} of the project` }),
    }));
    const raw = events.reduce((sum, { body }) => sum + body.length, 0);
    expect(encodeBlock(events).data.byteLength).toBeLessThan(raw * 0.15);
  });

  it('has at least one event', () => {
    expect(() => encodeBlock([])).toThrow(RangeError);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['bytes of another kind', new TextEncoder().encode('SQLite format 3')],
    [
      'a block that was cut',
      encodeBlock([
        { seq: 1, n: 0, attemptId: null, at: 1, letter: 't', source: null, body: '{}' },
      ]).data.subarray(0, 20),
    ],
  ])('is not made of %s', (_, data) => {
    expect(() => decodeBlock(data)).toThrow();
  });
});
