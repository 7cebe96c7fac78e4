import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../../../src/main/hosts/cli/terminal-text.ts';
import {
  labelSchema,
  labelsSchema,
  nameSchema,
  noteSchema,
} from '../../../../src/shared/domain/marks-schema.ts';
import { labelKey, markedWords } from '../../../../src/shared/domain/marks.ts';

describe('a name', () => {
  it.each([
    'nightly',
    '夜間の実行',
    'مراجعة الكود',
    '👩‍👩‍👧‍👦 family',
    'e\u0301clair',
    '<img src=x onerror=alert(1)>',
    "Robert'); DROP TABLE facets;--",
    '🌙'.repeat(200),
  ])('may be %s', (name) => {
    expect(nameSchema.parse(` ${name} `)).toBe(name);
  });

  it.each([
    ['', 'at least one'],
    ['  \t', 'at least one'],
    ['a\nb', 'one line'],
    ['a\u0000b', 'one line'],
    ['\u001b[31mred', 'one line'],
    ['a\u009b31m', 'one line'],
    ['abc\u202etxt', 'one line'],
    ['\ud800', 'one line'],
    ['a\u2028b', 'one line'],
    ['x'.repeat(201), 'at most 200'],
    ['🌙'.repeat(201), 'at most 200'],
    ['x'.repeat(100_000), 'at most 200'],
  ])('may not be %j', (name, why) => {
    const result = nameSchema.safeParse(name);
    expect(result.success ? '' : result.error.message).toContain(why);
  });

  it('of any kind that is taken leaves a terminal alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), (text) => {
        const parsed = nameSchema.safeParse(text);
        fc.pre(parsed.success);
        expect(printable(parsed.data)).not.toMatch(/\p{Cc}/u);
        expect(parsed.data).not.toMatch(/\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('labels', () => {
  it('are trimmed, and each stands once whatever its case or composition', () => {
    expect(labelsSchema.parse([' Über ', 'u\u0308BER', 'a', 'A', 'b'])).toEqual(['Über', 'a', 'b']);
  });

  it('are at most 50 of at most 60 characters', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `l${String(index)}`);
    expect(labelsSchema.safeParse(many(50)).success).toBe(true);
    expect(labelsSchema.safeParse(many(51)).success).toBe(false);
    expect(labelSchema.safeParse('x'.repeat(60)).success).toBe(true);
    expect(labelSchema.safeParse('x'.repeat(61)).success).toBe(false);
  });

  it('taken once are taken so again', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 50 }), (labels) => {
        const parsed = labelsSchema.safeParse(labels);
        fc.pre(parsed.success);
        expect(labelsSchema.parse(parsed.data)).toEqual(parsed.data);
        expect(new Set(parsed.data.map(labelKey)).size).toBe(parsed.data.length);
      }),
    );
  });
});

describe('a note', () => {
  it('has lines and tabs, and an empty one is none', () => {
    expect(noteSchema.parse('a\r\n\tb\n')).toBe('a\n\tb');
    expect(noteSchema.parse(' \n ')).toBeNull();
    expect(noteSchema.safeParse('\u001b[2J').success).toBe(false);
  });
});

describe('the words of a change', () => {
  it('say all of it', () => {
    const changes = { name: 'b', labels: ['x', 'y'], note: null, pinned: false };
    expect(markedWords(changes)).toBe('renamed it to b, labelled it x, y, took its note away, unpinned it');
    expect(markedWords({ deleted: true })).toBe('deleted it');
  });
});
