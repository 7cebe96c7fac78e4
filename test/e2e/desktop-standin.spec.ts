// The sample app in test/fixtures/electron-sample, to hold the stand-in to what Electron does.
// With ELECTRON_OVERRIDE_DIST_PATH left out the same checks run on real Electron.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';

interface SampleApi {
  readonly invoke: (channel: string, ...args: unknown[]) => Promise<unknown>;
  readonly send: (channel: string, ...args: unknown[]) => void;
  readonly onNumber: (callback: (number: number) => void) => void;
  readonly globals: () => string[];
  readonly nodeModule: () => unknown;
  readonly fail: () => void;
  readonly nested: object;
}
interface Answer {
  readonly pid: number;
  readonly got: unknown;
  readonly hello: Map<string, bigint>;
}
interface SampleWindow {
  readonly api: SampleApi;
  readonly inlineRan?: boolean;
  readonly connect: () => Promise<MessagePort>;
  readonly ask: (port: MessagePort, question: unknown) => Promise<Answer>;
  port?: MessagePort;
  portClosed: number;
}
declare global {
  var seen: Readonly<Record<'opened' | 'navigations' | 'secondInstances' | 'clicked', string[]>>;
}

const sample = path.resolve(import.meta.dirname, '../fixtures/electron-sample');
let userData: string;
let app: ElectronApplication;
let page: Page;

test.beforeAll(async () => {
  userData = await fs.mkdtemp(path.join(os.tmpdir(), 'standin-sample-'));
  app = await _electron.launch({ args: [`--user-data-dir=${userData}`, sample] });
  page = await app.firstWindow();
  await page.waitForFunction(() => 'connect' in window);
});

test.afterAll(async () => {
  await app.close();
  await fs.rm(userData, { recursive: true, force: true });
});

const seen = (name: keyof typeof globalThis.seen): Promise<string[]> =>
  app.evaluate((_electron, key) => globalThis.seen[key], name);

test('a call gets through to the main process and back with everything that can be cloned', async () => {
  const result = await page.evaluate(async () => {
    const { api } = window as unknown as SampleWindow;
    const sent = {
      date: new Date(5),
      map: new Map([['k', new Set([1, 2])]]),
      nothing: undefined,
      big: 12n,
      nan: NaN,
      bytes: new Uint8Array([1, 2, 255]),
      self: {} as object,
    };
    sent.self = sent;
    const { value, from } = (await api.invoke('echo', sent)) as { value: typeof sent; from: string };
    return [
      value.date.getTime(),
      [...(value.map.get('k') ?? [])],
      'nothing' in value,
      String(value.big),
      Number.isNaN(value.nan),
      [...value.bytes],
      value.self === value,
      from,
    ];
  });
  expect(result).toEqual([5, [1, 2], true, '12', true, [1, 2, 255], true, 'app://sample/']);
});

test('only the text of an error reaches the page', async () => {
  const messages = await page.evaluate(async () => {
    const { api } = window as unknown as SampleWindow;
    const text = (error: Error): string => error.message;
    return [await api.invoke('fail').catch(text), await api.invoke('nobody').catch(text)];
  });
  expect(messages).toEqual([
    "Error invoking remote method 'fail': TypeError: bad thing",
    "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
  ]);
});

test('messages keep their order', async () => {
  const count = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const { api } = window as unknown as SampleWindow;
        let next = 0;
        api.onNumber((number) => {
          if (number !== next) resolve(-1);
          next += 1;
          if (next === 5000) resolve(next);
        });
        api.send('flood', 5000);
      }),
  );
  expect(count).toBe(5000);
});

