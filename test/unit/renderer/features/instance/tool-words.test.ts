import { assert, constantFrom, dictionary, jsonValue, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fileChange,
  pathIn,
  readsWords,
  toolWords,
} from '../../../../../src/renderer/features/instance/tool-words.ts';

const work = '/home/ada/shop';
const line = (name: string, input: unknown): string => {
  const { verb, subject } = toolWords(name, input, work);
  return [verb, subject].filter((part) => part !== null).join(' ');
};

describe('the line of a tool call', () => {
  it.each([
    ['Bash', { command: 'npm test' }, 'npm test'],
    ['Bash', { command: 'cat <<E\nhello\nE' }, 'cat <<E ⏎ hello ⏎ E'],
    ['Read', { file_path: '/home/ada/shop/src/a.ts' }, 'Read src/a.ts'],
    ['Edit', { file_path: '/etc/hosts' }, '/etc/hosts'],
    ['Grep', { pattern: 'x+', path: '/home/ada/shop/src' }, 'Grep x+ in src'],
    ['Task', { description: 'who calls it?' }, 'Subagent who calls it?'],
    ['Agent', { description: 'who calls it?' }, 'Subagent who calls it?'],
    ['mcp__github__get_issue', { number: 12 }, 'github: get_issue {"number":12}'],
    ['Unheard', { a: 1 }, 'Unheard {"a":1}'],
    [
      'TodoWrite',
      { todos: [{ status: 'completed' }, { status: 'in_progress', content: 'Test' }] },
      'To do: 1 of 2 done: Test',
    ],
  ])('%s %j is “%s”', (name, input, expected) => {
    expect(line(name, input).trim()).toBe(expected);
  });

  it('is made of whatever a tool was given, and of any name', () => {
    const names = oneof(
      string(),
      constantFrom('Bash', 'Read', 'Edit', 'TodoWrite', 'MultiEdit', '__proto__'),
    );
    const keys = constantFrom('command', 'file_path', 'edits', 'todos', 'pattern', 'path', 'content');
    assert(
      property(names, dictionary(keys, jsonValue()), (name, input) => {
        expect(typeof toolWords(name, input, work).subject).toBe('string');
        fileChange(name, input, work);
      }),
    );
  });

  it('shows a path from the workspace on only when it is inside', () => {
    expect(pathIn(work, '/home/ada/shop-2/a.ts')).toBe('/home/ada/shop-2/a.ts');
    expect(pathIn('/home/ada/shop/', '/home/ada/shop/a.ts')).toBe('a.ts');
    expect(pathIn('C:\\shop', 'C:\\shop\\a.ts')).toBe('a.ts');
  });
});

describe('the line of several reads', () => {
  const read = (file: string) => ({ name: 'Read', input: { file_path: `${work}/${file}` } });
  it('counts files, and names their folder when it is one', () => {
    expect(readsWords([read('src/a.ts'), read('src/b.ts')], work)).toBe('Read 2 files in src');
    expect(readsWords([read('src/a.ts'), read('test/b.ts')], work)).toBe('Read 2 files');
    expect(readsWords([read('src/a.ts'), read('src/a.ts')], work)).toBe('Read one file in src');
  });
  it('counts searches beside them', () => {
    const search = { name: 'Grep', input: { pattern: 'x' } };
    expect(readsWords([read('a.ts'), search, search], work)).toBe('Read one file, searched 2 times');
    expect(readsWords([search, search], work)).toBe('Searched 2 times');
  });
});

describe('the change of an edit', () => {
  it('holds all edits of a MultiEdit', () => {
    const edits = [
      { old_string: 'a', new_string: 'b' },
      { old_string: 'c', new_string: '' },
    ];
    const change = fileChange('MultiEdit', { file_path: `${work}/a.ts`, edits }, work);
    expect(change?.file).toBe('a.ts');
    expect(change?.lines.map(({ kind, text }) => kind + text)).toEqual(['dela', 'addb', 'delc']);
  });
  it('is none for a tool that changes no file', () => {
    expect(fileChange('Bash', { command: 'rm a' }, work)).toBeNull();
  });
});
