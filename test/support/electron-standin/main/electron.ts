// The module `electron` as a main process sees it: what this app uses and no more, so that an unknown import fails loudly.
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { dialog, Notification, screen, shell } from './desktop-services.ts';
import { ipcMain } from './ipc-main.ts';
import { Menu, MenuItem } from './menu.ts';
import { MessageChannelMain } from './message-channel.ts';
import { nativeTheme } from './native-theme.ts';
import { protocol } from './protocol.ts';
import { standin } from './runtime.ts';
import { session } from './session.ts';
import { utilityProcess } from './utility-process.ts';
import { WebContents as webContents } from './web-contents.ts';

export {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  MessageChannelMain,
  nativeTheme,
  Notification,
  protocol,
  screen,
  session,
  shell,
  standin,
  utilityProcess,
  webContents,
};
