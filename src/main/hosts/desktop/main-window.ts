import { join } from 'node:path';
import { BrowserWindow, type BrowserWindowConstructorOptions, dialog, nativeTheme, screen } from 'electron';
import { resourcesDir } from '../places.ts';
import { isReachable, readWindowState, type WindowState } from './window-state.ts';

const preloadFile = join(import.meta.dirname, '../preload/index.cjs');

/** Painted until the page is there: the page's own background, so that nothing flashes. */
const background = (): string => (nativeTheme.shouldUseDarkColors ? '#0f1115' : '#fbfbfc');

/** How the console's window is made; everything that a page could do beyond a page is off. */
export const windowOptions = (
  state: WindowState | null,
  { isPackaged, preload }: { readonly isPackaged: boolean; readonly preload: string },
): BrowserWindowConstructorOptions => ({
  ...(state?.bounds ?? { width: 1320, height: 860 }),
  minWidth: 720,
  minHeight: 480,
  title: 'Netra Orchestrator',
  backgroundColor: background(),
  webPreferences: {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    disableDialogs: true,
    spellcheck: false,
    devTools: !isPackaged,
  },
});

const reloadAtMostEveryMs = 10_000;

/** A page whose process dies is loaded again, unless it dies at once again. */
const reviveWhenGone = (window: BrowserWindow): void => {
  let lastReload = Number.NEGATIVE_INFINITY;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const isAgain = performance.now() - lastReload < reloadAtMostEveryMs;
    lastReload = performance.now();
    if (isAgain)
      dialog.showErrorBox('The console cannot be shown', `Its page ended twice in a row (${reason}).`);
    else window.webContents.reload();
  });
};

/** Opens the console's window where it was, and shows it at once; the page follows. */
export const openMainWindow = async (options: {
  readonly stateFile: string;
  readonly address: string;
  readonly isPackaged: boolean;
}): Promise<BrowserWindow> => {
  const stored = await readWindowState(options.stateFile);
  const displays = screen.getAllDisplays().map(({ workArea }) => workArea);
  const state = stored !== null && isReachable(stored.bounds, displays) ? stored : null;
  const window = new BrowserWindow({
    ...windowOptions(state, { isPackaged: options.isPackaged, preload: preloadFile }),
    icon: join(resourcesDir(), 'icons', 'icon.png'),
  });
  if (state?.maximized === true) window.maximize();
  reviveWhenGone(window);
  window.loadURL(options.address).catch((error: unknown) => {
    // A window that is closed while it loads reports an abort; nobody is left to tell.
    if (!window.isDestroyed()) dialog.showErrorBox('The console cannot be shown', String(error));
  });
  return window;
};
