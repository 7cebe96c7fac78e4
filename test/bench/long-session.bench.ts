import { join } from 'node:path';
import { withConsole, type BenchConsole } from './console.ts';
import { inFolder, measureIn, tell } from './figures.ts';
import { writePrinter, writeStream } from './lines.ts';

/** A session of 100,000 events: how soon its first rows are there, and whether a scroll through it shows blanks. */
const lines = 100_000;
const most = { openMs: 500, blankMs: 100 };

/**
 * Runs in the page: scrolls to the end and back in steps, one a frame, and gives in milliseconds the longest time that
 * nothing was in view, and that at the most marks of rows still on their way were.
 */
const scrollThrough = `(async () => {
  const list = document.querySelector('[aria-label="Stream"]');
  const isInView = (selector) => {
    const box = list.getBoundingClientRect();
    return [...list.querySelectorAll(selector)].some((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return bottom > box.top && top < box.bottom;
    });
  };
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const stopwatch = () => {
    let since = null;
    let longest = 0;
    return {
      look: (runs, now) => {
        since = runs ? (since ?? now) : null;
        if (since !== null) longest = Math.max(longest, now - since);
      },
      longest: () => longest,
    };
  };
  const blank = stopwatch();
  const waiting = stopwatch();
  const look = () => {
    const now = performance.now();
    const rows = isInView('[data-n]');
    waiting.look(!rows, now);
    blank.look(!rows && !isInView('[data-waiting]'), now);
  };
  const steps = 300;
  for (let index = 0; index <= 2 * steps; index++) {
    const share = index <= steps ? index / steps : 2 - index / steps;
    list.scrollTop = share * (list.scrollHeight - list.clientHeight);
    await frame();
    look();
  }
  const until = performance.now() + 1000;
  while (performance.now() < until) { await frame(); look(); }
  return { blankMs: blank.longest(), waitingMs: waiting.longest() };
})()`;

const measure = async ({ page, url }: BenchConsole): Promise<void> => {
  await page.goto(`${url}#/sessions`);
  await page.getByRole('link', { name: 'bench' }).first().click();
  const link = page.getByRole('main').getByRole('link', { name: 'i0' }).first();
  await link.waitFor();
  const openMs = await page.evaluate<number>(`(async () => {
    const start = performance.now();
    document.querySelector('main a[href*="/instance/"]').click();
    while (document.querySelector('[aria-label="Stream"] [data-row]') === null) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return performance.now() - start;
  })()`);
  const { blankMs, waitingMs } = await page.evaluate<{ blankMs: number; waitingMs: number }>(scrollThrough);
  tell({
    ...{ what: 'open a session of 100,000 events, first rows', measured: `${openMs.toFixed(0)} ms` },
    ...{ wanted: `≤ ${String(most.openMs)} ms`, isMet: openMs <= most.openMs },
  });
  tell({
    ...{ what: 'scroll to the end and back, longest blank', measured: `${blankMs.toFixed(0)} ms` },
    ...{ wanted: `≤ ${String(most.blankMs)} ms`, isMet: blankMs <= most.blankMs },
  });
  console.log(`    of the rows at most the marks that they are on their way: ${waitingMs.toFixed(0)} ms`);
};

await inFolder(async (folder) => {
  const stream = join(folder, 'stream.ndjson');
  await writeStream(stream, lines, 500);
  const printer = await writePrinter(folder, stream);
  const dataDir = join(folder, 'data');
  await measureIn('ingest-run.ts', dataDir, printer, '1');
  await withConsole(dataDir, printer, measure);
});
