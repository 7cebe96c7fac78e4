import { expect, expectAccessible, inBothThemes, test } from '../support/console-page.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import { instanceId } from '../support/fake-data.ts';

test.beforeEach(async ({ page, console }) => {
  expect(console.url).not.toBe('');
  await expect(page.getByRole('article', { name: 'api-refactor' })).toBeVisible();
});

test.describe('the connection', () => {
  test('is missed when it is gone, and what comes back is fresh', async ({ page, console }) => {
    console.cut('unreachable');
    await expect(page.getByRole('alert')).toContainText('Disconnected.');
    await expect(page.getByRole('contentinfo')).toContainText('Engine disconnected');
    await inBothThemes(page, () => expectAccessible(page));
    console.engine.change(instanceId(2), { activity: 'Bash while away' });
    console.accept();
    await page.getByRole('button', { name: 'Try now' }).click();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(page.getByRole('article', { name: 'api-refactor' })).toContainText('Bash while away');
  });

  test('that was refused for the lack of a cookie says which link to open', async ({ page, console }) => {
    console.cut('signed_out');
    await expect(page.getByRole('alert')).toContainText('Open the link that `netra serve` printed.');
    await expect(page.getByRole('contentinfo')).toContainText('Engine signed out');
  });
});

test('a store that takes nothing is said, with what to do, until it takes everything again', async ({
  page,
  console,
}) => {
  console.engine.storeTrouble({
    code: 'store.disk_full',
    message: 'The disk is full, netra.db cannot grow. Free some space.',
    since: instantOf(Date.now() - 60_000),
  });
  const banner = page.getByRole('alert').filter({ hasText: 'Nothing can be stored since' });
  await expect(banner).toContainText('Free some space.');
  await expect(banner).toContainText('all of it is stored as soon as that works again');
  await expect(banner.getByRole('time')).toHaveAttribute('title', /\d\d:\d\d:\d\d/);
  await inBothThemes(page, () => expectAccessible(page));
  await page.reload();
  await expect(banner).toBeVisible();
  await banner.getByRole('link', { name: 'What takes room' }).click();
  await expect(page.getByRole('heading', { name: 'Storage', level: 1 })).toBeVisible();
  console.engine.storeTrouble(null);
  await expect(banner).toHaveCount(0);
});

test.describe('in a narrow window', () => {
  test.use({ viewport: { width: 720, height: 800 } });

  test('the sidebar lies over the screen while one wants it', async ({ page }) => {
    const sidebar = page.getByRole('complementary', { name: 'Sidebar' });
    await expect(sidebar).toHaveCount(0);
    const button = page.getByRole('button', { name: 'Show sidebar' });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(sidebar.getByRole('link', { name: /^Overview/ })).toBeFocused();
    await inBothThemes(page, () => expectAccessible(page));
    await page.keyboard.press('Escape');
    await expect(sidebar).toHaveCount(0);
    await expect(button).toBeFocused();
    await page.keyboard.press('Control+b');
    await sidebar.getByRole('link', { name: 'Sessions' }).click();
    await expect(page.getByRole('heading', { name: 'Sessions', level: 1 })).toBeVisible();
    await expect(sidebar).toHaveCount(0);
    await expect(page.getByRole('columnheader', { name: 'Cost' })).toBeInViewport();
  });
});

test.describe('the keyboard', () => {
  test('finds sessions and instances, and runs commands', async ({ page }) => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.type('migrate');
    await expect(page.getByRole('option', { name: /migrate-auth/ })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'migrate-auth', level: 1 })).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('>dark');
    await page.keyboard.press('Enter');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });

  test('peeks with Space, answers there, and comes back with Esc', async ({ page }) => {
    await page.keyboard.press('j');
    await page.keyboard.press('Space');
    const peek = page.getByRole('dialog', { name: 'security-review' });
    await expect(peek).toContainText('npm audit fix --force');
    await expectAccessible(page);
    await peek.getByRole('button', { name: /^Allow / }).click();
    await expect(peek).not.toContainText('wants to run');
    await page.keyboard.press('Escape');
    await expect(peek).toHaveCount(0);
    await expect(page.getByRole('article', { name: 'security-review' }).getByRole('link')).toBeFocused();
  });

  test('moves among tiles, opens, and goes back up', async ({ page }) => {
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(new RegExp(`instance/${instanceId(2)}`));
  });

  test('jumps to the instance that needs input, and by number', async ({ page }) => {
    await page.keyboard.press('Control+j');
    await expect(page).toHaveURL(new RegExp(`instance/${instanceId(1)}`));
    await page.keyboard.press('Control+3');
    await expect(page).toHaveURL(new RegExp(`instance/${instanceId(3)}`));
  });

  test('lists all shortcuts, hides the sidebar, starts a plan', async ({ page }) => {
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await inBothThemes(page, () => expectAccessible(page));
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+b');
    await expect(page.getByRole('complementary', { name: 'Sidebar' })).toHaveCount(0);
    await page.keyboard.press('Control+b');
    await page.keyboard.press('n');
    await expect(page).toHaveURL(/#\/plan/);
  });

  test('widens the sidebar, which is remembered', async ({ page }) => {
    const edge = page.getByRole('separator', { name: 'Width of the sidebar' });
    await edge.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.reload();
    await expect(edge).toHaveAttribute('aria-valuenow', '268');
  });
});

test('the live region says who needs input, who finished and who failed', async ({ page, console }) => {
  const region = page.locator('[role="status"][aria-live="polite"]');
  console.engine.change(instanceId(3), { state: 'succeeded', endedAt: new Date().toISOString() as never });
  await expect(region).toHaveText('perf-analyzer finished.');
  console.engine.change(instanceId(4), {
    state: 'failed',
    failure: { code: 'claude.overloaded', message: 'The API was overloaded.' },
  });
  await expect(region).toHaveText('docs-sync failed. The API was overloaded.');
});

test('nothing ticks or turns for a reader who asked for reduced motion', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const animated = await page.evaluate(() => document.getAnimations().length);
  expect(animated).toBe(0);
});
