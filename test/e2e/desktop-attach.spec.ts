// The desktop app beside other programs on the same data directory.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { openScriptedApi, type ScriptedApi } from '../../src/main/demo/scripted-api.ts';
import {
  attemptProcesses,
  type Desktop,
  type DesktopPlace,
  expectConnected,
  launchDesktop,
  openDesktopPlace,
  projectDir,
  runPlan,
} from '../support/desktop.ts';

const netra = join(projectDir, 'out', 'main', 'netra.js');

let api: ScriptedApi;
let place: DesktopPlace;
/** What a test has started, ended whatever becomes of the test. */
let opened: (() => Promise<void>)[] = [];

test.skip(process.platform !== 'linux', 'looks at processes in /proc');

test.beforeEach(async () => {
  api = await openScriptedApi();
  place = await openDesktopPlace();
});

test.afterEach(async () => {
  for (const end of opened.toReversed()) await end();
  opened = [];
  await api.close();
  await place.remove();
});

const launch = async (): Promise<Desktop> => {
  const desktop = await launchDesktop(place);
  opened.push(desktop.close);
  return desktop;
};

/** `netra serve` on the place, once it says where the console is. */
const serve = async () => {
  const server = spawn(process.execPath, [netra, 'serve'], { env: place.env });
  const ended = once(server, 'exit');
  let said = '';
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => (said += piece));
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL');
    await ended;
  };
  opened.push(stop);
  await expect.poll(() => said).toContain('http://127.0.0.1:');
  return { pid: server.pid ?? 0, stop };
};

test('it shows the engine of another program, leaves its work alone, and opens its own when that is gone', async () => {
  const server = await serve();
  const desktop = await launch();
  const enginePid = async ({ client }: Desktop) => (await (await client()).system.info()).pid;
  expect(await enginePid(desktop)).toBe(server.pid);

  await runPlan(await desktop.client(), place, { apiUrl: api.url, prompt: 'SLOW=100 WORDS=3000' });
  await expect(desktop.page.getByRole('contentinfo')).toContainText('1 running', { timeout: 20_000 });
  await expect.poll(() => attemptProcesses(place), { timeout: 20_000 }).not.toEqual([]);
  await desktop.app.evaluate(({ app, dialog }) => {
    dialog.showMessageBox = () => Promise.reject(new Error('nothing is to be asked'));
    app.quit();
  });
  await desktop.ended;
  expect(await attemptProcesses(place)).not.toEqual([]);

  const again = await launch();
  await server.stop();
  await expect.poll(() => enginePid(again), { timeout: 30_000 }).not.toBe(server.pid);
  await expectConnected(again.page);
  await expect(again.page.getByRole('contentinfo')).toContainText('1 running', { timeout: 20_000 });
  await (await again.client()).orchestrations.stopAll({ force: true });
  await expect.poll(() => attemptProcesses(place)).toEqual([]);
});

test('the command asks the engine of the desktop', async () => {
  const desktop = await launch();
  await runPlan(await desktop.client(), place, { apiUrl: api.url, prompt: 'SLOW=100 WORDS=3000' });
  const { stdout } = await promisify(execFile)(process.execPath, [netra, 'ps'], { env: place.env });
  expect(stdout).toContain('Desktop run');
  await (await desktop.client()).orchestrations.stopAll({ force: true });
});
