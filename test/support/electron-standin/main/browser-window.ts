import { EventEmitter } from 'node:events';
import { chromiumOrThrow, emitCancellable, record } from './runtime.ts';
import { WebContents, type WebPreferences } from './web-contents.ts';

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface WindowOptions extends Partial<Rectangle> {
  readonly show?: boolean;
  readonly title?: string;
  readonly backgroundColor?: string;
  readonly webPreferences?: WebPreferences;
}

/** The parts of the app that windows need; the app comes after its windows in the order of modules. */
interface AppOfWindows extends EventEmitter {
  readonly isReady: () => boolean;
  readonly allWindowsClosed: () => void;
}

const all = new Map<number, BrowserWindow>();
let lastId = 0;
let focused: BrowserWindow | null = null;
let app: AppOfWindows | undefined;

export class BrowserWindow extends EventEmitter {
  readonly id = ++lastId;
  readonly webContents: WebContents;
  /** Not Electron's: what the window was made with, for assertions. */
  readonly options: WindowOptions;
  #bounds: Rectangle;
  #title: string;
  #isVisible: boolean;
  #isMaximized = false;
  #isMinimized = false;
  #isDestroyed = false;

  constructor(options: WindowOptions = {}) {
    super();
    if (!app?.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    const { x = 0, y = 0, width = 800, height = 600 } = options;
    this.options = options;
    this.#bounds = { x, y, width, height };
    this.#title = options.title ?? '';
    this.#isVisible = options.show !== false;
    this.webContents = new WebContents(this, { width, height }, options.webPreferences ?? {});
    all.set(this.id, this);
    app.emit('web-contents-created', {}, this.webContents);
    app.emit('browser-window-created', {}, this);
    if (this.#isVisible) this.focus();
  }

  static attachApp(attached: AppOfWindows): void {
    app = attached;
  }
  static getAllWindows(): BrowserWindow[] {
    return [...all.values()];
  }
  static getFocusedWindow(): BrowserWindow | null {
    return focused;
  }
  static fromId(id: number): BrowserWindow | null {
    return all.get(id) ?? null;
  }
  static fromWebContents(contents: WebContents | undefined): BrowserWindow | null {
    return contents?.window ?? null;
  }
  static ofTarget(targetId: string): BrowserWindow | undefined {
    return WebContents.fromDevToolsTargetId(targetId)?.window;
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.load(url);
  }

  show(): void {
    this.#isVisible = true;
    this.emit('show');
    this.focus();
  }
  hide(): void {
    this.#isVisible = false;
    this.emit('hide');
    this.blur();
  }
  focus(): void {
    if (focused === this) return;
    focused?.blur();
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the one focused window of the app
    focused = this;
    this.emit('focus');
  }
  blur(): void {
    if (focused !== this) return;
    focused = null;
    this.emit('blur');
  }
  isVisible(): boolean {
    return this.#isVisible;
  }
  isFocused(): boolean {
    return focused === this;
  }
  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  isMinimized(): boolean {
    return this.#isMinimized;
  }
  minimize(): void {
    this.#isMinimized = true;
    this.emit('minimize');
    this.blur();
  }
  restore(): void {
    this.#isMinimized = false;
    this.emit('restore');
  }
  isMaximized(): boolean {
    return this.#isMaximized;
  }
  maximize(): void {
    this.#isMaximized = true;
    this.emit('maximize');
  }
  unmaximize(): void {
    this.#isMaximized = false;
    this.emit('unmaximize');
  }
  isFullScreen(): boolean {
    return false;
  }

  getTitle(): string {
    return this.#title;
  }
  setTitle(title: string): void {
    this.#title = title;
  }
  setBackgroundColor(color: string): void {
    record('window.setBackgroundColor', color);
  }
  flashFrame(on: boolean): void {
    record('window.flashFrame', on);
  }

  getBounds(): Rectangle {
    return this.#bounds;
  }
  getNormalBounds(): Rectangle {
    return this.#bounds;
  }
  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.webContents
      .resize(this.#bounds.width, this.#bounds.height)
      .catch((error: unknown) => console.error('stand-in: the window keeps its size:', error));
    this.emit('resize');
    this.emit('move');
  }

  close(): void {
    if (!this.#isDestroyed && !emitCancellable(this, 'close')) this.destroy();
  }
  destroy(): void {
    const targetId = this.webContents.targetId();
    if (targetId !== undefined && !this.#isDestroyed) chromiumOrThrow().closeTarget(targetId);
    this.gone();
  }
  /** Its Chromium target is gone, or going. */
  gone(): void {
    if (this.#isDestroyed) return;
    this.blur();
    this.#isDestroyed = true;
    all.delete(this.id);
    this.webContents.gone();
    this.emit('closed');
    setImmediate(() => {
      if (all.size === 0) app?.allWindowsClosed();
    });
  }
}
