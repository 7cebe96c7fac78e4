import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOutputTail } from '../../../../src/main/workspace/output-tail.ts';

describe('the end of an output', () => {
  it('is the whole of a short one, whatever pieces it came in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 5 }), (text, size) => {
        const tail = createOutputTail(100_000);
        const bytes = new TextEncoder().encode(text);
        for (let at = 0; at < bytes.length; at += size) tail.add(bytes.subarray(at, at + size));
        expect(tail.text()).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
      }),
    );
  });

  it('is at most as long as was said, in whole characters, and an end of what came', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 400 }),
        fc.integer({ min: 8, max: 64 }),
        (parts, most) => {
          const tail = createOutputTail(most);
          for (const part of parts) tail.add(Buffer.from(part));
          const all = parts.join('');
          const kept = tail.text();
          expect(all.endsWith(kept)).toBe(true);
          expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(most);
          expect(Buffer.byteLength(kept)).toBeGreaterThanOrEqual(Math.min(most, Buffer.byteLength(all)) - 3);
        },
      ),
    );
  });
});
