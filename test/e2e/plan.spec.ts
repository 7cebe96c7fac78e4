import type { Page } from '@playwright/test';
import { expect, expectAccessible, inBothThemes, test } from '../support/console-page.ts';

const editor = (page: Page) => page.getByRole('textbox', { name: /^Plan, in YAML/ });
const runButton = (page: Page) => page.getByRole('main').getByRole('button', { name: /^Run(?! the demo)/ });

test.beforeEach(async ({ page, console }) => {
  await page.goto(`${console.url}#/plan`);
  await expect(editor(page)).toBeVisible();
});

test('runs the sample and goes to what it started', async ({ page, console }) => {
  await expect(runButton(page)).toBeDisabled();
  await page.getByRole('button', { name: 'Sample' }).click();
  await expect(page.getByText('Ready to run')).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'What would run' })).toContainText(
    'Bring the docs up to date.',
  );
  await editor(page).click();
  await page.keyboard.press('Control+Enter');
  await expect(page).toHaveURL(/#\/orchestration\//);
  const started = console.engine.asked.find(({ procedure }) => procedure === 'orchestrations.start');
  expect(started?.input).toMatchObject({
    text: expect.stringContaining('name: A first look'),
    file: null,
  });
});

test('marks a problem, leads to it, and puts the suggestion there', async ({ page }) => {
  await editor(page).click();
  await page.keyboard.type('name: a\nproblem: 1');
  const problem = page.getByRole('list', { name: 'Problems' }).getByRole('button');
  await expect(problem).toContainText('problem is not a key of a plan.');
  await expect(problem).toContainText('2:1');
  await expect(runButton(page)).toBeDisabled();
  await problem.click();
  await page.keyboard.type('#');
  await expect(editor(page)).toContainText('#problem: 1');
  await page.keyboard.press('Backspace');
  await page.locator('.cm-lintRange-error').first().hover();
  await page.getByRole('button', { name: /Change to prompt/ }).click();
  await expect(editor(page)).toContainText('prompt: 1');
  await expect(page.getByRole('list', { name: 'Problems' })).toHaveCount(0);
  await inBothThemes(page, () => expectAccessible(page));
});

test('completes keys and values from the schema, and explains them', async ({ page }) => {
  await editor(page).click();
  await page.keyboard.type('permi');
  await expect(page.getByRole('option')).toHaveCount(0);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('defaults:\n  permi');
  await expect(page.getByRole('option', { name: /permissionMode/ })).toBeVisible();
  await page.waitForFunction(() => true);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: /acceptEdits/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByText('permissionMode').hover();
  await expect(page.locator('.cm-docs')).toContainText('What Claude may do without asking.');
});

test('keeps a draft over a reload, until it is cleared', async ({ page }) => {
  await editor(page).click();
  await page.keyboard.type('name: my draft');
  await page.reload();
  await expect(editor(page)).toContainText('name: my draft');
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(editor(page)).not.toContainText('name: my draft');
});

test('takes a file that is chosen or dropped', async ({ page }) => {
  await page.getByLabel('Plan file').setInputFiles({
    name: 'nightly.yaml',
    mimeType: 'text/yaml',
    buffer: Buffer.from('name: nightly\n'),
  });
  await expect(editor(page)).toContainText('name: nightly');
  await expect(page.getByRole('main')).toContainText('nightly.yaml');
  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['name: dropped\n'], 'dropped.yaml'));
    return data;
  });
  await editor(page).dispatchEvent('dragenter', { dataTransfer: dropped });
  await expect(page.getByText('Drop the plan here')).toBeVisible();
  await editor(page).dispatchEvent('drop', { dataTransfer: dropped });
  await expect(editor(page)).toContainText('name: dropped');
  await expect(page.getByText('Drop the plan here')).toHaveCount(0);
});

test('says why a plan did not start, and starts the demo', async ({ page, console }) => {
  await page.getByRole('button', { name: 'Sample' }).click();
  console.engine.failNext('orchestrations.start', 'claude.not_found', 'Claude Code was not found.');
  await runButton(page).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('claude.not_found');
  await page.getByRole('main').getByRole('button', { name: 'Run the demo' }).click();
  await expect(page).toHaveURL(/#\/orchestration\//);
});

test('is accessible when empty, in both themes', async ({ page }) => {
  await inBothThemes(page, () => expectAccessible(page));
});

test('asks for the inputs of a plan before it starts', async ({ page, console }) => {
  await editor(page).fill(
    'name: tickets\ninputs:\n  ticket: { type: number, description: The ticket. }\n  branch: { default: main }\ninstances:\n  - { name: lint, prompt: Lint. }\n  - { name: fix, prompt: "Fix {{ inputs.ticket }}", dependsOn: [lint] }\n',
  );
  const summary = page.getByRole('complementary', { name: 'What would run' });
  await expect(summary).toContainText('must be given');
  await expect(summary).toContainText('after lint');
  await runButton(page).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('status')).toHaveText('Still to give: ticket');
  await inBothThemes(page, () => expectAccessible(page));
  await dialog.getByRole('textbox', { name: /^ticket/ }).fill('42');
  console.engine.failNext('orchestrations.start', 'plan.input_type', 'The input ticket must be a number.');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('plan.input_type');
  await dialog.getByRole('button', { name: 'Run' }).click();
  await expect(page).toHaveURL(/#\/orchestration\//);
  const started = console.engine.asked.findLast(({ procedure }) => procedure === 'orchestrations.start');
  expect(started?.input).toMatchObject({ inputs: { ticket: '42' } });
});

test('schedules a plan that has a schedule, or runs it once', async ({ page, console }) => {
  await editor(page).fill(
    'name: nightly\nschedule: { cron: "0 2 * * *", timeZone: Europe/Berlin }\ninstances:\n  - { name: look, prompt: Look. }\n',
  );
  await expect(page.getByRole('complementary', { name: 'What would run' })).toContainText('Europe/Berlin');
  await page.getByRole('button', { name: /^Schedule/ }).click();
  await expect(page.getByText(/^nightly is scheduled: next /)).toBeVisible();
  await inBothThemes(page, () => expectAccessible(page));
  await page.getByRole('button', { name: 'Run once now' }).click();
  await expect(page).toHaveURL(/#\/orchestration\//);
  const started = console.engine.asked.find(({ procedure }) => procedure === 'orchestrations.start');
  expect(started?.input).toMatchObject({ now: true });
});
