import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedLines, diffLines } from '../../../../../src/renderer/features/instance/diff-lines.ts';

const text = array(constantFrom('a', 'b', 'c', ''), { maxLength: 14 }).map((lines) => lines.join('\n'));
const linesOf = (value: string): readonly string[] =>
  value === '' ? [] : value.replace(/\n$/, '').split('\n');

describe('the difference of two texts', () => {
  it('holds both texts, line by line', () => {
    assert(
      property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        expect(lines.filter(({ kind }) => kind !== 'add').map((line) => line.text)).toEqual(linesOf(before));
        expect(lines.filter(({ kind }) => kind !== 'del').map((line) => line.text)).toEqual(linesOf(after));
      }),
    );
  });

  it('is empty of changes for equal texts', () => {
    assert(
      property(text, (same) => {
        expect(changedLines(diffLines(same, same))).toEqual({ added: 0, deleted: 0 });
      }),
    );
  });

  it('changes as few lines as it can', () => {
    const lines = diffLines('one\ntwo\nthree\nfour', 'one\nthree\nfive\nfour');
    expect(lines.map(({ kind, text: own }) => `${kind} ${own}`)).toEqual([
      'same one',
      'del two',
      'same three',
      'add five',
      'same four',
    ]);
  });

  it('of two very long texts is still there soon', () => {
    const before = Array.from({ length: 20_000 }, (_, index) => `old ${String(index)}`).join('\n');
    const after = Array.from({ length: 20_000 }, (_, index) => `new ${String(index)}`).join('\n');
    expect(changedLines(diffLines(before, after))).toEqual({ added: 20_000, deleted: 20_000 });
  });
});
