import type { Page } from '@playwright/test';
import type { EventBody, TextDelta } from '../../src/shared/domain/event.ts';
import { expect, expectAccessible, inBothThemes, test } from '../support/console-page.ts';
import { instanceId, orchestrationId, usageOf } from '../support/fake-data.ts';

const addressOf = (orchestration: number, instance: number): string =>
  `#/orchestration/${orchestrationId(orchestration)}/instance/${instanceId(instance)}`;

const stream = (page: Page) => page.getByRole('region', { name: 'Stream' });

const called = (
  toolUseId: string,
  name: string,
  input: unknown,
  parent: string | null = null,
): EventBody => ({
  type: 'tool.called',
  toolUseId,
  name,
  input,
  parentToolUseId: parent,
});

const finished = (
  toolUseId: string,
  output: string,
  isError = false,
  parent: string | null = null,
): EventBody => ({
  type: 'tool.finished',
  toolUseId,
  name: 'Read',
  isError,
  output,
  truncated: false,
  durationMs: 11_800,
  parentToolUseId: parent,
});

const said = (text: string, parent: string | null = null): EventBody => ({
  type: 'message.text',
  messageId: text,
  text,
  model: null,
  parentToolUseId: parent,
});

const writing = (text: string): TextDelta => ({
  instanceId: instanceId(4),
  kind: 'text',
  messageId: 'now',
  block: 0,
  text,
  parentToolUseId: null,
});

const work = '/home/ada/src/shop';

/** One of each kind that a stream may show. */
const everything: readonly EventBody[] = [
  { type: 'prompt.sent', text: 'Move session handling out of the routes.', by: 'ada' },
  {
    type: 'message.thinking',
    messageId: 'h',
    text: 'Find all readers first.',
    model: null,
    parentToolUseId: null,
  },
  said('I will read the routes first.\n\n| route | lookups |\n| --- | --- |\n| user | 2 |'),
  called('r1', 'Read', { file_path: `${work}/src/routes/user.ts` }),
  finished('r1', 'const a = 1;'),
  called('r2', 'Read', { file_path: `${work}/src/routes/order.ts` }),
  finished('r2', 'const b = 2;'),
  called('b1', 'Bash', { command: 'npm test -- routes' }),
  finished('b1', '\u001b[31m2 failed\u001b[0m, 14 passed', true),
  called('t1', 'Task', { description: 'who calls getSession?', prompt: 'Find them.' }),
  said('Two routes call it.', 't1'),
  finished('t1', 'Two routes.'),
  called('e1', 'Edit', {
    file_path: `${work}/src/routes/user.ts`,
    old_string: 'const session = await getSession(req)\nreturn render(user)',
    new_string: 'return render(user)',
  }),
  finished('e1', 'done'),
  { type: 'api.retried', attempt: 1, maxRetries: 10, delayMs: 1200, status: 529, error: 'overloaded' },
  { type: 'instance.warning', code: 'claude.flag', message: 'The flag --foo is not known and was left out.' },
  { type: 'stderr', text: 'a warning of Node' },
  {
    type: 'turn.ended',
    subtype: 'success',
    isError: false,
    result: 'ok',
    terminalReason: null,
    errors: [],
    apiErrorStatus: null,
    turns: 4,
    durationMs: 42_000,
    ttftMs: 800,
    usage: usageOf(420, 'exact'),
  },
];

