// electron [-r FILE]… [--switches] APP_DIR|FILE [args]: reads the command line as Electron does, then runs the app's main entry.
import inspector from 'node:inspector';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from './main/app.ts';
import { versions } from './main/runtime.ts';

const require = createRequire(import.meta.url);
const args = process.argv.slice(2);

interface CommandLine {
  readonly entry: string;
  readonly required: readonly string[];
}

const applySwitch = (text: string): void => {
  const [name = '', value = ''] = text.slice(2).split(/=(.*)/s);
  if (name === 'inspect') inspector.open(Number(value), '127.0.0.1');
  else if (name === 'user-data-dir') app.setPath('userData', path.resolve(value));
  else app.commandLine.appendSwitch(name, value);
};

const readCommandLine = (): CommandLine => {
  const required: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '-r' || arg === '--require') required.push(path.resolve(args[++index] ?? ''));
    else if (arg.startsWith('--')) applySwitch(arg);
    else {
      // What follows is the app's; Chromium reads its switches wherever they are.
      args
        .slice(index + 1)
        .filter((later) => later.startsWith('--'))
        .forEach(applySwitch);
      return { entry: path.resolve(arg), required };
    }
  }
  return { entry: process.cwd(), required };
};

/** The file to run, after the app has been told its name and version by its package.json. */
const mainOf = (entry: string): string => {
  if (!fs.statSync(entry).isDirectory()) return entry;
  const manifest = JSON.parse(fs.readFileSync(path.join(entry, 'package.json'), 'utf8')) as {
    readonly name?: string;
    readonly productName?: string;
    readonly version?: string;
    readonly main?: string;
  };
  const { name = 'app', productName = name, version = '0.0.0', main = 'index.js' } = manifest;
  app.manifest = { dir: entry, name: productName, version };
  return path.join(entry, main);
};

/** As in Electron, which quits unless the app listens itself. */
const onSignal = (signal: NodeJS.Signals): void => {
  if (process.listenerCount(signal) === 1) app.quit();
};

const fail = (error: unknown): void => {
  console.error('App threw an error during load\n', error);
  app.exit(1);
};

if (args.includes('--version')) {
  console.log(`v${versions.electron}`);
  process.exit(0);
}
const { entry, required } = readCommandLine();
process.argv = [process.execPath, ...args];
Object.assign(process, { type: 'browser', resourcesPath: path.dirname(process.execPath) });
Object.assign(process.versions, { electron: versions.electron });
for (const file of required) require(file);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => onSignal(signal));

let isLoaded = false;
process.on('exit', () => {
  if (!isLoaded)
    console.error(
      'stand-in: the main entry never finished loading; real Electron hangs here too (top-level `await app.whenReady()`?)',
    );
});
try {
  await import(pathToFileURL(mainOf(entry)).href);
  isLoaded = true;
  // As in Electron, 'ready' comes only once the entry module has been evaluated.
  await app.start();
} catch (error) {
  isLoaded = true;
  fail(error);
}
