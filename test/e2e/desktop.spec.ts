// The built desktop app. In the stand-in with ELECTRON_OVERRIDE_DIST_PATH, on real Electron with that variable left out.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { expect, test } from '@playwright/test';
import {
  type Desktop,
  type DesktopPlace,
  expectConnected,
  launchDesktop,
  openDesktopPlace,
  projectDir,
} from '../support/desktop.ts';

let place: DesktopPlace;
let desktop: Desktop;

test.beforeAll(async () => {
  place = await openDesktopPlace();
  desktop = await launchDesktop(place);
});

test.afterAll(async () => {
  await desktop.close();
  await place.remove();
});

test('the page has nothing of Node or Electron but the door of the preload', async () => {
  const globals = await desktop.page.evaluate(() => ({
    node: ['require', 'process', 'module', 'global', 'Buffer', 'ipcRenderer', 'electron'].filter(
      (name) => name in window,
    ),
    host: Object.keys(Reflect.get(window, 'host') as object).toSorted(),
    isFrozen: Object.isFrozen(Reflect.get(window, 'host')),
  }));
  expect(globals).toEqual({
    node: [],
    host: [
      'kind',
      'onCommand',
      'openExternal',
      'pathForFile',
      'pickFolder',
      'pickPlanFile',
      'platform',
      'requestEnginePort',
    ],
    isFrozen: true,
  });
});

test('the content security policy stops text from becoming code, and the page keeps to it', async () => {
  const { page } = desktop;
  const violations: string[] = [];
  page.on('console', (message) => {
    if (/content security policy|trusted ?type/i.test(message.text())) violations.push(message.text());
  });
  await page.reload();
  await expectConnected(page);
  for (const command of ['run.plan', 'go.sessions', 'view.palette', 'go.overview'])
    await desktop.choose(command);
  expect(violations).toEqual([]);

  const ran = await page.evaluate(async () => {
    const violated = new Promise((resolve) =>
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective), {
        once: true,
      }),
    );
    const script = document.createElement('script');
    try {
      script.text = 'window.inlineRan = true';
    } catch {
      script.append('window.inlineRan = true');
    }
    document.body.append(script);
    const attempt = (run: () => unknown): string => {
      try {
        return String(run());
      } catch (error) {
        return error instanceof Error ? error.name : String(error);
      }
    };
    // Not at once: what Playwright runs itself is exempt from the policy.
    await new Promise((resolve) => setTimeout(resolve));
    return {
      // eslint-disable-next-line no-eval -- that it does not work is the point
      evaluated: attempt(() => (0, eval)('1 + 1')),
      // eslint-disable-next-line no-new-func, @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- as above
      constructed: attempt(() => new Function('return 2')()),
      inlined: 'inlineRan' in window,
      violated: await violated,
      fetched: await fetch('https://example.invalid/').then(
        () => 'fetched',
        () => 'refused',
      ),
    };
  });
  expect(ran).toMatchObject({
    evaluated: 'EvalError',
    constructed: 'EvalError',
    inlined: false,
    fetched: 'refused',
  });
  expect(ran.violated).toMatch(/script|trusted-types/);
});

test('the page cannot leave, open windows or embed pages', async () => {
  const { app, page } = desktop;
  const address = page.url();
  await page.evaluate(() => {
    window.open('file:///etc/passwd');
    const webview = document.body.appendChild(document.createElement('webview'));
    webview.setAttribute('src', 'https://example.invalid/');
    location.href = 'https://example.invalid/';
  });
  await expectConnected(page);
  expect(page.url()).toBe(address);
  expect(app.windows()).toHaveLength(1);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  await page.evaluate(() => document.querySelector('webview')?.remove());
});

test('only https and mailto links open outside', async () => {
  const { page } = desktop;
  const refused = await page.evaluate(async () => {
    const host = Reflect.get(window, 'host') as { openExternal: (address: string) => Promise<void> };
    return host.openExternal('file:///etc/passwd').then(
      () => 'opened',
      (error: unknown) => String(error),
    );
  });
  expect(refused).toContain('Only https: and mailto: links');
});

test('permissions are denied but for notifications', async () => {
  const states = await desktop.page.evaluate(async () => {
    const names: PermissionName[] = ['notifications', 'geolocation', 'camera', 'microphone'];
    return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state));
  });
  expect(states).toEqual(['granted', 'denied', 'denied', 'denied']);
});

test('a command of the menu reaches the page', async () => {
  const { page } = desktop;
  await desktop.choose('go.sessions');
  await expect(page).toHaveURL(/#\/sessions$/);
  await desktop.choose('go.overview');
  await expect(page).toHaveURL(/#\/$/);
});

test('the file dialog gives the path that was picked, and null when called off', async () => {
  const { app, page } = desktop;
  const pick = () =>
    page.evaluate(() =>
      (Reflect.get(window, 'host') as { pickPlanFile: () => Promise<string | null> }).pickPlanFile(),
    );
  await app.evaluate(({ dialog }) => {
    const answers = [
      { canceled: false, filePaths: ['/plans/demo.yaml'] },
      { canceled: true, filePaths: [] },
    ];
    dialog.showOpenDialog = () => Promise.resolve(answers.shift() ?? { canceled: true, filePaths: [] });
  });
  expect([await pick(), await pick()]).toEqual(['/plans/demo.yaml', null]);
});

test('a second start ends at once and brings the first to the front', async () => {
  const { app } = desktop;
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
  const electron = createRequire(import.meta.url)('electron') as string;
  const second = spawn(electron, ['--no-sandbox', projectDir], { env: place.env });
  const [said, exit] = await Promise.all([text(second.stderr), once(second, 'exit')]);
  expect(exit, said).toEqual([0, null]);
  const isMinimized = () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized());
  await expect.poll(isMinimized).toBe(false);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('a lost engine comes back, and the page with it', async () => {
  const { page } = desktop;
  const before = await desktop.enginePid();
  process.kill(before, 'SIGKILL');
  await expect(page.getByText('Engine connected')).toBeHidden();
  await expectConnected(page);
  expect(await desktop.enginePid()).not.toBe(before);
});

test('what was opened before is where it was after a restart', async () => {
  await desktop.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 50, width: 1000, height: 700 }),
  );
  await desktop.close();
  desktop = await launchDesktop(place);
  const bounds = await desktop.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
  );
  expect(bounds).toEqual({ x: 40, y: 50, width: 1000, height: 700 });
});
