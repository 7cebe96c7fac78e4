import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { captured, inRoot, root, run, runNode, ScriptError, toolFile } from './toolchain.mjs';

/** @typedef {{ version?: string, optional?: boolean }} LockedPackage */

/** @param {string} text */
const hashOf = (text) => createHash('sha256').update(text).digest('hex');

/** @param {string} file */
const readIfThere = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/**
 * Whether every package of the lockfile is installed in its version; packages for other systems may be absent.
 * @param {string} lockText content of package-lock.json
 * @param {string | undefined} installedText content of node_modules/.package-lock.json, which npm writes
 */
export const isInstalled = (lockText, installedText) => {
  if (installedText === undefined) return false;
  /** @type {{ packages: Record<string, LockedPackage> }} */
  const { packages: locked } = JSON.parse(lockText);
  /** @type {{ packages: Record<string, LockedPackage> }} */
  const { packages: installed } = JSON.parse(installedText);
  return Object.entries(locked).every(([path, { version, optional }]) => {
    const found = installed[path];
    return path === '' || (found === undefined ? optional === true : found.version === version);
  });
};

/**
 * npm runs with the Node that npm was started with: the one in node_modules is replaced while it works.
 * @param {readonly string[]} args
 */
const runNpm = (args) => {
  const { npm_execpath: npmFile, npm_node_execpath: npmNode } = process.env;
  if (npmFile?.endsWith('.js')) {
    return run(npmNode ?? process.execPath, [npmFile, ...args], { env: process.env });
  }
  return run('npm', args, { env: process.env, shell: process.platform === 'win32' });
};

/** Installs the packages of package-lock.json, unless exactly these are installed. */
export const ensureInstalled = async () => {
  const lockText = readFileSync(inRoot('package-lock.json'), 'utf8');
  const stampFile = inRoot('node_modules', '.netra-setup');
  const stamp = hashOf(lockText);
  if (readIfThere(stampFile) === stamp) return;
  if (!isInstalled(lockText, readIfThere(inRoot('node_modules', '.package-lock.json')))) {
    console.log('Installing packages (npm ci) …');
    const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
    const { code } = await runNpm(args);
    if (code !== 0)
      throw new ScriptError(`npm ci failed with exit code ${String(code)}; its messages are above.`);
  }
  writeFileSync(stampFile, stamp);
};

/** What the bundles are made of. */
const buildInputs = ['src', 'resources', 'electron.vite.config.ts', 'package.json', 'package-lock.json'];

/**
 * @param {string} path
 * @returns {string[]} one line for each file: name, time, size
 */
const fingerprint = (path) => {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [`${path} ${String(stats.mtimeMs)} ${String(stats.size)}`];
  return readdirSync(path)
    .sort()
    .flatMap((name) => fingerprint(join(path, name)));
};

/** Builds `out/` when a source, a resource or the build's configuration changed since the last build. */
export const ensureBuilt = async () => {
  const stampFile = inRoot('out', '.netra-build');
  const stamp = hashOf(buildInputs.flatMap((name) => fingerprint(join(root, name))).join('\n'));
  if (readIfThere(stampFile) === stamp) return;
  console.log('Building …');
  rmSync(stampFile, { force: true });
  const { code, output } = await runNode(
    toolFile('electron-vite'),
    ['build', '--logLevel', 'warn'],
    captured,
  );
  if (code !== 0) throw new ScriptError(`${output}\nThe build failed with exit code ${String(code)}.`);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
};

/** Everything that a script needs before it can start the product: packages and bundles. */
export const setUp = async () => {
  await ensureInstalled();
  await ensureBuilt();
};
