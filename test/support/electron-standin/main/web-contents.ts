import { EventEmitter } from 'node:events';
import type { Protocol } from '../chromium.ts';
import { codec } from '../codec.ts';
import { Page } from '../page.ts';
import type { FromPage } from '../page/messages.ts';
import type { BrowserWindow } from './browser-window.ts';
import { ipcMain } from './ipc-main.ts';
import type { MessagePortMain } from './message-channel.ts';
import { applyNativeTheme } from './native-theme.ts';
import { answer, fromWire, isAppUrl, schemePattern, toWire } from './protocol.ts';
import { chromiumOrThrow, emitCancellable, versions } from './runtime.ts';
import { session } from './session.ts';

/** Of Electron's webPreferences, those that the stand-in looks at. */
export interface WebPreferences {
  readonly preload?: string;
  readonly sandbox?: boolean;
  readonly contextIsolation?: boolean;
  readonly nodeIntegration?: boolean;
  readonly additionalArguments?: readonly string[];
}

type OpenHandler = (details: { url: string; frameName: string; features: string }) => { action: string };
type Invoke = Extract<FromPage, { kind: 'invoke' }>;

const all = new Map<number, WebContents>();
let lastId = 0;

export class WebContents extends EventEmitter {
  readonly id = ++lastId;
  readonly session = session.defaultSession;
  readonly window: BrowserWindow;
  readonly #preferences: WebPreferences;
  readonly #opened: Promise<Page>;
  readonly #programmatic = new Set<string>();
  #page: Page | undefined;
  #openHandler: OpenHandler | undefined;
  #isDestroyed = false;
  #isLoading = true;
  readonly mainFrame: object;

  constructor(window: BrowserWindow, size: { width: number; height: number }, preferences: WebPreferences) {
    super();
    const { sandbox, contextIsolation, nodeIntegration } = preferences;
    if (sandbox === false || contextIsolation === false || nodeIntegration === true)
      throw new Error('stand-in: only sandboxed, context-isolated renderers without Node can be emulated');
    this.window = window;
    this.#preferences = preferences;
    this.mainFrame = mainFrameOf(this);
    all.set(this.id, this);
    this.#opened = this.#open(size);
  }

  async #open(size: { width: number; height: number }): Promise<Page> {
    const { preload, additionalArguments: argv = [] } = this.#preferences;
    const info = { platform: process.platform, arch: process.arch, versions, argv };
    const page = await Page.open(chromiumOrThrow(), { ...size, preload, info });
    this.#page = page;
    page.on('message', (message: FromPage) => void this.#message(message));
    page.on('navigated', (url: string) => {
      this.#isLoading = true;
      this.emit('did-navigate', {}, fromWire(url), 200, 'OK');
    });
    page.on('Page.domContentEventFired', () => this.emit('dom-ready'));
    page.on('Page.loadEventFired', () => this.#loaded());
    page.on('Inspector.targetCrashed', () =>
      this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }),
    );
    page.on('Fetch.requestPaused', (paused: Protocol.Fetch.requestPausedPayload) => void this.#serve(paused));
    await page.cdp('Fetch.enable', {
      patterns: [{ urlPattern: schemePattern }, { urlPattern: '*', resourceType: 'Document' }],
    });
    await applyNativeTheme(page);
    return page;
  }

