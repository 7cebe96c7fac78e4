import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { reportFormat } from '../../src/main/exports/report/report.ts';
import type { Session } from '../../src/main/exports/session.ts';
import type { EventBody, OrchestrationEvent } from '../../src/shared/domain/event.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import { sampleOf } from '../support/store/samples.ts';

const hostile = `</script><script>document.title='owned'</script><img src=x onerror="document.title='owned'">`;

const bodyOf = (n: number): EventBody => {
  if (n % 3 === 0) {
    const text = n === 60_000 ? `needle in the ${hostile} haystack` : `message ${String(n)}`;
    return { type: 'message.text', messageId: null, text, model: null, parentToolUseId: null };
  }
  const tool = { toolUseId: String(n), parentToolUseId: null };
  if (n % 3 === 1) return { type: 'tool.called', name: 'Bash', input: { command: `ls ${hostile}` }, ...tool };
  const result = { isError: false, output: `line ${String(n)}\n${hostile}`, truncated: false, durationMs: 5 };
  return { type: 'tool.finished', name: 'Bash', ...result, ...tool };
};

/** A session of so many events of one instance. */
const longSession = (count: number): Session => {
  const sample = sampleOf(`A session ${hostile}`, [`first ${hostile}`]);
  const instances = sample.instances.map((view) => ({ ...view, eventCount: count }));
  const [instance] = instances;
  if (instance === undefined) throw new Error('no instance');
  const event = (n: number): OrchestrationEvent => ({
    ...{ orchestrationId: sample.orchestration.id, seq: n + 1, instanceId: instance.id, n },
    ...{ attemptId: null, source: null, at: instantOf(1_790_000_000_000 + n * 50), body: bodyOf(n) },
  });
  const { orchestration, attempts, source } = sample;
  return {
    stored: { orchestration, instances, attempts, source, specs: {} },
    secrets: null,
    async *events() {
      for (let n = 0; n < count; n += 500) {
        yield Array.from({ length: Math.min(500, count - n) }, (_, i) => event(n + i));
      }
    },
    async *eventsOf() {
      yield [];
    },
  };
};

let folder: string;
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netra-report-'));
});
test.afterAll(() => rm(folder, { recursive: true }));

/** Writes a report and opens it; gives what the page complained of. */
const openReport = async (page: Page, count: number): Promise<readonly string[]> => {
  const sessions = async function* () {
    yield longSession(count);
  };
  const parts: string[] = [];
  const head = { exportedAt: instantOf(1_790_000_000_000), version: '1', redacted: false };
  for await (const part of reportFormat.write(sessions(), head)) parts.push(part);
  const file = join(folder, `${String(count)}.html`);
  await writeFile(file, parts.join(''));
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) complaints.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  return complaints;
};

test('a report of 100,000 events opens at once, is searched, and draws only what is near', async ({
  page,
}) => {
  const start = Date.now();
  const complaints = await openReport(page, 100_000);
  await expect(page.locator('.e').first()).toBeVisible();
  // Writing it is a part of this.
  expect(Date.now() - start).toBeLessThan(15_000);
  expect(await page.locator('.e').count()).toBeLessThan(3000);
  await page.getByRole('searchbox').fill('needle in the');
  await expect(page.getByRole('status')).toHaveText('1 hit');
  await page.keyboard.press('Enter');
  await expect(page.locator('.here')).toContainText('needle in the </script>');
  await expect(page.locator('.here')).toBeInViewport();
  expect(await page.locator('.e').count()).toBeLessThan(3000);
  expect(await page.title()).toBe('Netra report');
  expect(complaints).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a report is readable by everybody (${colorScheme})`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    const complaints = await openReport(page, 30);
    await page.locator('.e summary').first().click();
    await expect(page.locator('.e .body').filter({ hasText: 'onerror' }).first()).toBeVisible();
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
    await context.close();
  });
}
