import { expect, expectAccessible, inBothThemes, test } from '../support/console-page.ts';
import { instanceId, orchestrationId, usageOf } from '../support/fake-data.ts';
import { crowdScenario, emptyScenario, morningScenario } from '../support/fake-scenarios.ts';

const bash = (requestId: string, command: string) => ({
  requestId,
  toolName: 'Bash',
  toolUseId: null,
  description: null,
  input: { command },
  askedAt: new Date().toISOString() as never,
});

test.describe('the overview', () => {
  test('shows every running instance with what it does, and keeps up', async ({ page, console }) => {
    const tile = page.getByRole('article', { name: 'api-refactor' });
    await expect(tile).toContainText('The handler still reads the session twice.');
    await expect(tile).toContainText('running');
    console.engine.change(instanceId(2), { said: 'All route tests pass now.', activity: 'Bash npm test' });
    await expect(tile).toContainText('All route tests pass now.');
    await expect(tile).toContainText('Bash npm test');
  });

  test('allows a tool from the tile', async ({ page, console }) => {
    const tile = page.getByRole('article', { name: 'security-review' });
    await expect(tile).toContainText('npm audit fix --force');
    await tile.getByRole('button', { name: /^Allow / }).click();
    await expect(tile).not.toContainText('npm audit fix --force');
    await expect(tile).toContainText('running');
    expect(console.engine.asked).toContainEqual({
      procedure: 'inbox.answer',
      input: { itemId: `${instanceId(1)}:req-1`, answer: { kind: 'allow', scope: 'once' } },
    });
  });

  test('denies a tool with a reason, which Esc gives up again', async ({ page, console }) => {
    const tile = page.getByRole('article', { name: 'security-review' });
    await tile.getByRole('button', { name: /^Deny / }).click();
    await page.keyboard.press('Escape');
    await tile.getByRole('button', { name: /^Deny / }).click();
    await page.keyboard.type('Pin the version first.');
    await page.keyboard.press('Enter');
    await expect(tile).toContainText('running');
    expect(console.engine.asked).toContainEqual({
      procedure: 'inbox.answer',
      input: {
        itemId: `${instanceId(1)}:req-1`,
        answer: { kind: 'deny', message: 'Pin the version first.' },
      },
    });
  });

  test('says why an answer was not taken', async ({ page, console }) => {
    console.engine.failNext('inbox.answer', 'inbox.answered', 'Somebody has answered this already.');
    const tile = page.getByRole('article', { name: 'security-review' });
    await tile.getByRole('button', { name: /^Allow / }).click();
    await expect(tile.getByRole('alert')).toContainText('Somebody has answered this already.');
    await expect(tile.getByRole('alert')).toContainText('inbox.answered');
  });

  test('marks estimated costs, and shows a dash for what is not known', async ({ page, console }) => {
    expect(console.url).toContain('127.0.0.1');
    await expect(page.getByRole('article', { name: 'api-refactor' })).toContainText('≈');
    await expect(page.getByRole('article', { name: 'changelog' })).toContainText('out –');
    console.engine.change(instanceId(2), {
      usage: usageOf(5140, 'exact'),
      state: 'succeeded',
      endedAt: new Date().toISOString() as never,
    });
    await expect(page.getByRole('article', { name: 'api-refactor' })).not.toContainText('≈');
  });

  test('changes between tiles and table, and remembers it', async ({ page, console }) => {
    await page.getByRole('button', { name: 'Table' }).click();
    await expect(page.getByRole('table', { name: 'Instances' })).toContainText('perf-analyzer');
    await page.reload();
    await expect(page.getByRole('table', { name: 'Instances' })).toBeVisible();
    await page.getByRole('button', { name: 'Cost', exact: true }).click();
    await expect(page.getByRole('table', { name: 'Instances' }).getByRole('row').nth(1)).toContainText(
      'test-coverage',
    );
    expect(console.engine.asked.length).toBeGreaterThan(0);
  });

  test('stops everything after asking how', async ({ page, console }) => {
    await page.getByRole('button', { name: 'Stop all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop gently' }).click();
    await expect(page.getByText('Nothing runs right now')).toBeVisible();
    expect(console.engine.asked).toContainEqual({
      procedure: 'orchestrations.stopAll',
      input: { force: false },
    });
  });

  test('is accessible', async ({ page, console }) => {
    expect(console.url).not.toBe('');
    await expect(page.getByRole('article', { name: 'api-refactor' })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Recent orchestrations' })).toBeVisible();
    await inBothThemes(page, () => expectAccessible(page));
    await page.getByRole('button', { name: 'Table' }).click();
    await inBothThemes(page, () => expectAccessible(page));
  });
});

test.describe('with fifty instances', () => {
  test.use({ scenario: { at: (now) => crowdScenario(50, now) } });

  test('shows them all, and stays accessible', async ({ page, console }) => {
    await expect(page.getByRole('article')).toHaveCount(50);
    console.engine.change(instanceId(7), { state: 'waiting', questions: [bash('req-7', 'git push')] });
    await expect(page.getByRole('article').first()).toContainText('git push');
    await expectAccessible(page);
  });
});

test.describe('the first start', () => {
  test.use({ scenario: { at: () => emptyScenario } });

  test('says whether this machine is ready and what to put right', async ({ page, console }) => {
    await expect(page.getByRole('heading', { name: 'Welcome to Netra Orchestrator' })).toBeVisible();
    await expect(page.getByText('Claude Code is not signed in.')).toBeVisible();
    await expect(page.getByText('Run claude in a terminal and type /login.')).toBeVisible();
    await inBothThemes(page, () => expectAccessible(page));
    console.engine.doctor({
      claude: null,
      failure: null,
      checks: [{ id: 'sign_in', title: 'Signed in', status: 'ok', detail: 'as ada', fix: null }],
    });
    await page.getByRole('button', { name: 'Check again' }).click();
    await expect(page.getByText('ready', { exact: true })).toBeVisible();
  });

  test('runs the demo', async ({ page, console }) => {
    await page.getByRole('button', { name: 'Run the demo' }).click();
    await expect(page.getByRole('heading', { name: 'demo', level: 1 })).toBeVisible();
    expect(console.engine.asked.map(({ procedure }) => procedure)).toContain('orchestrations.startDemo');
  });

  test('says why the demo could not start', async ({ page, console }) => {
    console.engine.failNext(
      'orchestrations.startDemo',
      'claude.not_found',
      'Claude Code was not found. Install it first.',
    );
    await page.getByRole('button', { name: 'Run the demo' }).click();
    await expect(page.getByRole('alert')).toContainText('claude.not_found');
  });
});

test.describe('an orchestration', () => {
  test.beforeEach(async ({ page, console }) => {
    await page.goto(`${console.url}#/orchestration/${orchestrationId(1)}`);
    await expect(page.getByRole('heading', { name: 'nightly-review', level: 1 })).toBeVisible();
  });

  test('shows its instances, its totals and its plan', async ({ page }) => {
    await expect(
      page.getByRole('table', { name: 'Instances of nightly-review' }).getByRole('row'),
    ).toHaveCount(8);
    await expect(page.getByRole('complementary', { name: 'Totals' })).toContainText('claude-sonnet-5');
    await inBothThemes(page, () => expectAccessible(page));
    await page.getByRole('tab', { name: 'Plan' }).click();
    await expect(page.getByRole('region', { name: 'Plan' })).toContainText('name: nightly-review');
    await expectAccessible(page);
  });

  test('stops one instance, kills another, restarts a third', async ({ page, console }) => {
    await page.getByRole('button', { name: 'Stop api-refactor' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Stop gently' }).click();
    await page.getByRole('button', { name: 'Stop docs-sync' }).click();
    await page.getByRole('button', { name: 'Kill now' }).click();
    await page.getByRole('button', { name: 'Restart api-refactor' }).click();
    await expect(page.getByRole('button', { name: 'Stop api-refactor' })).toBeVisible();
    const asked = console.engine.asked.filter(({ procedure }) => procedure.startsWith('instances.'));
    expect(asked).toEqual([
      { procedure: 'instances.stop', input: { id: instanceId(2), force: false } },
      { procedure: 'instances.stop', input: { id: instanceId(4), force: true } },
      { procedure: 'instances.restart', input: { id: instanceId(2) } },
    ]);
  });

  test('ends in front of the reader', async ({ page, console }) => {
    for (const instance of console.engine
      .instances()
      .filter((one) => one.orchestrationId === orchestrationId(1))) {
      console.engine.change(instance.id, {
        state: 'succeeded',
        endedAt: new Date().toISOString() as never,
        questions: [],
      });
    }
    await expect(page.getByRole('main')).toContainText('7 of 7 done');
    await expect(page.getByRole('button', { name: 'Stop all' })).toHaveCount(0);
  });
});

test('an orchestration that is not there says so, and so does an address that leads nowhere', async ({
  page,
  console,
}) => {
  await page.goto(`${console.url}#/orchestration/${orchestrationId(4711)}`);
  await expect(page.getByRole('alert')).toContainText('orchestration.not_found');
  await expectAccessible(page);
  await page.goto(`${console.url}#/nowhere`);
  await expect(page.getByText('This address leads nowhere')).toBeVisible();
  await expectAccessible(page);
});

test.describe('the sessions', () => {
  test.use({ scenario: { at: (now) => morningScenario(now, 400) } });
  test.beforeEach(async ({ page, console }) => {
    await page.goto(`${console.url}#/sessions`);
    await expect(page.getByText('402 sessions')).toBeVisible();
  });

  test('are found by name as one types, and by state', async ({ page }) => {
    await page.getByRole('combobox', { name: 'Search sessions' }).fill('night');
    await expect(page.getByText('1 session', { exact: true })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Sessions' }).locator('mark')).toHaveText('night');
    await page.getByRole('combobox').fill('');
    await page.getByRole('button', { name: 'stopped', exact: true }).click();
    await expect(page.getByText('80 sessions')).toBeVisible();
    await page.getByRole('combobox').fill('no such name');
    await expect(page.getByText('No session fits')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect(page.getByText('402 sessions')).toBeVisible();
  });

  test('scroll to the oldest, with few rows in the page', async ({ page }) => {
    const table = page.getByRole('table', { name: 'Sessions' });
    await expect(async () => {
      await table.evaluate((element) => {
        element.scrollTop = element.scrollHeight;
      });
      await expect(table.locator('[aria-rowindex="403"]')).toBeVisible({ timeout: 200 });
    }).toPass({ intervals: [100] });
    expect(await table.getByRole('row').count()).toBeLessThan(80);
  });

  test('are walked through with J and K and opened with Enter', async ({ page }) => {
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'migrate-auth', level: 1 })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('heading', { name: 'Sessions', level: 1 })).toBeVisible();
  });

  test('say why they could not be fetched, and try again', async ({ page, console }) => {
    console.engine.failNext('orchestrations.list', 'store.unreadable', 'The database cannot be read.');
    await page.getByRole('combobox').fill('m');
    await expect(page.getByRole('alert')).toContainText('The database cannot be read.');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('are accessible', async ({ page }) => {
    await inBothThemes(page, () => expectAccessible(page));
  });
});
