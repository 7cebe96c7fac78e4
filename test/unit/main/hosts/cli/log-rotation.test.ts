import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rotateLog } from '../../../../../src/main/hosts/cli/log-rotation.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netra-log-'));
  file = join(folder, 'netra.log');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const write = async (text: string): Promise<void> => {
  await rotateLog(file, 10);
  await appendFile(file, text);
};

describe('A log', () => {
  it('makes room when it is full, and keeps two of the old ones', async () => {
    for (const text of ['one', ' and two', '3'.repeat(10), '4'.repeat(10), '5'.repeat(10), 'six'])
      await write(text);
    const texts = await Promise.all(['', '.1', '.2'].map((end) => readFile(`${file}${end}`, 'utf8')));
    expect(texts).toEqual(['six', '5'.repeat(10), '4'.repeat(10)]);
    expect(await readdir(folder)).toHaveLength(3);
  });

  it('that is not there needs no room', async () => {
    await rotateLog(file, 10);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is emptied once when several programs find it full', async () => {
    await appendFile(file, 'x'.repeat(20));
    await Promise.all([rotateLog(file, 10), rotateLog(file, 10), rotateLog(file, 10)]);
    const found = await readdir(folder);
    expect(found).toHaveLength(1);
    expect(await readFile(join(folder, found[0] ?? ''), 'utf8')).toBe('x'.repeat(20));
  });
});
