import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter } from '../../../../../src/main/claude/stream/line-splitter.ts';
import { chunksOf } from '../fixtures.ts';

const split = (chunks: readonly Buffer[], maxLineBytes?: number) => {
  const splitter = createLineSplitter(maxLineBytes === undefined ? {} : { maxLineBytes });
  const lines = chunks.flatMap((chunk) => {
    const copy = Buffer.from(chunk);
    const given = splitter.push(copy);
    copy.fill(0x21);
    return [...given];
  });
  const last = splitter.end();
  return last === null ? lines : [...lines, last];
};

const someText = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\n', '\r\n', '\n\n', 'é', '😀', '\r')))
  .map((parts) => parts.join(''));
const someSizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });

describe('the line splitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(someText, someSizes, (text, sizes) => {
        const bytes = Buffer.from(text);
        expect(split(chunksOf(bytes, sizes))).toEqual(split([bytes]));
      }),
    );
  });

  it('gives every line as a plain split of the text does', () => {
    fc.assert(
      fc.property(someText, someSizes, (text, sizes) => {
        const bytes = Buffer.from(text);
        const plain = bytes.toString('utf8').split('\n');
        const last = plain.pop() ?? '';
        const whole = plain.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
        const lines = split(chunksOf(bytes, sizes));
        expect(lines.map((line) => line.text)).toEqual(last === '' ? whole : [...whole, last]);
        expect(lines.map((line) => line.kind === 'unfinished')).toEqual(
          lines.map((_, index) => index === whole.length),
        );
      }),
    );
  });

  it('says where each line stands, so that its bytes can be found again', () => {
    fc.assert(
      fc.property(someText, someSizes, (text, sizes) => {
        const bytes = Buffer.from(text);
        const lines = split(chunksOf(bytes, sizes));
        for (const line of lines) {
          expect(bytes.toString('utf8', line.offset, line.offset + line.length)).toBe(line.text);
        }
        lines.forEach((line, index) => expect(line.end).toBe(lines[index + 1]?.offset ?? bytes.length));
      }),
    );
  });

  it('goes by the same limit however the bytes are cut, and gives only the head of what is longer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9000 }), { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 }),
        (lengths, sizes) => {
          const bytes = Buffer.from(lengths.map((length) => `${'x'.repeat(length)}\r\n`).join(''));
          const lines = split(chunksOf(bytes, sizes), 5000);
          expect(lines.map((line) => line.length)).toEqual(lengths);
          expect(lines.map((line) => line.kind === 'overlong')).toEqual(
            lengths.map((length) => length > 5000),
          );
          expect(lines.map((line) => line.text.length)).toEqual(
            lengths.map((length) => (length > 5000 ? 4096 : length)),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('does not keep an over-long line in memory', () => {
    const splitter = createLineSplitter({ maxLineBytes: 1000 });
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let mebibyte = 0; mebibyte < 64; mebibyte += 1) splitter.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    const [line] = splitter.push(Buffer.from('\n'));
    expect(line).toMatchObject({ kind: 'overlong', offset: 0, length: 64 * 1024 * 1024 });
  });

  it('cuts the head of an over-long line between characters', () => {
    const [line] = split([Buffer.from(`${'😀'.repeat(2000)}x\n`), Buffer.from('')], 100);
    expect(line?.text).toBe('😀'.repeat(1024));
    const [shifted] = split([Buffer.from(`x${'😀'.repeat(2000)}\n`)], 100);
    expect(shifted?.text).toBe(`x${'😀'.repeat(1023)}`);
  });

  it('shows bytes that are no UTF-8 as U+FFFD', () => {
    const [line] = split([Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a])]);
    expect(line).toMatchObject({ kind: 'whole', text: 'a\uFFFD\uFFFDb', length: 4 });
  });
});
