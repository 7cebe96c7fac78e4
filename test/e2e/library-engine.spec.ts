// The library's screens over the real engine: the demo runs, is found again by what was said in it, and is kept.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { openDesktopPlace, projectDir, type DesktopPlace } from '../support/desktop.ts';

const netra = join(projectDir, 'out', 'main', 'netra.js');

let place: DesktopPlace;
let stop: () => Promise<void>;
let link: string;

test.beforeEach(async () => {
  place = await openDesktopPlace();
  const server = spawn(process.execPath, [netra, 'serve', '--port', '0'], { env: place.env });
  const ended = once(server, 'exit');
  let said = '';
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => (said += piece));
  stop = async () => {
    server.kill('SIGINT');
    await ended;
  };
  await expect.poll(() => /http:\/\/\S+/.exec(said)?.[0], { timeout: 20_000 }).toBeDefined();
  link = /http:\/\/\S+/.exec(said)?.[0] ?? '';
});

test.afterEach(async () => {
  await stop();
  await place.remove();
});

test('what ran is renamed, deleted and taken back, found by what was said, counted and exported', async ({
  page,
}) => {
  test.setTimeout(120_000);
  await page.goto(link);
  await page.getByRole('button', { name: 'Run the demo' }).click();
  await expect(page.getByText('5 of 5').first()).toBeVisible({ timeout: 60_000 });
  const root = page.url().split('#')[0] ?? '';

  await page.goto(`${root}#/sessions`);
  const row = page.locator('[data-session]').first();
  await row.getByRole('link').focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('The demo, renamed');
  await page.keyboard.press('Enter');
  await expect(row.getByRole('link')).toHaveText('The demo, renamed');
  await expect(row.getByRole('link')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(page.getByText('No sessions yet')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(row.getByRole('link')).toHaveText('The demo, renamed');

  await page.goto(`${root}#/search`);
  await page.getByRole('combobox').fill('parcel');
  const found = page.getByRole('region', { name: 'What was found' });
  await expect(found.getByRole('heading', { name: 'The demo, renamed' })).toBeVisible({ timeout: 20_000 });
  await expect(found.locator('mark').first()).toHaveText(/^parcel/i);
  await found.getByRole('link', { name: /event/ }).first().click();
  await expect(page.locator('[data-flash]')).toBeInViewport();

  await page.goto(`${root}#/usage`);
  const total = page.getByRole('table', { name: 'Usage' }).getByRole('row').last();
  await expect(total).toContainText(/^Total.*\$\d/);

  await page.goto(`${root}#/sessions`);
  await page.getByRole('button', { name: 'Export all…' }).click();
  await page.getByRole('radio', { name: /^HTML report/ }).check();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  expect((await download).suggestedFilename()).toMatch(/\.html$/);
});