  getURL(): string {
    return fromWire(this.#page?.url ?? '');
  }
  isDestroyed(): boolean {
    return this.#isDestroyed;
  }
  isLoadingMainFrame(): boolean {
    return this.#isLoading;
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }
  openDevTools(): void {
    this.emit('devtools-opened');
  }
  setZoomLevel(): void {
    this.emit('zoom-changed');
  }
  focus(): void {
    this.emit('focus');
  }
  close(): void {
    this.window.close();
  }
  async executeJavaScript(expression: string): Promise<unknown> {
    const page = await this.#opened;
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await page.cdp('Runtime.evaluate', options);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
  async reload(): Promise<void> {
    const page = await this.#opened;
    await page.cdp('Page.reload', {});
  }
  /** Rejects, as Electron, when the address cannot be loaded; else resolves once it is. */
  async load(url: string): Promise<void> {
    const page = await this.#opened;
    const wire = toWire(url);
    const appOrigin = url.split('/').slice(0, 3).join('/');
    if (isAppUrl(url)) await this.session.applyPermissions(this, appOrigin, new URL(wire).origin);
    const loaded = new Promise((resolve) => page.once('Page.loadEventFired', resolve));
    this.#programmatic.add(wire);
    const { errorText } = await page.cdp('Page.navigate', { url: wire });
    if (errorText) throw Object.assign(new Error(`${errorText} loading '${url}'`), { code: errorText, url });
    await loaded;
  }
  async resize(width: number, height: number): Promise<void> {
    await (await this.#opened).resize(width, height);
  }

  send(channel: string, ...args: unknown[]): void {
    this.#push(channel, codec.encode(args), []);
  }
  postMessage(channel: string, message: unknown, transfer: readonly MessagePortMain[] = []): void {
    const ports = transfer.map(({ port }) => port);
    this.#push(channel, codec.encode([message]), ports);
    this.#page?.takePorts(ports);
  }
  #push(channel: string, wire: string, ports: readonly string[]): void {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed');
    this.#page?.push({ kind: 'event', channel, wire, ports });
  }

  #loaded(): void {
    this.#isLoading = false;
    this.emit('did-finish-load');
    this.window.emit('ready-to-show');
  }

  async #message(message: FromPage): Promise<void> {
    const event = { sender: this, senderFrame: this.mainFrame, type: 'frame', ports: [] };
    if (message.kind === 'invoke') await this.#invoke(message, event);
    else if (message.kind === 'send')
      ipcMain.emit(message.channel, event, ...(codec.decode(message.wire) as unknown[]));
    else if (message.kind === 'window-open') this.#windowOpen(message);
    else if (message.kind === 'preload-done' && message.error !== undefined) {
      console.error('Unable to load preload script:', message.error);
      this.emit('preload-error', {}, this.#preferences.preload, new Error(message.error));
    }
  }

  /** Only the text of an error gets through to the page, as in Electron. */
  async #invoke({ id, channel, wire }: Invoke, event: object): Promise<void> {
    try {
      const result = await ipcMain.call(channel, event, codec.decode(wire) as unknown[]);
      this.#page?.push({ kind: 'result', id, wire: codec.encode(result) });
    } catch (error) {
      console.error(`Error occurred in handler for '${channel}':`, error);
      this.#page?.push({ kind: 'result', id, error: String(error) });
    }
  }

  async #serve(paused: Protocol.Fetch.requestPausedPayload): Promise<void> {
    const { requestId, request } = paused;
    const url = fromWire(request.url);
    const page = await this.#opened;
    try {
      if (this.#refusesNavigation(paused))
        await page.cdp('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
      else if (isAppUrl(request.url)) await this.#fulfil(page, requestId, url, request);
      else await page.cdp('Fetch.continueRequest', { requestId });
    } catch (error) {
      // The page, and the request with it, may have gone away in the meantime.
      if (this.#isDestroyed) return;
      console.error('stand-in: no answer for', url, error);
    }
  }

  async #fulfil(
    page: Page,
    requestId: string,
    url: string,
    request: Protocol.Network.Request,
  ): Promise<void> {
    const { method, headers, postData } = request;
    const init = { method, headers, ...(postData === undefined ? {} : { body: postData }) };
    const response = await answer({ url }, init).catch((error: unknown) => {
      console.error('protocol handler failed for', url, error);
      return new Response('', { status: 500 });
    });
    await page.cdp('Fetch.fulfillRequest', {
      requestId,
      responseCode: response.status,
      responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    });
  }

  /** Asks the app about a navigation that it has not started itself. */
  #refusesNavigation({ request, resourceType, frameId }: Protocol.Fetch.requestPausedPayload): boolean {
    if (resourceType !== 'Document' || this.#programmatic.delete(request.url)) return false;
    const isMainFrame = frameId === this.#page?.targetId;
    // A reload by DevTools or Playwright is not the page's doing, and cannot be told from one that is.
    if (isMainFrame && request.url === this.#page?.url) return false;
    const details = { url: fromWire(request.url), isMainFrame, isSameDocument: false, frame: this.mainFrame };
    if (emitCancellable(this, 'will-frame-navigate', details)) return true;
    return isMainFrame && emitCancellable(this, 'will-navigate', details, details.url);
  }

  #windowOpen({ url, frameName, features }: Extract<FromPage, { kind: 'window-open' }>): void {
    const details = { url: fromWire(url), frameName, features };
    const decision = this.#openHandler?.(details);
    if (decision?.action !== 'deny')
      console.error('stand-in: only denied windows are emulated:', details.url);
  }

  targetId(): string | undefined {
    return this.#page?.targetId;
  }
  gone(): void {
    this.#isDestroyed = true;
    all.delete(this.id);
    this.#page?.gone();
    this.emit('destroyed');
  }

  static getAllWebContents(): WebContents[] {
    return [...all.values()];
  }
  static fromId(id: number): WebContents | undefined {
    return all.get(id);
  }
  static fromDevToolsTargetId(targetId: string): WebContents | undefined {
    return [...all.values()].find((contents) => contents.targetId() === targetId);
  }
}

const mainFrameOf = (contents: WebContents): object => ({
  get url() {
    return contents.getURL();
  },
  get origin() {
    return contents.getURL().split('/').slice(0, 3).join('/');
  },
  parent: null,
  get detached() {
    return contents.isDestroyed();
  },
});
