import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import { type Chromium, isHeaded, type Method, type Protocol } from './chromium.ts';
import type { FromPage, PageProcessInfo, ToPage } from './page/messages.ts';
import { pageScripts } from './page/scripts.ts';
import { portTable } from './ports.ts';

const preloadWorld = 'Electron Isolated Context';
const binding = '__standinPost';

/** How a page is opened. */
export interface PageOptions {
  readonly width: number;
  readonly height: number;
  /** Path of the preload script. */
  readonly preload: string | undefined;
  readonly info: PageProcessInfo;
}

let headedWindowTaken = false;

/** Headed, the first window is Chromium's own `--app` window, which has neither tab strip nor address bar. */
const headedTarget = async (chromium: Chromium): Promise<string | undefined> => {
  if (!isHeaded || headedWindowTaken) return undefined;
  headedWindowTaken = true;
  const known = await chromium.send('Target.getTargets', {});
  const found = known.targetInfos.find((target) => target.type === 'page');
  if (found) return found.targetId;
  return new Promise((resolve) => {
    const listener = ({ targetInfo }: Protocol.Target.targetCreatedPayload): void => {
      if (targetInfo.type !== 'page') return;
      chromium.off('Target.targetCreated', listener);
      resolve(targetInfo.targetId);
    };
    chromium.on('Target.targetCreated', listener);
  });
};

/** One renderer: a Chromium page with a preload world. Emits `message` (FromPage), `navigated` (url) and CDP events. */
export class Page extends EventEmitter {
  readonly #chromium: Chromium;
  readonly #sessionId: string;
  readonly #ports = new Set<string>();
  #outbox: ToPage[] = [];
  #world: number | null = null;
  readonly targetId: string;
  url = 'about:blank';

  private constructor(chromium: Chromium, targetId: string, sessionId: string) {
    super();
    this.#chromium = chromium;
    this.#sessionId = sessionId;
    this.targetId = targetId;
    chromium.listen(sessionId, (method, payload) => this.#event(method, payload));
  }

  static async open(chromium: Chromium, options: PageOptions): Promise<Page> {
    const { width, height } = options;
    const reused = await headedTarget(chromium);
    const blank = { url: 'about:blank', newWindow: true, width, height };
    const targetId = reused ?? (await chromium.send('Target.createTarget', blank)).targetId;
    const { sessionId } = await chromium.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(chromium, targetId, sessionId);
    await page.#prepare(options);
    if (reused) await page.resize(width, height);
    return page;
  }

  async #prepare({ preload, info }: PageOptions): Promise<void> {
    const source = preload === undefined ? '' : fs.readFileSync(preload, 'utf8');
    const scripts = pageScripts({ source, file: preload ?? 'no-preload', binding, info });
    await Promise.all([
      this.cdp('Page.enable', {}),
      this.cdp('Runtime.enable', {}),
      this.cdp('Inspector.enable', {}),
      this.cdp('Runtime.addBinding', { name: binding, executionContextName: preloadWorld }),
      this.cdp('Page.addScriptToEvaluateOnNewDocument', { source: scripts.page }),
      this.cdp('Page.addScriptToEvaluateOnNewDocument', { source: scripts.preload, worldName: preloadWorld }),
    ]);
  }

  cdp<M extends Method>(
    method: M,
    params: Protocol.CommandParameters[M],
  ): Promise<Protocol.CommandReturnValues[M]> {
    return this.#chromium.send(method, params, this.#sessionId);
  }

  async resize(width: number, height: number): Promise<void> {
    const { windowId } = await this.cdp('Browser.getWindowForTarget', {});
    await this.cdp('Browser.setWindowBounds', { windowId, bounds: { width, height } });
  }

  /** Keeps the order; all that is pushed in one tick is one call. Dropped while no document listens, as in Electron. */
  push(message: ToPage): void {
    this.#outbox.push(message);
    if (this.#outbox.length > 1) return;
    queueMicrotask(() => {
      const batch = this.#outbox;
      this.#outbox = [];
      if (this.#world === null) return;
      const expression = `__standinReceive(${JSON.stringify(batch)})`;
      this.cdp('Runtime.evaluate', { expression, contextId: this.#world, silent: true }).catch(
        reportUnlessGone,
      );
    });
  }

  /** Places ports in this page; they are closed when its document goes away. */
  takePorts(ports: readonly string[]): void {
    for (const port of ports) {
      this.#ports.add(port);
      portTable.place(port, {
        deliver: (wire) => this.push({ kind: 'port', port, wire }),
        closed: () => {
          this.#ports.delete(port);
          this.push({ kind: 'port-closed', port });
        },
      });
    }
  }

  /** Forgets the page's target and closes its ports. */
  gone(): void {
    this.#chromium.forget(this.#sessionId);
    this.#documentGone();
  }

  #documentGone(): void {
    this.#world = null;
    const ports = [...this.#ports];
    this.#ports.clear();
    ports.forEach(portTable.close);
  }

  #receive(message: FromPage): void {
    if (message.kind === 'port') portTable.send(message.port, message.wire);
    else if (message.kind === 'port-closed') {
      this.#ports.delete(message.port);
      portTable.close(message.port);
    } else this.emit('message', message);
  }

  #event(method: string, payload: never): void {
    if (method === 'Runtime.executionContextCreated') this.#worldCreated(payload);
    else if (method === 'Runtime.executionContextDestroyed') this.#worldDestroyed(payload);
    else if (method === 'Runtime.executionContextsCleared') this.#documentGone();
    else if (method === 'Runtime.bindingCalled') this.#bindingCalled(payload);
    else if (method === 'Page.frameNavigated') this.#frameNavigated(payload);
    else this.emit(method, payload);
  }

  #worldCreated({ context }: Protocol.Runtime.executionContextCreatedPayload): void {
    const frame: unknown = context.auxData?.['frameId'];
    if (context.name === preloadWorld && frame === this.targetId) this.#world = context.id;
  }

  #worldDestroyed({ executionContextId }: Protocol.Runtime.executionContextDestroyedPayload): void {
    if (executionContextId === this.#world) this.#documentGone();
  }

  #bindingCalled({ name, executionContextId, payload }: Protocol.Runtime.bindingCalledPayload): void {
    const isOurs = name === binding && executionContextId === this.#world;
    if (isOurs) this.#receive(JSON.parse(payload) as FromPage);
  }

  #frameNavigated({ frame }: Protocol.Page.frameNavigatedPayload): void {
    if (frame.parentId !== undefined) return;
    this.url = frame.url;
    this.emit('navigated', frame.url);
  }
}

/** A page that closes or navigates while a message is on its way loses it, as in Electron; anything else is a fault. */
const reportUnlessGone = (error: Error): void => {
  if (!/gone|ended|closed|Cannot find context|Session with given id|Inspected target/.test(error.message))
    console.error('stand-in:', error);
};
