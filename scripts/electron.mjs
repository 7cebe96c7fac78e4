import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot, runNode, toolFile } from './toolchain.mjs';

/** @typedef {{ path: string } | { path: undefined, reason: string }} FoundElectron */

/**
 * The executable that Electron's installer fetched, or the one of a folder put in its place by
 * ELECTRON_OVERRIDE_DIST_PATH, found by the rules of the package `electron` itself.
 * @returns {string | undefined}
 */
const installedElectron = () => {
  const nameFile = inRoot('node_modules', 'electron', 'path.txt');
  const name = existsSync(nameFile) ? readFileSync(nameFile, 'utf8') : undefined;
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override !== undefined && override !== '') return join(override, name ?? 'electron');
  if (name === undefined) return undefined;
  const path = inRoot('node_modules', 'electron', 'dist', name);
  return existsSync(path) ? path : undefined;
};

/**
 * Why a window cannot open here at all, if so.
 * @returns {string | undefined}
 */
const obstacle = () => {
  if (process.platform !== 'linux') return undefined;
  const { DISPLAY: x11, WAYLAND_DISPLAY: wayland } = process.env;
  if (!x11 && !wayland) return 'There is no display for a desktop window.';
  return process.getuid?.() === 0 ? 'Electron does not run its sandbox as root.' : undefined;
};

/**
 * An Electron that can open a window here; fetched if it is not there yet (npm installs no binaries).
 * @returns {Promise<FoundElectron>}
 */
export const findElectron = async () => {
  const overridden = Boolean(process.env['ELECTRON_OVERRIDE_DIST_PATH']);
  const reason = overridden ? undefined : obstacle();
  if (reason !== undefined) return { path: undefined, reason };
  const present = installedElectron();
  if (present !== undefined) return { path: present };
  console.log('Downloading Electron (about 120 MB, once) …');
  const { code } = await runNode(toolFile('electron', 'install-electron'), [], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const path = code === 0 ? installedElectron() : undefined;
  return path === undefined ? { path, reason: 'Electron could not be downloaded.' } : { path };
};
