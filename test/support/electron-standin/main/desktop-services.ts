import { EventEmitter } from 'node:events';
import { record } from './runtime.ts';

export const shell = {
  openExternal: (url: string): Promise<void> => {
    record('shell.openExternal', url);
    return Promise.resolve();
  },
  showItemInFolder: (path: string): void => record('shell.showItemInFolder', path),
  beep: (): void => record('shell.beep'),
};

/** Answers as a person who cancels. A test that wants another answer replaces the function, as on real Electron. */
export const dialog = {
  showOpenDialog: (...args: unknown[]): Promise<object> => {
    record('dialog.showOpenDialog', args.at(-1));
    return Promise.resolve({ canceled: true, filePaths: [] });
  },
  showMessageBox: (...args: unknown[]): Promise<object> => {
    record('dialog.showMessageBox', args.at(-1));
    const { cancelId = 0 } = args.at(-1) as { readonly cancelId?: number };
    return Promise.resolve({ response: cancelId, checkboxChecked: false });
  },
  showErrorBox: (title: string, content: string): void => {
    record('dialog.showErrorBox', title, content);
    console.error(`${title}\n${content}`);
  },
};

/** Shows nothing; a test emits `click` or `close` on the recorded object. */
export class Notification extends EventEmitter {
  readonly title: string;
  readonly body: string;

  constructor({ title = '', body = '' }: { readonly title?: string; readonly body?: string } = {}) {
    super();
    this.title = title;
    this.body = body;
  }
  static isSupported(): boolean {
    return true;
  }
  show(): void {
    record('notification.show', this);
    this.emit('show', {});
  }
  close(): void {
    this.emit('close', {});
  }
}

const area = { x: 0, y: 0, width: 1920, height: 1080 };
const display = { id: 1, bounds: area, workArea: area, workAreaSize: area, scaleFactor: 1 };

export const screen = Object.assign(new EventEmitter(), {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
  getDisplayMatching: () => display,
});