test.describe('the stream of an instance', () => {
  test.beforeEach(async ({ page, console }) => {
    await page.goto(console.url + addressOf(1, 4));
    await expect(stream(page)).toBeVisible();
    console.engine.happen(instanceId(4), everything);
    await expect(stream(page)).toContainText('Retry 1 of 10');
  });

  test('folds reads, keeps failures open, and shows what each took', async ({ page }) => {
    const reads = page.getByRole('button', { name: /Read 2 files in src\/routes/ });
    await expect(reads).toHaveAttribute('aria-expanded', 'false');
    await reads.click();
    await expect(page.getByRole('button', { name: /Read src\/routes\/order\.ts/ })).toBeVisible();
    const failed = page.getByRole('button', { name: /npm test -- routes.*failed/ });
    await expect(failed).toHaveAttribute('aria-expanded', 'true');
    await expect(stream(page)).toContainText('2 failed, 14 passed');
  });

  test('shows an edit as a diff, and a subagent under its call', async ({ page }) => {
    await page.getByRole('button', { name: /src\/routes\/user\.ts.*−1/ }).click();
    const diff = page.getByRole('group', { name: 'Changes in src/routes/user.ts' });
    await expect(diff).toContainText('deleted: - const session = await getSession(req)');
    await expect(page.getByText('Two routes call it.')).toHaveCount(0);
    await page.getByRole('button', { name: /Subagent who calls getSession\?/ }).click();
    await expect(page.getByText('Two routes call it.')).toBeVisible();
  });

  test('writes text as it comes, and never draws a finished row again', async ({ page, console }) => {
    const changes = page.evaluateHandle(() => {
      const seen = { count: 0 };
      for (const row of document.querySelectorAll('[data-n]')) {
        new MutationObserver((records) => (seen.count += records.length)).observe(row, {
          subtree: true,
          childList: true,
          characterData: true,
          attributes: true,
        });
      }
      return seen;
    });
    const seen = await changes;
    for (const text of ['Two tests ', 'left. ', 'Running **them** again']) {
      console.engine.happen(instanceId(4), [], [writing(text)]);
    }
    await expect(stream(page)).toContainText('Two tests left. Running them again');
    console.engine.happen(instanceId(4), [
      { ...said('Two tests left. Done.'), messageId: 'now' } as EventBody,
    ]);
    await expect(stream(page)).toContainText('Two tests left. Done.');
    await expect(stream(page)).not.toContainText('Running them again');
    expect(await seen.evaluate(({ count }) => count)).toBe(0);
  });

  test('stays at the end while the reader is there, and else counts what is new', async ({
    page,
    console,
  }) => {
    const lines = (from: number) => Array.from({ length: 20 }, (_, n) => said(`line ${String(from + n)}`));
    console.engine.happen(instanceId(4), lines(0));
    await expect(page.getByText('line 19', { exact: true })).toBeInViewport();
    await stream(page).evaluate((element) => (element.scrollTop -= 400));
    await expect(page.getByRole('button', { name: 'To the end' })).toBeVisible();
    const topRow = () =>
      stream(page).evaluate((element) => {
        const frame = element.getBoundingClientRect();
        const row = [...element.querySelectorAll('[data-n]')].find(
          (one) => one.getBoundingClientRect().top >= frame.top,
        );
        return `${row?.getAttribute('data-n') ?? ''} ${String(Math.round(row?.getBoundingClientRect().top ?? 0))}`;
      });
    const before = await topRow();
    console.engine.happen(instanceId(4), lines(20));
    await page.getByRole('button', { name: '20 new' }).click({ trial: true });
    expect(await topRow()).toBe(before);
    await page.getByRole('button', { name: '20 new' }).click();
    await expect(page.getByText('line 39', { exact: true })).toBeInViewport();
  });

  test('shows the raw line of an event', async ({ page }) => {
    await page.getByText('Move session handling out of the routes.').hover();
    await page
      .getByRole('button', { name: /^Raw line of event/ })
      .first()
      .focus();
    await page
      .getByText('Move session handling out of the routes.')
      .locator('..')
      .getByRole('button', { name: /^Raw/ })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Raw line' });
    await expect(dialog).toContainText('"type": "prompt.sent"');
    await expect(dialog.getByRole('button', { name: 'Copy line' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });

  test('opens links outside only when they are safe, loads no image, and shows HTML as text', async ({
    page,
    console,
  }) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    console.engine.happen(instanceId(4), [
      said(
        '[good](https://example.com/a) [bad](javascript:alert(1)) ![pic](https://example.com/p.png) <img src=x onerror=alert(1)> &amp;',
      ),
    ]);
    await expect(page.getByRole('link', { name: 'good' })).toHaveAttribute('href', 'https://example.com/a');
    await expect(page.getByRole('link', { name: 'bad' })).toHaveCount(0);
    await expect(stream(page)).toContainText('<img src=x onerror=alert(1)> &');
    await expect(stream(page).locator('img')).toHaveCount(0);
    expect(asked.filter((url) => url.includes('example.com'))).toEqual([]);
  });

  test('is accessible in both themes', async ({ page }) => {
    await page.getByRole('button', { name: /Subagent/ }).click();
    await page.getByRole('button', { name: /src\/routes\/user\.ts.*−1/ }).click();
    await inBothThemes(page, () => expectAccessible(page));
  });
});

test('finds text far from what is loaded, and says how far it looked', async ({ page, console }) => {
  await page.goto(console.url + addressOf(2, 8));
  await expect(stream(page)).toBeVisible();
  await page.keyboard.press('Control+f');
  await page.getByRole('searchbox', { name: 'Find in the stream' }).fill('go on with part 17.');
  await expect(page.getByText('Go on with part 17.', { exact: true })).toBeInViewport({ timeout: 30_000 });
  await expect(page.getByRole('search')).toContainText('1 of 1', { timeout: 30_000 });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('searchbox', { name: 'Find in the stream' })).toHaveCount(0);
});

test('jumps to turns, tools and errors by keys', async ({ page, console }) => {
  await page.goto(console.url + addressOf(2, 8));
  await expect(stream(page)).toBeVisible();
  await stream(page).focus();
  await page.keyboard.press('Home');
  await expect(page.getByText('Go on with part 1.', { exact: true })).toBeVisible({ timeout: 20_000 });
  await page.keyboard.press('e');
  await expect(stream(page).getByText('2 tests failed').first()).toBeInViewport({ timeout: 20_000 });
  await page.keyboard.press('Shift+U');
  await expect(page.getByText('Go on with part 5.', { exact: true })).toBeInViewport();
  await page.keyboard.press('u');
  await expect(page.getByText('Go on with part 6.', { exact: true })).toBeInViewport();
});

test('answers a question about an edit with its diff in sight', async ({ page, console }) => {
  console.engine.change(instanceId(1), {
    questions: [
      {
        requestId: 'req-9',
        toolName: 'Edit',
        toolUseId: null,
        description: null,
        askedAt: new Date().toISOString() as never,
        input: { file_path: `${work}/a.ts`, old_string: 'one', new_string: 'two' },
      },
    ],
  });
  await page.goto(console.url + addressOf(1, 1));
  await expect(page.getByRole('group', { name: 'Changes in a.ts' })).toContainText('added: + two');
  await page
    .getByRole('main')
    .getByRole('button', { name: /^Allow/ })
    .click();
  await expect(page.getByRole('group', { name: 'Changes in a.ts' })).toHaveCount(0);
  expect(console.engine.asked.map(({ procedure }) => procedure)).toContain('inbox.answer');
});

test('shows why an instance failed and what to do, with its figures, in both themes', async ({
  page,
  console,
}) => {
  await page.goto(console.url + addressOf(2, 9));
  await expect(page.getByRole('main').getByRole('alert')).toContainText('claude.overloaded');
  await expect(page.getByRole('main')).toContainText('Wait a while, then restart');
  await expect(page.getByRole('complementary', { name: 'Details' })).toContainText('Cache hit rate');
  await inBothThemes(page, () => expectAccessible(page));
  await page.getByRole('button', { name: 'Restart' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'backfill' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
});

test('asks how to stop', async ({ page, console }) => {
  await page.goto(console.url + addressOf(1, 4));
  await page.getByRole('main').getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Kill now' }).click();
  await expect(page.getByRole('main').getByRole('button', { name: 'Restart' })).toBeVisible();
  expect(console.engine.asked).toContainEqual({
    procedure: 'instances.stop',
    input: { id: instanceId(4), force: true },
  });
});

test('says why a part of the stream is not there, and tries again', async ({ page, console }) => {
  await page.goto(console.url + addressOf(2, 8));
  await expect(stream(page).locator('[data-n]').first()).toBeVisible();
  // All pages of this part are refused, in whatever order they are asked for, until the reader tries again.
  console.engine.failAll('events.page', 'store.busy', 'The database is busy.');
  await stream(page).evaluate((element) => {
    element.scrollTop = element.scrollHeight / 3;
  });
  const note = page.getByRole('alert').filter({ hasText: 'The database is busy.' });
  await expect(note).toContainText('store.busy');
  await expectAccessible(page);
  console.engine.failAll('events.page', null);
  await note.getByRole('button', { name: 'Try again' }).click();
  await expect(note).toHaveCount(0);
  await expect(stream(page).locator('[data-n]').first()).toBeAttached();
  await expect(stream(page).locator('[data-waiting]')).toHaveCount(0);
});

test('says so when the stream cannot be read', async ({ page, console }) => {
  console.engine.failNext('events.index', 'store.damaged', 'The events of this instance cannot be read.');
  await page.goto(console.url + addressOf(2, 9));
  await expect(page.getByRole('main')).toContainText('store.damaged');
});
