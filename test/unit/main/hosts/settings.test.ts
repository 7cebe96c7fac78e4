import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { machineLimitsOf, readSettings, standingBudgetsOf } from '../../../../src/main/hosts/settings.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'netra-settings-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const write = (text: string): Promise<void> => writeFile(join(dataDir, 'settings.json'), text);

describe('the settings of a data directory', () => {
  it('are empty where there is no file', async () => {
    const settings = await readSettings(dataDir);
    expect(settings).toMatchObject({ trust: 'ask', quit: 'ask', budgets: {} });
    expect(machineLimitsOf(settings)).toEqual({
      ...{ maxInstances: null, maxInstancesPerUser: null, memoryFloorBytes: null },
    });
    expect(standingBudgetsOf(settings)).toEqual(new Map());
  });

  it('are read as the documentation shows them', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../../docs/settings.md'), 'utf8');
    const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    await write(example);
    const settings = await readSettings(dataDir);
    expect(settings).toMatchObject({
      claude: '/opt/claude/bin/claude',
      maxLineBytes: 16_777_216,
      trust: 'ask',
    });
    expect(machineLimitsOf(settings)).toEqual({
      ...{ maxInstances: 8, maxInstancesPerUser: 4, memoryFloorBytes: 1024 ** 3 },
    });
    expect(standingBudgetsOf(settings)).toEqual(
      new Map([
        ['day', { costMicroUsd: 20_000_000, onExceed: 'pause' }],
        ['month', { costMicroUsd: 300_000_000, tokens: 500_000_000, onExceed: 'stop' }],
      ]),
    );
  });

  it.each([
    [512, 512 * 1024 ** 2],
    ['512MiB', 512 * 1024 ** 2],
    ['1.5 GiB', 1.5 * 1024 ** 3],
    ['2GB', 2e9],
  ])('take an amount of memory as %j', async (memoryFloor, bytes) => {
    await write(JSON.stringify({ memoryFloor }));
    expect((await readSettings(dataDir)).memoryFloor).toBe(bytes);
  });

  it.each([
    ['no JSON', '{', /is not JSON/],
    ['an unknown key', '{"claud": "/x"}', /claud/],
    ['a wrong type', '{"maxLineBytes": "many"}', /maxLineBytes/],
    ['an unknown unit', '{"memoryFloor": "1 lot"}', /memoryFloor: [^]*"1.5GiB"/],
    ['no instances at all', '{"maxInstances": 0}', /maxInstances/],
    ['a budget without a limit', '{"budgets": {"day": {"onExceed": "stop"}}}', /usd, tokens or both/],
    ['a budget of another time', '{"budgets": {"year": {"usd": 1}}}', /year/],
    ['another word for trust', '{"trust": "never"}', /trust/],
    ['another way to quit', '{"quit": "never"}', /quit/],
  ])('are refused with what is wrong: %s', async (_, text, message) => {
    await write(text);
    await expect(readSettings(dataDir)).rejects.toMatchObject({
      failure: { code: 'settings.invalid', message: expect.stringMatching(message) as string },
    });
  });
});
