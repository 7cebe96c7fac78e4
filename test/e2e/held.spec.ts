import { expect, expectAccessible, inBothThemes, test } from '../support/console-page.ts';
import { instanceId, orchestrationId } from '../support/fake-data.ts';
import { heldScenario } from '../support/fake-held.ts';

test.use({ scenario: { at: heldScenario } });

const addressOf = (number: number): string =>
  `#/orchestration/${orchestrationId(1)}/instance/${instanceId(number)}`;
const orchestration = `#/orchestration/${orchestrationId(1)}`;

test('answers the questions of Claude with options and words', async ({ page, console }) => {
  await page.goto(console.url + addressOf(1));
  const card = page.getByRole('region', { name: 'choose-db: Claude asks' });
  const send = card.getByRole('button', { name: 'Send the answers' });
  await card.getByRole('radio', { name: /^SQLite/ }).check();
  await expect(send).toBeDisabled();
  await card.getByRole('checkbox', { name: 'unit' }).check();
  await card.getByRole('textbox', { name: /Which suites/ }).fill('the slow ones too');
  await send.click();
  await expect(card).toHaveCount(0);
  expect(console.engine.asked).toContainEqual({
    procedure: 'inbox.answer',
    input: {
      itemId: `${instanceId(1)}:ask-1`,
      answer: { kind: 'choose', answers: [['SQLite'], ['unit', 'the slow ones too']] },
    },
  });
});

test('shows a plan of Claude, approves it, or sends it back with words', async ({ page, console }) => {
  await page.goto(console.url + addressOf(2));
  const card = page.getByRole('region', { name: 'planner: Claude has a plan' });
  await expect(card.getByRole('region', { name: 'The plan' }).getByRole('heading')).toHaveText('Plan');
  await card.getByRole('button', { name: 'Send back…' }).click();
  await page.keyboard.press('Escape');
  await card.getByRole('button', { name: 'Approve, and accept edits' }).click();
  await expect(card).toHaveCount(0);
  expect(console.engine.asked).toContainEqual({
    procedure: 'inbox.answer',
    input: {
      itemId: `${instanceId(2)}:plan-1`,
      answer: { kind: 'approve', permissionMode: 'acceptEdits' },
    },
  });
});

test('asks for trust with what would run, from the overview', async ({ page, console }) => {
  const tile = page.getByRole('article', { name: 'newcomer' });
  await expect(tile).toContainText('needs trust');
  await tile.getByRole('button', { name: /^Look/ }).click();
  const peek = page.getByRole('dialog', { name: 'newcomer' });
  await expect(peek.getByRole('listitem')).toHaveText([
    'hook Stop: npm run lint',
    'MCP server tickets: npx tickets-mcp',
  ]);
  await peek.getByRole('button', { name: 'Trust this folder' }).click();
  await expect(peek).toContainText('running');
  expect(console.engine.asked).toContainEqual({
    procedure: 'inbox.answer',
    input: { itemId: 'trust:/home/ada/src/found', answer: { kind: 'trust', trusted: true } },
  });
});

test('raises a budget that is used up, to more than is used', async ({ page, console }) => {
  await page.goto(console.url + addressOf(4));
  const card = page.getByRole('region', { name: /^spender: The budget of/ });
  await expect(card).toContainText('$5.0200 of $5.0000');
  const limit = card.getByRole('textbox', { name: 'New limit, dollars' });
  await limit.fill('5.01');
  await expect(card.getByRole('button', { name: 'Raise it' })).toBeDisabled();
  await limit.fill('$7.50');
  await page.keyboard.press('Enter');
  await expect(card).toHaveCount(0);
  expect(console.engine.asked).toContainEqual({
    procedure: 'inbox.answer',
    input: { itemId: 'budget:orchestration:held', answer: { kind: 'raise', costMicroUsd: 7_500_000 } },
  });
});

test('lets an instance go on that a budget stopped', async ({ page, console }) => {
  const { course } = console.engine.instance(instanceId(4));
  console.engine.change(instanceId(4), { state: 'stopped', reason: 'the budget is used up', course });
  await page.goto(console.url + addressOf(4));
  const card = page.getByRole('region', { name: 'spender: stopped by a budget' });
  await card.getByRole('textbox', { name: 'New limit, dollars' }).fill('9');
  await card.getByRole('button', { name: 'Raise it' }).click();
  await expect(card).toHaveCount(0);
  expect(console.engine.asked).toContainEqual({
    procedure: 'budgets.raise',
    input: { account: 'orchestration:held', costMicroUsd: 9_000_000 },
  });
});

test('says when an answer was not taken, and tries again after a sign-in', async ({ page, console }) => {
  await page.goto(console.url + addressOf(5));
  console.engine.failNext('inbox.answer', 'inbox.answered', 'This does not wait any more.');
  const card = page.getByRole('region', { name: 'stranger: Claude Code needs a sign-in' });
  await card.getByRole('button', { name: /try again/ }).click();
  await expect(card.getByRole('alert')).toContainText('inbox.answered');
  await card.getByRole('button', { name: /try again/ }).click();
  await expect(card).toHaveCount(0);
});

