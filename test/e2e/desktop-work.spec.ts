// The desktop app with real Claude Code processes at work, on a scripted API.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { openScriptedApi, type ScriptedApi } from '../../src/main/demo/scripted-api.ts';
import type { OrchestrationId } from '../../src/shared/domain/ids.ts';
import {
  attemptProcesses,
  type Desktop,
  type DesktopPlace,
  expectConnected,
  launchDesktop,
  openDesktopPlace,
  runPlan,
} from '../support/desktop.ts';

type Answer = 'keep' | 'stop' | 'cancel';

let api: ScriptedApi;
let place: DesktopPlace;
let desktop: Desktop;

test.skip(process.platform !== 'linux', 'looks at processes in /proc');

test.beforeEach(async () => {
  api = await openScriptedApi();
  place = await openDesktopPlace();
  desktop = await launchDesktop(place);
});

test.afterEach(async () => {
  const client = await desktop.client().catch(() => null);
  await client?.orchestrations.stopAll({ force: true });
  await desktop.close();
  await api.close();
  await place.remove();
});

const start = async (prompt: string): Promise<OrchestrationId> =>
  runPlan(await desktop.client(), place, { apiUrl: api.url, prompt });

const long = 'SLOW=100 WORDS=3000';

const showOrchestration = async (id: OrchestrationId): Promise<void> => {
  await desktop.page.evaluate((address) => (location.hash = address), `/orchestration/${id}`);
};

/** Claude Code has its prompt: one that was let go before is ended by its closed input, and begun anew by the next engine. */
const expectRunning = async (): Promise<void> => {
  await expect.poll(() => attemptProcesses(place), { timeout: 20_000 }).not.toEqual([]);
  await expect.poll(() => api.requests().messages, { timeout: 20_000 }).toBeGreaterThan(0);
};

/** Answers the next message boxes, and lets a test see what was asked. */
const answerQuit = (...answers: Answer[]): Promise<void> => answerQuitAs(answers, false);

/** The same, with "do not ask again" where it is `remembered`. */
const answerQuitAs = (answers: readonly Answer[], remembered: boolean): Promise<void> =>
  desktop.app.evaluate(
    ({ dialog }, { responses, checkboxChecked }) => {
      const asked: string[] = [];
      Reflect.set(globalThis, 'asked', asked);
      dialog.showMessageBox = (...args: unknown[]) => {
        asked.push((args.at(-1) as { message: string }).message);
        return Promise.resolve({ response: responses.shift() ?? 2, checkboxChecked });
      };
    },
    {
      responses: answers.map((answer) => ['keep', 'stop', 'cancel'].indexOf(answer)),
      checkboxChecked: remembered,
    },
  );

/** What `settings.json` says. */
const quitSetting = async (): Promise<unknown> =>
  (JSON.parse(await readFile(join(place.dataDir, 'settings.json'), 'utf8')) as { readonly quit?: unknown })
    .quit;

/** Chooses what becomes of work in hand in the menu File › When Quitting. */
const chooseInMenu = (label: string): Promise<void> =>
  desktop.app.evaluate(({ Menu }, wanted) => {
    const items = Menu.getApplicationMenu()?.items ?? [];
    const below = items.flatMap((item) => item.submenu?.items ?? []);
    const ways = below.find((item) => item.label === 'When Quitting')?.submenu?.items ?? [];
    ways.find((item) => item.label === wanted)?.click();
  }, label);

const asked = (): Promise<readonly string[]> =>
  desktop.app.evaluate(() => Reflect.get(globalThis, 'asked') as readonly string[]);

const quit = (): Promise<void> => desktop.app.evaluate(({ app }) => app.quit());

