import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  jsonWithEscapes,
  printable,
  printableLines,
  withEscapes,
} from '../../../../../src/main/hosts/cli/terminal-text.ts';

const control = fc.constantFrom('\u001b[2J', '\u009b31m', '\u0007', '\u007f', '\u0000', '\u202e', '\u2028');
const hostile = fc
  .array(fc.oneof(control, fc.string({ unit: 'binary' })), { maxLength: 8 })
  .map((parts) => parts.join(''));

describe('text of others', () => {
  it('never controls a terminal, on one line or on several', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
        for (const line of printableLines(text))
          expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(withEscapes(text)).not.toMatch(/(?![\t\n\r])\p{Cc}/u);
      }),
    );
  });

  it('is the same data as JSON for a terminal', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = jsonWithEscapes(JSON.stringify({ text }));
        expect(json).not.toMatch(/\p{Cc}/u);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });

  it('shows what it hides', () => {
    expect(withEscapes('a\u001b[2Jb\n\u009bc')).toBe('a\\u001b[2Jb\n\\u009bc');
  });
});