test('the page is sandboxed: no Node, a frozen bridge, a preload that can require nothing of Node', async () => {
  const facts = await page.evaluate(() => {
    const { api } = window as unknown as SampleWindow;
    const failure = (run: () => unknown): string => {
      try {
        run();
        return 'no error';
      } catch (error) {
        return String(error);
      }
    };
    return {
      page: [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')],
      preload: api.globals(),
      isFrozen: Object.isFrozen(api) && Object.isFrozen(api.nested),
      thrown: failure(api.fail),
      required: failure(api.nodeModule),
    };
  });
  expect(facts.page).toEqual(['undefined', 'undefined']);
  expect(facts.preload.slice(0, 2)).toEqual(['function', 'object']);
  expect(facts.isFrozen).toBe(true);
  expect(facts.thrown).toBe('Error: no');
  expect(facts.required).toContain('module not found: fs');
});

test('a frame inside the page has no bridge', async () => {
  const frame = page.frames().find((candidate) => candidate.url().endsWith('inner.html'));
  expect(await frame?.evaluate(() => 'api' in window)).toBe(false);
});

test('the content security policy of the protocol handler holds', async () => {
  const ran = await page.evaluate(() => (window as unknown as SampleWindow).inlineRan);
  expect(ran).toBeUndefined();
});

test('a page talks to a utility process by a port, and learns of its end', async () => {
  const answer = await page.evaluate(async () => {
    const own = window as unknown as SampleWindow;
    own.port = await own.connect();
    own.port.addEventListener('close', () => (own.portClosed += 1));
    const { pid, got, hello } = await own.ask(own.port, { question: 1 });
    return { pid, got, hello: String(hello.get('a')) };
  });
  expect(answer).toMatchObject({ got: { question: 1 }, hello: '1' });
  const metrics = await app.evaluate(({ app: main }) => main.getAppMetrics());
  expect(metrics.find(({ pid }) => pid === answer.pid)).toMatchObject({ type: 'Utility' });
  process.kill(answer.pid, 'SIGKILL');
  await expect.poll(() => page.evaluate(() => (window as unknown as SampleWindow).portClosed)).toBe(1);
  const pid = await page.evaluate(async () => {
    const own = window as unknown as SampleWindow;
    return (await own.ask(await own.connect(), 2)).pid;
  });
  expect(pid).not.toBe(answer.pid);
});

test('new windows and navigation go through the app, which denies them', async () => {
  expect(await page.evaluate(() => window.open('https://example.invalid/scripted'))).toBeNull();
  await page.getByText('new', { exact: true }).click();
  await expect
    .poll(() => seen('opened'))
    .toEqual(['https://example.invalid/scripted', 'https://example.invalid/new']);
  await page.getByText('away').click();
  await expect.poll(() => seen('navigations')).toEqual(['https://example.invalid/away']);
  expect(await page.evaluate(() => document.title)).toBe('Sample');
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('permissions are what the app answers', async () => {
  const states = await page.evaluate(async () => {
    const names: PermissionName[] = ['notifications', 'geolocation', 'camera'];
    return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state));
  });
  expect(states).toEqual(['granted', 'denied', 'denied']);
});

test('dialogs can be replaced, menu items chosen, notifications clicked', async () => {
  await app.evaluate(({ dialog }) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: ['/picked'] });
  });
  const picked = await page.evaluate(() => (window as unknown as SampleWindow).api.invoke('pick'));
  expect(picked).toEqual({ canceled: false, filePaths: ['/picked'] });

  await app.evaluate(({ Menu, Notification }) => {
    Menu.getApplicationMenu()?.getMenuItemById('run')?.click();
    Notification.prototype.show = function click() {
      this.emit('click', {});
    };
  });
  await page.evaluate(() => (window as unknown as SampleWindow).api.invoke('notify'));
  expect(await seen('clicked')).toEqual(['run', 'notification']);
});

test('a second instance ends at once and the first hears of it', async () => {
  const electron = createRequire(import.meta.url)('electron') as string;
  const second = spawn(electron, ['--no-sandbox', `--user-data-dir=${userData}`, sample, 'hello'], {
    stdio: 'ignore',
  });
  expect(await once(second, 'exit')).toEqual([0, null]);
  await expect.poll(() => seen('secondInstances')).toEqual(['hello']);
});

test('reloading the page closes its ports', async () => {
  const pid = await page.evaluate(async () => {
    const own = window as unknown as SampleWindow;
    own.port = await own.connect();
    return (await own.ask(own.port, 0)).pid;
  });
  await page.reload();
  await page.waitForFunction(() => 'connect' in window);
  const again = await page.evaluate(async () => {
    const own = window as unknown as SampleWindow;
    return (await own.ask(await own.connect(), 0)).pid;
  });
  expect(again).toBe(pid);
});