test('a notification tells of the end unless one looks, and leads to the orchestration', async () => {
  const { app, page } = desktop;
  await app.evaluate(({ BrowserWindow, Notification }) => {
    const shown: unknown[] = [];
    Reflect.set(globalThis, 'shown', shown);
    Notification.prototype.show = function record() {
      shown.push(this);
    };
    BrowserWindow.getAllWindows()[0]?.blur();
  });
  const id = await start('SAY="all done"');
  const titles = () =>
    app.evaluate(() =>
      (Reflect.get(globalThis, 'shown') as { readonly title: string }[]).map(({ title }) => title),
    );
  await expect.poll(titles, { timeout: 30_000 }).toEqual(['Desktop run succeeded']);
  await app.evaluate(() => {
    const [notification] = Reflect.get(globalThis, 'shown') as { emit: (name: string) => boolean }[];
    notification?.emit('click');
  });
  await expect(page).toHaveURL(new RegExp(`#/orchestration/${id}$`));

  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.focus());
  await start('SAY="and again"');
  await expect(page.getByRole('contentinfo')).toContainText('0 running');
  const client = await desktop.client();
  const ended = async () =>
    (await client.orchestrations.list({ limit: 10, states: ['succeeded'] })).items.length;
  await expect.poll(ended, { timeout: 30_000 }).toBe(2);
  expect(await titles()).toEqual(['Desktop run succeeded']);
});

test('an engine that dies at work is followed by one that goes on with it, and the page sees all of it', async () => {
  const { page } = desktop;
  const id = await start('SLOW=60 WORDS=120 SAY="first second third"');
  await showOrchestration(id);
  await expectRunning();
  const processes = await attemptProcesses(place);
  process.kill(await desktop.enginePid(), 'SIGKILL');
  await expectConnected(page);
  expect(await attemptProcesses(place)).toEqual(processes);
  const client = await desktop.client();
  const state = async () => (await client.orchestrations.get({ id })).orchestration.state;
  await expect.poll(state, { timeout: 40_000 }).not.toBe('running');
  await expect(page.getByRole('contentinfo')).toContainText('0 running');
});

test('quitting with work in hand asks; called off, all goes on', async () => {
  await start(long);
  await expectRunning();
  await answerQuit('cancel', 'stop');
  await quit();
  await expect.poll(asked).toEqual(['1 instance has not finished.']);
  await expectConnected(desktop.page);
  expect(await attemptProcesses(place)).not.toEqual([]);

  await quit();
  await desktop.ended;
  expect(await attemptProcesses(place)).toEqual([]);
});

test('kept running, Claude Code goes on without the app, and the next start takes it over', async () => {
  const id = await start(long);
  await expectRunning();
  const processes = await attemptProcesses(place);
  await answerQuit('keep');
  await quit();
  await desktop.ended;
  expect(await attemptProcesses(place)).toEqual(processes);

  desktop = await launchDesktop(place);
  await showOrchestration(id);
  await expect(desktop.page.getByRole('contentinfo')).toContainText('1 running');
  expect(await attemptProcesses(place)).toEqual(processes);
});

test('an answer that is remembered is not asked for again, until the menu takes it back', async () => {
  await start(long);
  await expectRunning();
  const processes = await attemptProcesses(place);
  await answerQuitAs(['keep'], true);
  await quit();
  await desktop.ended;
  expect(await quitSetting()).toBe('keep');

  desktop = await launchDesktop(place);
  await expect(desktop.page.getByRole('contentinfo')).toContainText('1 running');
  // Were it asked, this would call the quitting off, and the app would not end.
  await answerQuit('cancel');
  await quit();
  await desktop.ended;
  expect(await attemptProcesses(place)).toEqual(processes);

  desktop = await launchDesktop(place);
  await expect(desktop.page.getByRole('contentinfo')).toContainText('1 running');
  await chooseInMenu('Ask');
  await expect.poll(quitSetting).toBe('ask');
  await answerQuit('stop');
  await quit();
  await desktop.ended;
  expect(await attemptProcesses(place)).toEqual([]);
});

test('closing the window asks as quitting does', async () => {
  test.skip(process.platform === 'darwin', 'there an app goes on without windows');
  await start(long);
  await expectRunning();
  await answerQuit('cancel');
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(asked).toEqual(['1 instance has not finished.']);
  expect(await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});
