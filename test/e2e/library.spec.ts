import { expect, expectAccessible, inBothThemes, test } from '../support/console-page.ts';
import { instanceId, orchestrationId } from '../support/fake-data.ts';

test.describe('the list of sessions', () => {
  test.beforeEach(async ({ page, console }) => {
    await page.goto(`${console.url}#/sessions`);
    await expect(page.getByText('8 sessions')).toBeVisible();
  });

  test('takes the query language, helps to write it, and says what it did not understand', async ({
    page,
  }) => {
    const field = page.getByRole('combobox', { name: 'Search sessions' });
    await page.keyboard.press('/');
    await expect(field).toBeFocused();
    await page.keyboard.type('weekly st');
    await expect(page.getByRole('option')).toHaveText(['state:how it stands']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('option')).toHaveCount(4);
    await page.keyboard.type('fai');
    await page.keyboard.press('ArrowDown');
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await expect(field).toHaveValue('weekly state:failed ');
    await expect(page.getByRole('table', { name: 'Sessions' }).locator('mark').first()).toHaveText('weekly');
    await field.fill('modle:opus');
    const problems = page.getByRole('list', { name: 'Not understood' });
    await expect(problems).toContainText('Did you mean "model"?');
    await problems.getByRole('button', { name: 'Use model:opus' }).click();
    await expect(field).toHaveValue('model:opus');
    await expect(field).toBeFocused();
    await expect(problems).toHaveCount(0);
    await field.fill('modle:opus');
    await expect(problems).toBeVisible();
    await page.getByRole('button', { name: 'What can be searched for' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: /^state:failed/ }).click();
    await expect(field).toHaveValue('modle:opus state:failed ');
    await page.keyboard.press('Escape');
    await expect(page.getByText('8 sessions')).toBeVisible();
  });

  test('sorts by its heads, both ways', async ({ page, console }) => {
    const head = page.getByRole('columnheader', { name: 'Cost' });
    const names = page.getByRole('table', { name: 'Sessions' }).getByRole('link');
    await expect(page.getByRole('columnheader', { name: 'Started' })).toHaveAttribute(
      'aria-sort',
      'descending',
    );
    await head.getByRole('button').click();
    await expect(head).toHaveAttribute('aria-sort', 'descending');
    await expect(names.first()).not.toHaveText('nightly-review');
    await head.getByRole('button').click();
    await expect(head).toHaveAttribute('aria-sort', 'ascending');
    await expect(names.first()).toHaveText('migrate-auth');
    expect(console.engine.asked.at(-1)).toMatchObject({
      input: { sort: { by: 'cost', direction: 'asc' } },
    });
  });

  test('are found again by the address: a reload, and the way back, show what was there', async ({
    page,
  }) => {
    await page.getByRole('columnheader', { name: 'Cost' }).getByRole('button').click();
    await page.getByRole('button', { name: 'succeeded', exact: true }).click();
    const rows = page.locator('[data-session]');
    await expect(page).toHaveURL(/#\/sessions\?state=succeeded&sort=cost-desc$/);
    await page.reload();
    await expect(page.getByRole('columnheader', { name: 'Cost' })).toHaveAttribute('aria-sort', 'descending');
    await expect(page.getByRole('button', { name: 'succeeded', exact: true })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    const name = await rows.nth(1).getByRole('link').innerText();
    await rows.nth(1).getByRole('link').click();
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
    await page.goBack();
    await expect(rows.nth(1).getByRole('link')).toHaveText(name);
    await expect(rows.nth(1).getByRole('link')).toBeFocused();
    await expect(page).toHaveURL(/\?state=succeeded&sort=cost-desc$/);
  });

  test('renames, labels and pins from the keyboard', async ({ page }) => {
    const row = page.locator(`[data-session="${orchestrationId(3)}"]`);
    await row.getByRole('link').focus();
    await page.keyboard.press('F2');
    await page.keyboard.type('The morning of the cache');
    await page.keyboard.press('Enter');
    await expect(row.getByRole('link')).toHaveText('The morning of the cache');
    await expect(row.getByRole('link')).toBeFocused();
    await page.keyboard.press('F2');
    await page.keyboard.type('not this');
    await page.keyboard.press('Escape');
    await expect(row.getByRole('link')).toHaveText('The morning of the cache');

    await page.keyboard.press('l');
    const dialog = page.getByRole('dialog', { name: /^Labels of/ });
    await dialog.getByRole('textbox').fill('release');
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('checkbox', { name: /release/ })).toBeChecked();
    await page.keyboard.press('Escape');
    await expect(row.getByRole('img', { name: 'Labels: release' })).toBeVisible();

    await row.hover();
    await row.getByRole('button', { name: /^More for/ }).click();
    await page.getByRole('menuitem', { name: 'Pin: keep for ever' }).click();
    await expect(row.getByRole('img', { name: 'Pinned: kept for ever' })).toBeVisible();
    await inBothThemes(page, () => expectAccessible(page));
  });

  test('deletes what is selected, and takes it back', async ({ page }) => {
    for (const number of [4, 5]) {
      await page
        .locator(`[data-session="${orchestrationId(number)}"]`)
        .getByRole('link')
        .focus();
      await page.keyboard.press('x');
    }
    await expect(page.getByRole('group', { name: 'Selected sessions' })).toContainText('2 selected');
    await page.keyboard.press('Delete');
    await expect(page.getByText('6 sessions')).toBeVisible();
    // While somebody points at it, it stays.
    await page.getByText('Deleted 2 sessions.').hover();
    await expectAccessible(page);
    await page.keyboard.press('ControlOrMeta+z');
    await expect(page.getByText('8 sessions')).toBeVisible();
  });

  test('refuses to delete what runs, with the reason', async ({ page }) => {
    await page
      .locator(`[data-session="${orchestrationId(1)}"]`)
      .getByRole('link')
      .focus();
    await page.keyboard.press('Delete');
    await expect(page.getByText('Nothing was deleted. nightly-review has not ended.')).toBeVisible();
    await expect(page.getByText('8 sessions')).toBeVisible();
  });

  test('compares two', async ({ page }) => {
    for (const number of [2, 3]) {
      await page
        .locator(`[data-session="${orchestrationId(number)}"]`)
        .getByRole('link')
        .focus();
      await page.keyboard.press('x');
    }
    await page.getByRole('button', { name: 'Compare' }).click();
    await expect(page.getByRole('heading', { name: 'Compare', level: 1 })).toBeVisible();
    const figures = page.getByRole('table', { name: 'Figures of both' });
    await expect(figures.getByRole('row', { name: /^Cost/ })).toContainText('+$');
    await expect(page.getByRole('group', { name: 'backfill' })).toContainText('only on the left');
    await inBothThemes(page, () => expectAccessible(page));
    await page.getByRole('button', { name: 'Swap sides' }).click();
    await expect(figures.getByRole('row', { name: /^Cost/ })).toContainText('−$');
  });

  test('exports as a file', async ({ page, console }) => {
    await page.getByRole('button', { name: 'Export all…' }).click();
    await page.getByRole('radio', { name: /^HTML report/ }).check();
    await page.getByRole('checkbox', { name: /^Take secrets out/ }).check();
    await expectAccessible(page);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    expect((await download).suggestedFilename()).toBe('sample.html');
    expect(console.engine.asked).toContainEqual({
      procedure: 'exports.run',
      input: { ids: null, format: 'html', redact: true },
    });
  });

  test('says that the engine is gone, and goes on when it is back', async ({ page, console }) => {
    console.cut('unreachable');
    await page.getByRole('combobox').fill('m');
    await expect(page.getByRole('alert').filter({ hasText: 'There is no connection' })).toBeVisible();
    console.accept();
    await expect(page.getByText('Engine connected')).toBeVisible();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test('finds what was said, from the palette, and jumps to it', async ({ page, console }) => {
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('requireUser');
  await page.getByRole('option', { name: /^Search everything for/ }).click();
  const found = page.getByRole('region', { name: 'What was found' });
  await expect(found.locator('mark').first()).toHaveText('requireUser');
  await expect(found.getByRole('heading', { name: /nightly-review/ })).toBeVisible();
  await inBothThemes(page, () => expectAccessible(page));
  await found
    .getByRole('link', { name: /event 32/ })
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(`instance/${instanceId(2)}/event/31$`));
  await expect(page.locator('[data-flash]')).toBeInViewport();
  await expect.poll(() => page.evaluate(() => CSS.highlights.get('find')?.size ?? 0)).toBeGreaterThan(0);
  await page.goBack();
  await expect(found.getByRole('link', { name: /event 32/ }).first()).toBeFocused();
  await expect(page.getByRole('combobox')).toHaveValue('requireUser');
  expect(console.url).toContain('127.0.0.1');
});

test('says how much is still to be indexed', async ({ page, console }) => {
  await page.goto(`${console.url}#/search`);
  await page.getByRole('combobox').fill('pending');
  await expect(page.getByRole('note')).toContainText('12,480 events to go');
  await expect(page.getByText('Nothing was found')).toBeVisible();
});

test('reports usage by what one chooses, as a picture, a table and CSV', async ({ page, console }) => {
  await page.goto(`${console.url}#/usage`);
  const table = page.getByRole('table', { name: 'Usage' });
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await expect(table.getByRole('row').last()).toContainText('Total');
  await inBothThemes(page, () => expectAccessible(page));
  await page.getByRole('button', { name: /^Plan/ }).click();
  await expect(table.getByRole('columnheader', { name: 'Plan' })).toBeVisible();
  await page.getByRole('button', { name: /^Day/ }).click();
  await page.getByRole('button', { name: /^Model/ }).click();
  await expect(page.getByRole('img', { name: /^Chart: Cost by plan/ })).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  expect((await download).suggestedFilename()).toBe('usage-by-plan.csv');
});

test('changes the name and the marks of an orchestration where it is shown', async ({ page, console }) => {
  await page.goto(`${console.url}#/orchestration/${orchestrationId(3)}`);
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.keyboard.type('A better name');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'A better name', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Add a note' }).click();
  await page.keyboard.type('The one with the cache.');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('button', { name: 'Change the note: The one with the cache.' })).toBeVisible();
  await page.getByRole('button', { name: 'Pin', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Pinned' })).toHaveAttribute('aria-pressed', 'true');
  await inBothThemes(page, () => expectAccessible(page));
});

test('takes in the history of Claude, and follows it', async ({ page, console }) => {
  await page.goto(`${console.url}#/storage`);
  const history = page.getByRole('region', { name: 'Claude’s own history' });
  await history.getByRole('button', { name: 'Take in what is new' }).click();
  await expect(page.getByText(/^Took in 2 sessions/)).toBeVisible();
  await history.getByRole('switch', { name: /^Follow it/ }).click();
  await expect
    .poll(() => console.engine.asked)
    .toContainEqual({ procedure: 'history.follow', input: { on: true } });
  await inBothThemes(page, () => expectAccessible(page));
});
