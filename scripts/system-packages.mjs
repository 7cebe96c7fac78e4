import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { captured, run, ScriptError } from './toolchain.mjs';

/** Debian packages that the tests use beyond npm's, and what for. */
const wanted = new Map([
  ['chromium', 'browser tests'],
  ['fonts-liberation', 'text in screenshots'],
  ['dbus', 'keychain tests'],
  ['libsecret-1-0', 'keychain tests'],
  ['gnome-keyring', 'keychain tests'],
]);

/** @param {string} command */
const isOnPath = (command) =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, command)));

/** @returns {Promise<string[]>} */
const missingPackages = async () => {
  const names = [...wanted.keys()];
  const { output } = await run(
    'dpkg-query',
    ['-W', '-f=${Package} ${db:Status-Status}\\n', ...names],
    captured,
  );
  const lines = output.split('\n');
  return names.filter((name) => !lines.includes(`${name} installed`));
};

/** @param {readonly string[]} args */
const aptGet = (args) =>
  run('apt-get', args, { ...captured, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });

/** @param {readonly string[]} names */
const install = async (names) => {
  console.log(`Installing Debian packages: ${names.join(' ')} …`);
  const args = ['install', '-y', '--no-install-recommends', ...names];
  if ((await aptGet(args)).code === 0) return;
  await aptGet(['update']);
  const { code, output } = await aptGet(args);
  if (code !== 0) throw new ScriptError(`${output}\napt-get could not install ${names.join(' ')}.`);
};

/** A Chromium of the system; without one, Playwright looks for the one that it downloads itself. */
export const systemChromium = () =>
  [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find((path) => path !== undefined && existsSync(path));

const nameWhatElsewhereIsMissing = async () => {
  const { chromium } = await import('@playwright/test');
  if (systemChromium() !== undefined || existsSync(chromium.executablePath())) return;
  console.warn(
    'Missing for the browser tests: Chromium. Get it with `npx playwright install chromium`, or set CHROMIUM_PATH.',
  );
};

/** Installs what the tests need from Debian where that is possible; else names what is missing and how to get it. */
export const ensureSystemPackages = async () => {
  if (process.platform !== 'linux' || !isOnPath('dpkg-query') || !isOnPath('apt-get')) {
    return nameWhatElsewhereIsMissing();
  }
  const missing = await missingPackages();
  if (missing.length === 0) return;
  if (process.getuid?.() === 0) return install(missing);
  const uses = missing.map((name) => `${name} (${wanted.get(name) ?? ''})`).join(', ');
  console.warn(`Missing: ${uses}. Get them with: sudo apt-get install ${missing.join(' ')}`);
};
