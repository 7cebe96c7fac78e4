import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Page } from '@playwright/test';
import { openFakeConsole, type FakeConsole } from './fake-console.ts';
import { morningScenario, type Scenario } from './fake-scenarios.ts';

type Options = {
  /** What the fake engine starts with: in an object, since Playwright takes a bare function for a fixture. */
  readonly scenario: { readonly at: (now: number) => Scenario };
};

type Fixtures = {
  /** The console, served over a fake engine; the page is at its overview. */
  readonly console: FakeConsole;
  /** Everything that the page complained of: exceptions, console errors, breaches of the security policy. */
  readonly complaints: readonly string[];
};

/** Playwright's test with a console over a fake engine. No test passes while its page complained. */
export const test = base.extend<Options & Fixtures>({
  scenario: [{ at: (now) => morningScenario(now) }, { option: true }],
  complaints: async ({ page }, use) => {
    const heard: string[] = [];
    page.on('pageerror', (error) => heard.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') heard.push(message.text());
    });
    await use(heard);
    // A refused connection is logged by the browser itself; tests cut connections on purpose.
    expect(heard.filter((text) => !/WebSocket|Failed to load resource/.test(text))).toEqual([]);
  },
  console: async ({ page, scenario, complaints }, use) => {
    expect(complaints).toEqual([]);
    const opened = await openFakeConsole(scenario.at(Date.now()));
    await page.goto(opened.url);
    await use(opened);
    await page.close();
    await opened.close();
  },
});

export { expect };

/** Checks a page against the rules of axe, AA and best practice. */
export const expectAccessible = async (page: Page): Promise<void> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
  );
  expect(found).toEqual([]);
};

/** Runs a check in light and in dark. */
export const inBothThemes = async (page: Page, check: () => Promise<void>): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    // Half way from one colour to the other nothing has the contrast of either.
    await page.evaluate(() =>
      Promise.allSettled(
        document
          .getAnimations()
          .filter((animation) => animation instanceof CSSTransition)
          .map((animation) => animation.finished),
      ),
    );
    await check();
  }
};
