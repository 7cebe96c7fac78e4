import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHistoryBytes } from '../../../../../src/main/claude/history/history-bytes.ts';
import { readHistoryLine } from '../../../../../src/main/claude/history/history-line.ts';
import { historyFixtures } from '../../../../support/history.ts';

const linesOf = async (version: string): Promise<readonly string[]> => {
  const folder = join(historyFixtures, version, '-home-ada-shop');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
};
const versions = ['0.2.126', '1.0.110', '2.0.50', '2.1.330'] as const;
const lines = (await Promise.all(versions.map(linesOf))).flat();

const long = 'x "quoted" \\ → 😀\n'.repeat(2000);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The line with a long result of a tool, in the place that its version has for it. */
const lengthened = (line: string): string | null => {
  const fields: unknown = JSON.parse(line);
  if (!isObject(fields) || fields['toolUseResult'] === undefined) return null;
  const toolUseResult = { stdout: long, file: { content: long }, userType: 'a', toolUseResult: ['b'] };
  return JSON.stringify({ ...fields, toolUseResult });
};
const results = lines.map(lengthened).filter((line) => line !== null);

const whatIsIn = (line: string) => readHistoryBytes(Buffer.from(line)).line;

describe('a line that is read as bytes', () => {
  it('says what it says as a text, in whatever version', () => {
    for (const line of lines) expect(whatIsIn(line)).toEqual(readHistoryLine(line).line);
  });

  it('says it also when what the terminal showed of a result is passed over', () => {
    expect(results.length).toBeGreaterThan(20);
    for (const line of results) expect(readHistoryBytes(Buffer.from(line))).toEqual(readHistoryLine(line));
  });

  it('is broken when another one was written into it, or when its end is missing', () => {
    for (const line of results) {
      const middle = line.indexOf('toolUseResult') + 3000;
      expect(whatIsIn(line.slice(0, middle) + line)).toEqual({ kind: 'broken' });
      expect(whatIsIn(line.slice(0, middle))).toEqual({ kind: 'broken' });
    }
    const snapshot = JSON.stringify({ type: 'file-history-snapshot', snapshot: { files: long } });
    expect(whatIsIn(snapshot)).toEqual({ kind: 'silent' });
    expect(whatIsIn(snapshot.slice(0, 2000))).toEqual({ kind: 'broken' });
    expect(whatIsIn(snapshot.slice(0, 2000) + (results[0] ?? ''))).toEqual({ kind: 'broken' });
  });

  it('is taken as it is where the fields of others stand in it', () => {
    const message = { role: 'user', content: [{ type: 'text', toolUseResult: long, userType: 'external' }] };
    const line = JSON.stringify({ parentUuid: null, type: 'user', message, uuid: 'u', userType: 'external' });
    expect(whatIsIn(line)).toEqual(readHistoryLine(line).line);
  });
});
