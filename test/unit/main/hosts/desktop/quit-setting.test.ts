import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuitAnswer } from '../../../../../src/main/hosts/desktop/quit-dialog.ts';
import { createQuitSetting } from '../../../../../src/main/hosts/desktop/quit-setting.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'netra-quit-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const settingOf = () => {
  const [reports, shown]: [string[], string[]] = [[], []];
  const setting = createQuitSetting({
    dataDir,
    report: (message) => reports.push(message),
    onChange: (way) => shown.push(way),
  });
  return { setting, reports, shown };
};
const answers = (answer: QuitAnswer) => () => Promise.resolve(answer);
const unasked = () => Promise.reject(new Error('it was asked'));

describe('what becomes of work in hand', () => {
  it('is asked, and asked again when the answer is not to be remembered', async () => {
    const { setting, shown } = settingOf();
    expect(await setting.decide(answers({ choice: 'stop', isRemembered: false }))).toBe('stop');
    expect(await setting.current()).toBe('ask');
    expect(shown).toEqual([]);
  });

  it.each(['keep', 'stop'] as const)(
    'is asked once when the answer is to be remembered: %s',
    async (choice) => {
      const { setting, shown } = settingOf();
      expect(await setting.decide(answers({ choice, isRemembered: true }))).toBe(choice);
      expect(await setting.decide(unasked)).toBe(choice);
      expect(shown).toEqual([choice]);
      await setting.change('ask');
      expect(await setting.decide(answers({ choice: 'cancel', isRemembered: false }))).toBe('cancel');
    },
  );

  it('is not settled by calling the quitting off', async () => {
    const { setting } = settingOf();
    expect(await setting.decide(answers({ choice: 'cancel', isRemembered: true }))).toBe('cancel');
    expect(await setting.current()).toBe('ask');
  });

  it('is asked where the settings cannot be read, and they are left as they are', async () => {
    const { setting, reports } = settingOf();
    const file = join(dataDir, 'settings.json');
    await writeFile(file, 'oops');
    expect(await setting.decide(answers({ choice: 'keep', isRemembered: true }))).toBe('keep');
    expect(reports.join(' ')).toContain('is not JSON');
    expect(await readFile(file, 'utf8')).toBe('oops');
  });
});
