import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutputFile } from '../../../../../src/main/hosts/cli/output-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netra-output-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('an output file', () => {
  it('has its name once it is whole, and leaves nothing when it is not', async () => {
    const file = await openOutputFile(join(folder, 'a.md'), 'other.md', false);
    await file.write('half');
    expect(await readdir(folder)).not.toContain('a.md');
    await file.discard();
    expect(await readdir(folder)).toEqual([]);
    const again = await openOutputFile(folder, 'other.md', false);
    await again.write('whole');
    await again.finish();
    expect(await readdir(folder)).toEqual(['other.md']);
    expect(await readFile(join(folder, 'other.md'), 'utf8')).toBe('whole');
  });

  it('takes away what a program left that was killed, and nothing else', async () => {
    const killed = await openOutputFile(join(folder, 'a.md'), 'a.md', false);
    const [draft = ''] = await readdir(folder);
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(folder, draft), longAgo, longAgo);
    await writeFile(join(folder, '.mine.part'), '');
    await utimes(join(folder, '.mine.part'), longAgo, longAgo);
    const writing = await openOutputFile(join(folder, 'b.md'), 'b.md', false);
    const next = await openOutputFile(join(folder, 'c.md'), 'c.md', false);
    const there = await readdir(folder);
    expect(there).toHaveLength(3);
    expect(there).not.toContain(draft);
    expect(there).toContain('.mine.part');
    for (const file of [killed, writing, next]) await file.discard();
  });

  it.each([
    ['missing/a.md', /there is no folder .*missing\. Make it/],
    ['file/a.md', /file is no folder/],
    [`${'x'.repeat(300)}.md`, /its name is too long|ENAMETOOLONG/],
  ])('says why %s cannot be written', async (name, sentence) => {
    await writeFile(join(folder, 'file'), '');
    await expect(openOutputFile(join(folder, name), 'a.md', false)).rejects.toThrow(sentence);
  });

  it('replaces nothing unless it is told to', async () => {
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'sub', 'a.md'), 'mine');
    await expect(openOutputFile(join(folder, 'sub'), 'a.md', false)).rejects.toThrow('--force');
    const file = await openOutputFile(join(folder, 'sub'), 'a.md', true);
    await file.write('new');
    await file.finish();
    expect(await readFile(join(folder, 'sub', 'a.md'), 'utf8')).toBe('new');
  });
});
