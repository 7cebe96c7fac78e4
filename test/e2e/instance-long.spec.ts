import type { Page } from '@playwright/test';
import { expect, test } from '../support/console-page.ts';
import { instanceId, orchestrationId } from '../support/fake-data.ts';

const long = `#/orchestration/${orchestrationId(2)}/instance/${instanceId(8)}`;

const rowsInSight = (page: Page) =>
  page.getByRole('region', { name: 'Stream' }).evaluate((element) => {
    const frame = element.getBoundingClientRect();
    return [...element.querySelectorAll('[data-n]')].filter((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return bottom > frame.top && top < frame.bottom;
    }).length;
  });

/** Scrolls through the stream, a share of it per frame, and counts the frames that showed nothing at all. */
const blankFrames = (page: Page, from: number, to: number) =>
  page.getByRole('region', { name: 'Stream' }).evaluate(
    async (element, range) => {
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const isAnyInSight = (): boolean => {
        const view = element.getBoundingClientRect();
        return [...element.querySelectorAll('[data-n], [data-waiting]')].some((row) => {
          const { top, bottom } = row.getBoundingClientRect();
          return bottom > view.top && top < view.bottom;
        });
      };
      const frames = 240;
      let blank = 0;
      for (let at = 0; at <= frames + 30; at += 1) {
        const share = range.from + (range.to - range.from) * Math.min(1, at / frames);
        element.scrollTop = share * (element.scrollHeight - element.clientHeight);
        await frame();
        if (!isAnyInSight()) blank += 1;
      }
      return blank;
    },
    { from, to },
  );

const openLong = async (page: Page, url: string): Promise<void> => {
  await page.goto(url + long);
  await expect.poll(() => rowsInSight(page), { timeout: 20_000 }).toBeGreaterThan(3);
};

test.describe.configure({ timeout: 180_000 });

test.describe('a session of 100,000 events', () => {
  test('scrolls to its start and back without a blank frame', async ({ page, console }) => {
    await openLong(page, console.url);
    expect(await blankFrames(page, 1, 0)).toBe(0);
    await expect(page.getByText('Go on with part 1.', { exact: true })).toBeVisible();
    expect(await blankFrames(page, 0, 1)).toBe(0);
    await expect.poll(() => rowsInSight(page), { timeout: 20_000 }).toBeGreaterThan(3);
  });

  test('shows rows soon wherever one jumps to', async ({ page, console }) => {
    await openLong(page, console.url);
    const stream = page.getByRole('region', { name: 'Stream' });
    for (const share of [0.5, 0.1, 0.9, 0.33]) {
      await stream.evaluate((element, to) => {
        element.scrollTop = to * element.scrollHeight;
      }, share);
      await expect.poll(() => rowsInSight(page), { timeout: 20_000 }).toBeGreaterThan(3);
    }
  });

  test('draws no more than what is in sight and around', async ({ page, console }) => {
    await openLong(page, console.url);
    expect(await page.locator('[data-n]').count()).toBeLessThan(250);
  });
});
