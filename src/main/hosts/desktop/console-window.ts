import type { BrowserWindow } from 'electron';
import { hostChannels } from '../../../shared/contract/host-channels.ts';

/** The one window of the console, which may be closed (on a Mac) and opened again. */
export interface ConsoleWindow {
  /** Brings it to the front, opening it if need be. */
  readonly show: () => Promise<BrowserWindow>;
  /** Shows it and gives the page a command, once it can take it. */
  readonly run: (command: string) => Promise<void>;
  readonly current: () => BrowserWindow | null;
}

const bringToFront = (window: BrowserWindow): void => {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
};

export const createConsoleWindow = (open: () => Promise<BrowserWindow>): ConsoleWindow => {
  let current: BrowserWindow | null = null;
  let opening: Promise<BrowserWindow> | null = null;

  const openOnce = async (): Promise<BrowserWindow> => {
    const window = await open();
    current = window;
    window.once('closed', () => {
      current = null;
    });
    return window;
  };

  const show = async (): Promise<BrowserWindow> => {
    if (current !== null) {
      bringToFront(current);
      return current;
    }
    opening ??= openOnce().finally(() => {
      opening = null;
    });
    return opening;
  };

  const run = async (command: string): Promise<void> => {
    const { webContents } = await show();
    const send = (): void => {
      webContents.send(hostChannels.command, command);
    };
    if (webContents.isLoadingMainFrame()) webContents.once('did-finish-load', send);
    else send();
  };

  return { show, run, current: () => current };
};
