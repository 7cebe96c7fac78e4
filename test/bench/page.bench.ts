import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { withConsole, type BenchConsole } from './console.ts';
import { inFolder, tell } from './figures.ts';

/** Twelve tiles with 50 events a second each, for 30 s in Chromium: no long task, and a heap that stays as it is. */
const tiles = 12;
const settleMs = 5000;
const measuredMs = 30_000;
const most = { taskMs: 100, heapGrowthMb: 8 };

const longestTask =
  'window.longest = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration); }).observe({ type: "longtask" });';

const measure = async (folder: string, { page, url, ...served }: BenchConsole): Promise<void> => {
  const instances = Array.from({ length: tiles }, (_, index) => ({
    name: `talker-${String(index + 1)}`,
    prompt: 'talk',
  }));
  const plan = JSON.stringify({
    name: 'talkers',
    workspace: folder,
    concurrency: tiles,
    startupDelay: '0s',
    instances,
  });
  await page.goto(`${url}#/plan`);
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'talkers.yaml', mimeType: 'text/yaml', buffer: Buffer.from(plan) });
  await page
    .getByRole('button', { name: /^Run 12|^Run\b/ })
    .last()
    .click();
  // The page goes on to what it has started.
  await page.waitForURL(({ hash }) => !hash.startsWith('#/plan'));
  await page.goto(`${url}#/`);
  await page.getByText('of what it says').first().waitFor();
  await delay(settleMs);
  await page.evaluate(longestTask);
  const before = await served.heapMb();
  await page.evaluate('window.longest = 0');
  await delay(measuredMs);
  const longest = await page.evaluate<number>('window.longest');
  const growth = (await served.heapMb()) - before;
  tell({
    ...{ what: '12 tiles × 50 events/s, longest task in 30 s', measured: `${longest.toFixed(0)} ms` },
    ...{ wanted: `≤ ${String(most.taskMs)} ms`, isMet: longest <= most.taskMs },
  });
  tell({
    ...{
      what: "the same, growth of the page's heap",
      measured: `${growth.toFixed(1)} MB of ${before.toFixed(0)} MB`,
    },
    ...{ wanted: `≤ ${String(most.heapGrowthMb)} MB (flat)`, isMet: growth <= most.heapGrowthMb },
  });
  await page.getByRole('button', { name: 'Stop all' }).click();
  await page.getByRole('button', { name: /stop/i }).last().click();
  await page
    .getByText(/stopped/)
    .first()
    .waitFor();
};

await inFolder(async (folder) => {
  const talker = join(import.meta.dirname, 'talker.mjs');
  await withConsole(join(folder, 'data'), talker, (served) => measure(folder, served));
});
