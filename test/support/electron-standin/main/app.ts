import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Chromium, type Protocol } from '../chromium.ts';
import { emitCancellable, record, runtime, versions } from './runtime.ts';
import { createInstanceLock } from './single-instance.ts';
import { utilityMetrics } from './utility-process.ts';
import { BrowserWindow } from './browser-window.ts';

class CommandLine {
  readonly #switches = new Map<string, string>();
  appendSwitch(name: string, value = ''): void {
    this.#switches.set(name, value);
  }
  hasSwitch(name: string): boolean {
    return this.#switches.has(name);
  }
  getSwitchValue(name: string): string {
    return this.#switches.get(name) ?? '';
  }
}

class App extends EventEmitter {
  readonly #ready: PromiseWithResolvers<undefined> = Promise.withResolvers();
  readonly #paths = new Map<string, string>();
  #isReady = false;
  #isQuitting = false;
  #sandboxed = false;
  readonly #lock = createInstanceLock(
    () => this.getPath('userData'),
    ({ argv, workingDirectory, additionalData }) =>
      this.emit('second-instance', {}, argv, workingDirectory, additionalData),
  );
  readonly isPackaged = false;
  readonly commandLine = new CommandLine();
  /** Set by the boot file from the app's package.json. */
  manifest = { dir: process.cwd(), name: 'app', version: '0.0.0' };

  isReady(): boolean {
    return this.#isReady;
  }
  whenReady(): Promise<undefined> {
    return this.#ready.promise;
  }
  getName(): string {
    return this.manifest.name;
  }
  setName(name: string): void {
    this.manifest = { ...this.manifest, name };
  }
  getVersion(): string {
    return this.manifest.version;
  }
  getAppPath(): string {
    return this.manifest.dir;
  }
  getPath(name: string): string {
    const appData = process.env['XDG_CONFIG_HOME'] ?? path.join(os.homedir(), '.config');
    const userData = this.#paths.get('userData') ?? path.join(appData, this.getName());
    const known: Readonly<Record<string, string>> = {
      home: os.homedir(),
      appData,
      userData,
      sessionData: userData,
      logs: path.join(userData, 'logs'),
      temp: os.tmpdir(),
      exe: process.execPath,
    };
    const found = this.#paths.get(name) ?? known[name];
    if (found === undefined) throw new Error(`Failed to get '${name}' path`);
    return found;
  }
  setPath(name: string, value: string): void {
    if (!path.isAbsolute(value)) throw new Error('Path must be absolute');
    this.#paths.set(name, value);
  }
  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
    this.#sandboxed = true;
  }
  /** Not Electron's: lets a test see that `enableSandbox` was called. */
  get isSandboxEnabled(): boolean {
    return this.#sandboxed;
  }
  requestSingleInstanceLock(additionalData: unknown = {}): boolean {
    return this.#lock.request({ argv: process.argv, workingDirectory: process.cwd(), additionalData });
  }
  hasSingleInstanceLock(): boolean {
    return this.#lock.has();
  }
  releaseSingleInstanceLock(): void {
    this.#lock.release();
  }
  setAppUserModelId(id: string): void {
    record('app.setAppUserModelId', id);
  }
  setAboutPanelOptions(options: unknown): void {
    record('app.setAboutPanelOptions', options);
  }
  focus(): void {
    record('app.focus');
  }
  getAppMetrics(): readonly object[] {
    return [{ pid: process.pid, type: 'Browser' }, ...utilityMetrics()];
  }

  /** Starts Chromium and says 'ready'. Called by the boot file once the app's entry module is evaluated. */
  async start(): Promise<void> {
    if (this.#isQuitting) return;
    fs.mkdirSync(this.getPath('userData'), { recursive: true });
    const chromium = new Chromium(path.join(this.getPath('userData'), 'standin-chromium'));
    runtime.chromium = chromium;
    versions.chrome = (await chromium.send('Browser.getVersion', {})).product.split('/')[1] ?? '';
    chromium.on('exit', (reason: string) => {
      if (this.#isQuitting) return;
      console.error('stand-in:', reason);
      this.exit(1);
    });
    chromium.on('Target.targetDestroyed', ({ targetId }: Protocol.Target.targetDestroyedPayload) =>
      BrowserWindow.ofTarget(targetId)?.gone(),
    );
    chromium.on('Target.targetCreated', ({ targetInfo }: Protocol.Target.targetCreatedPayload) => {
      // A page found a way to open a window round the preload world, which answers for the app's handler.
      if (BrowserWindow.ofTarget(targetInfo.openerId ?? '')) chromium.closeTarget(targetInfo.targetId);
    });
    await chromium.send('Target.setDiscoverTargets', { discover: true });
    this.#isReady = true;
    this.emit('ready', {}, {});
    this.#ready.resolve(undefined);
  }

  quit(): void {
    if (this.#isQuitting || emitCancellable(this, 'before-quit')) return;
    for (const window of BrowserWindow.getAllWindows()) {
      window.close();
      if (!window.isDestroyed()) return;
    }
    if (!emitCancellable(this, 'will-quit')) this.exit(0);
  }

  exit(code = 0): void {
    if (this.#isQuitting) return;
    this.#isQuitting = true;
    this.emit('quit', {}, code);
    this.#lock.release();
    void this.#lock.settled().then(() => {
      const { chromium } = runtime;
      if (!chromium || chromium.isGone) process.exit(code);
      chromium.on('exit', () => process.exit(code));
      chromium.send('Browser.close', {}).catch(() => process.exit(code));
    });
  }

  /** The last window is gone: as in Electron the app quits, unless it listens to 'window-all-closed'. */
  allWindowsClosed(): void {
    if (this.#isQuitting) return;
    if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed');
    else this.quit();
  }
}

export const app = new App();
BrowserWindow.attachApp(app);
