import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setUp } from './setup.mjs';
import { systemChromium } from './system-packages.mjs';
import { findNode, givenArgs, inRoot, productEnv, runMain } from './toolchain.mjs';

/*
 * Makes the pictures of docs/images: the real console over the real engine, while it runs the demo and after it, in both
 * themes; and the screens of the library over the sample world of the tests, which has a past. Run it on the project's own
 * Node (npx node scripts/screenshots.mjs) after a change of what a screen shows; `demo` or `library` makes these only.
 */

/**
 * Starts a program that serves the console, and waits for its link.
 * @param {string[]} args
 */
const serve = (args) => {
  const child = spawn(findNode(), args, { env: productEnv(), stdio: ['ignore', 'pipe', 'inherit'] });
  /** @type {Promise<string>} */
  const link = new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
      const found = /http:\/\/\S+/.exec(text);
      if (found !== null) resolve(found[0]);
    });
    child.on('exit', () => reject(new Error(`${String(args[0])} ended: ${text}`)));
  });
  return { child, link };
};

/**
 * One theme, on a data directory of its own.
 * @param {import('@playwright/test').Browser} browser
 * @param {'light' | 'dark'} colorScheme
 */
const takeAll = async (browser, colorScheme) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'netra-pictures-'));
  const netra = inRoot('out', 'main', 'netra.js');
  const { child, link } = serve([netra, 'serve', '--port', '0', '--data-dir', dataDir]);
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
  try {
    await takeFrom(page, await link, colorScheme);
  } finally {
    await page.close();
    child.kill('SIGINT');
    await ended;
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
};

/**
 * The demo from its start to its end, then the plan editor.
 * @param {import('@playwright/test').Page} page
 * @param {string} link
 * @param {'light' | 'dark'} colorScheme
 */
const takeFrom = async (page, link, colorScheme) => {
  /** @param {string} name */
  const take = (name) => page.screenshot({ path: inRoot('docs', 'images', `${name}-${colorScheme}.png`) });
  await page.goto(link);
  await page.getByText('Data directory').waitFor();
  await take('first-run');
  await page.getByRole('button', { name: 'Run the demo' }).click();
  await page
    .getByRole('link', { name: /Refuse weightless parcels/ })
    .first()
    .waitFor();
  const root = page.url().split('#')[0] ?? '';
  await page.goto(`${root}#/`);
  await page
    .getByText(/goes on in/)
    .first()
    .waitFor();
  await take('overview');
  await page
    .getByRole('link', { name: /Explain the pricing/ })
    .first()
    .click();
  await page.getByText('How a parcel gets its price').first().waitFor();
  await take('instance');
  await page.getByText('4 of 5').waitFor();
  await page.getByText('5 of 5').waitFor();
  await page.goto(`${root}#/sessions`);
  await page.getByRole('link', { name: /Demo/ }).first().click();
  await page.getByText('Translate the readme').first().waitFor();
  await take('review');
  await page.goto(`${root}#/plan`);
  await page
    .getByRole('button', { name: /sample/i })
    .first()
    .click();
  await page.getByRole('button', { name: /^Run/ }).first().waitFor();
  await page.getByText('Checking').waitFor({ state: 'hidden' });
  await take('plan');
};

/**
 * The screens of the library, each in one theme.
 * @param {import('@playwright/test').Browser} browser
 */
const takeLibrary = async (browser) => {
  const { child, link } = serve([inRoot('test', 'support', 'fake-console.ts'), 'morning']);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  /** @param {string} name */
  const take = (name) => page.screenshot({ path: inRoot('docs', 'images', `${name}.png`) });
  /**
   * @param {string} address
   * @param {'light' | 'dark'} colorScheme
   */
  const go = async (address, colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('about:blank');
    await page.goto(`${await link}#${address}`);
  };
  try {
    await go('/sessions', 'light');
    await page.getByText('402 sessions').waitFor();
    await take('sessions');
    await go('/search?q=session', 'dark');
    await page.locator('mark').first().waitFor();
    await take('search');
    await go('/usage', 'light');
    await page.getByRole('img', { name: /^Chart/ }).waitFor();
    await take('usage');
    await go('/storage', 'dark');
    await page.getByText('Take in what is new').waitFor();
    await page.getByText('What can go?').waitFor();
    await take('storage');
    await go('/sessions', 'light');
    for (const name of ['nightly-review', 'migrate-auth']) {
      await page.getByRole('table').getByRole('link', { name, exact: true }).focus();
      await page.keyboard.press('x');
    }
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('table', { name: 'Figures of both' }).waitFor();
    await take('compare');
  } finally {
    await page.close();
    child.kill('SIGINT');
  }
};

await runMain(async () => {
  const [only] = givenArgs();
  await setUp();
  const { chromium } = await import('@playwright/test');
  await mkdir(inRoot('docs', 'images'), { recursive: true });
  const executablePath = systemChromium();
  const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
  try {
    if (only !== 'library') {
      await takeAll(browser, 'light');
      await takeAll(browser, 'dark');
    }
    if (only !== 'demo') await takeLibrary(browser);
  } finally {
    await browser.close();
  }
  return 0;
});
