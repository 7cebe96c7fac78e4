import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { toolEnv } from './toolchain.mjs';

/** Settings of the person who runs the tests: none of them may change, or be changed by, a test. */
const personal = /^(NETRA|ANTHROPIC|CLAUDE)/;

/**
 * A place for the tests of one run: its own temporary folder and home, and an environment without the person's settings.
 * Every process of the run inherits the folder's name, by which the ones left behind are found.
 */
export const openSandbox = () => {
  const folder = mkdtempSync(join(tmpdir(), 'nt-'));
  const kept = Object.entries(toolEnv()).filter(([name]) => !personal.test(name));
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...Object.fromEntries(kept), TMPDIR: folder, TEMP: folder, TMP: folder, HOME: folder };
  return {
    env,
    /** @param {{ graceMs?: number }} [options] how long processes may take to end by themselves */
    close: ({ graceMs = 5000 } = {}) => close(folder, graceMs),
  };
};

/**
 * @param {string} folder
 * @param {number} graceMs
 * @returns {Promise<string[]>} what the run left behind; it is gone now
 */
const close = async (folder, graceMs) => {
  const deadline = Date.now() + graceMs;
  while (processesOf(folder).length > 0 && Date.now() < deadline) await delay(100);
  const left = processesOf(folder);
  for (const { pid } of left) kill(pid);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  return left.map(({ pid, command }) => `${String(pid)} ${command}`);
};

/**
 * Processes whose environment names the folder; known on Linux only.
 * @param {string} folder
 */
const processesOf = (folder) => {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => readProc(pid, 'environ').split('\0').includes(`TMPDIR=${folder}`))
    .map((pid) => ({
      pid: Number(pid),
      command: readProc(pid, 'cmdline').replaceAll('\0', ' ').slice(0, 200),
    }));
};

/**
 * @param {string} pid
 * @param {string} file
 * @returns {string} nothing if the process ended meanwhile or belongs to somebody else
 */
const readProc = (pid, file) => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (hasCode(error, ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'])) return '';
    throw error;
  }
};

/** @param {number} pid */
const kill = (pid) => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, ['ESRCH'])) throw error;
  }
};

/**
 * @param {unknown} error
 * @param {readonly string[]} codes
 */
const hasCode = (error, codes) =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
