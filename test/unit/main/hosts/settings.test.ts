import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../../../src/main/hosts/settings.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'netra-settings-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const write = (text: string): Promise<void> => writeFile(join(dataDir, 'settings.json'), text);

describe('the settings of a data directory', () => {
  it('are empty where there is no file', async () => {
    expect(await readSettings(dataDir)).toEqual({});
  });

  it('are read as the documentation shows them', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../../docs/settings.md'), 'utf8');
    const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    await write(example);
    expect(await readSettings(dataDir)).toEqual({
      claude: '/opt/claude/bin/claude',
      maxLineBytes: 16_777_216,
    });
  });

  it.each([
    ['no JSON', '{', /is not JSON/],
    ['an unknown key', '{"claud": "/x"}', /claud/],
    ['a wrong type', '{"maxLineBytes": "many"}', /maxLineBytes/],
  ])('are refused with what is wrong: %s', async (_, text, message) => {
    await write(text);
    await expect(readSettings(dataDir)).rejects.toMatchObject({
      failure: { code: 'settings.invalid', message: expect.stringMatching(message) as string },
    });
  });
});