test('says why an instance stands still, and until when', async ({ page, console }) => {
  const note = page.getByRole('main').getByRole('note');
  await page.goto(console.url + addressOf(7));
  await expect(note).toContainText('No process waits for it meanwhile. It goes on at ');
  await page.goto(console.url + addressOf(8));
  await expect(note).toContainText('Try 2 of 3: The API was overloaded. It goes on in 0:');
  await expect(page.getByRole('main')).toContainText('tries again in 0:');
  await page.goto(console.url + addressOf(9));
  await expect(note).toContainText('Its condition is false: inputs.deploy.');
  await page.goto(console.url + addressOf(10));
  await expect(note).toContainText('it is asked again when this attempt has ended');
  await page.goto(console.url + addressOf(6));
  await expect(note).toContainText('Paused by ada. The others go on.');
});

test('pauses, lets go on and skips an instance, by buttons and by keys', async ({ page, console }) => {
  await page.goto(console.url + addressOf(12));
  const main = page.getByRole('main');
  await main.getByRole('button', { name: 'Pause' }).click();
  await expect(main.getByRole('note')).toContainText('Paused by ada.');
  await page.keyboard.press('p');
  await expect(main.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('x');
  const dialog = page.getByRole('dialog', { name: 'Skip work.2?' });
  console.engine.failNext('instances.skip', 'instance.unknown', 'There is no such instance.');
  await dialog.getByRole('button', { name: 'Skip it' }).click();
  await expect(dialog.getByRole('alert')).toContainText('instance.unknown');
  await dialog.getByRole('button', { name: 'Skip it' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(main).toContainText('skipped');
  await page.keyboard.press('s');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('acts on the row in focus, and says what a key could not do', async ({ page, console }) => {
  await page.goto(console.url + orchestration);
  await page
    .getByRole('table')
    .getByRole('link', { name: /^work\.2/ })
    .focus();
  console.engine.failNext('instances.pause', 'engine.busy', 'The engine is closing.');
  await page.keyboard.press('p');
  const said = page.getByRole('dialog', { name: 'work.2' });
  await expect(said).toContainText('engine.busy');
  await page.keyboard.press('Escape');
  await expect(said).toHaveCount(0);
  await page.keyboard.press('s');
  await expect(page.getByRole('dialog', { name: 'Stop work.2?' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type('pause');
  await expect(page.getByRole('option', { name: 'Pause, or go on' })).toBeVisible();
});

test('pauses an orchestration, and shows its fan-outs', async ({ page, console }) => {
  await page.goto(console.url + orchestration);
  const main = page.getByRole('main');
  await expect(main.getByRole('list', { name: 'Fan-outs' }).getByRole('listitem')).toHaveText([
    /work.*1 of 3 done.*2 at a time/,
    /publish.*Waits for work\./,
  ]);
  await expect(main.getByRole('link', { name: /^work\.2/ })).toContainText('src/b.ts');
  await main.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(main.getByRole('note')).toContainText('Paused by ada.');
  await expect(main.getByRole('button', { name: 'Go on', exact: true })).toBeVisible();
  await main.getByRole('button', { name: 'Go on', exact: true }).click();
  await expect(main.getByRole('note')).toHaveCount(0);
});

test('allows more than once by a rule that is shown first', async ({ page, console }) => {
  console.engine.change(instanceId(12), {
    state: 'waiting',
    questions: [
      {
        requestId: 'req-7',
        toolName: 'Bash',
        toolUseId: null,
        description: null,
        input: { command: 'git log --oneline' },
        askedAt: new Date().toISOString() as never,
      },
    ],
  });
  await page.goto(console.url + addressOf(12));
  const card = page.getByRole('region', { name: 'work.2: Bash wants to run' });
  const rule = await card.locator('p code').innerText();
  expect(rule).toMatch(/^Bash\(git log/);
  await card.getByRole('button', { name: /^Always in this workspace/ }).click();
  await expect(card).toHaveCount(0);
  expect(console.engine.asked).toContainEqual({
    procedure: 'inbox.answer',
    input: { itemId: `${instanceId(12)}:req-7`, answer: { kind: 'allow', scope: 'workspace', rule } },
  });
});

const places: readonly (readonly [string, string])[] = [
  ['the overview of what is held', '#/'],
  ['an orchestration with fan-outs', orchestration],
  ['a question of Claude', addressOf(1)],
  ['a plan of Claude', addressOf(2)],
  ['an untrusted folder', addressOf(3)],
  ['a used-up budget', addressOf(4)],
  ['a note why it stands still', addressOf(7)],
];

for (const [what, address] of places) {
  test(`${what} is accessible, in both themes`, async ({ page, console }) => {
    test.slow();
    await page.goto(console.url + address);
    await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible();
    await inBothThemes(page, () => expectAccessible(page));
  });
}
