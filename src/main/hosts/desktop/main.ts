// Entry of the desktop app: window, menu, dialogs, notifications. All work is done in the engine's process.
import { join } from 'node:path';
import { app, dialog, Menu, MessageChannelMain, session } from 'electron';
import { z } from 'zod';
import { hostChannels } from '../../../shared/contract/host-channels.ts';
import { dataDirOf, rendererDir } from '../places.ts';
import type { QuitWay } from '../settings.ts';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { applicationMenu } from './application-menu.ts';
import { type ConsoleWindow, createConsoleWindow } from './console-window.ts';
import { forkEngine } from './engine-fork.ts';
import { type EngineSupervisor, openEngineSupervisor } from './engine-supervisor.ts';
import { openExternalLink } from './external-links.ts';
import { pickFolder, pickPlanFile } from './file-dialogs.ts';
import { createGuardedIpc } from './guarded-ipc.ts';
import { openMainWindow } from './main-window.ts';
import { guardPages, guardPermissions } from './page-guards.ts';
import { pageOrigin } from './page-origin.ts';
import { askBeforeQuit } from './quit-dialog.ts';
import { createQuitGuard, type QuitGuard } from './quit-guard.ts';
import { createQuitSetting, type QuitSetting } from './quit-setting.ts';
import { notifyEnd } from './run-notifications.ts';
import { writeWindowState } from './window-state.ts';

const isMac = process.platform === 'darwin';
const dataDir = dataDirOf(app.commandLine.getSwitchValue('data-dir') || undefined);
const windowStateFile = join(dataDir, 'desktop', 'window.json');
const origin = pageOrigin(app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']);

const report = (message: string): void => {
  process.stderr.write(`${message}\n`);
};

const openEngine = (view: ConsoleWindow): EngineSupervisor => {
  const supervisor = openEngineSupervisor({
    fork: () => forkEngine(dataDir),
    report,
    now: () => performance.now(),
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
    onEnded: (orchestration) => {
      if (view.current()?.isFocused() === true) return;
      notifyEnd(orchestration, () => void view.run(`orchestration.open:${orchestration.id}`));
    },
    onFailed: ({ message }) => {
      const buttons = ['Try Again', 'Quit'];
      const options = {
        type: 'error' as const,
        message: 'The engine cannot start',
        detail: message,
        buttons,
      };
      void dialog.showMessageBox({ ...options, defaultId: 0, cancelId: 1 }).then(({ response }) => {
        if (response === 0) supervisor.start();
        else app.quit();
      });
    },
  });
  return supervisor;
};

const openIpc = (supervisor: EngineSupervisor): void => {
  const ipc = createGuardedIpc(origin, report);
  ipc.listen(hostChannels.connectEngine, z.string().min(1).max(100), (nonce, page) => {
    supervisor.connect(page.id, (give) => {
      if (page.isDestroyed()) return;
      const { port1, port2 } = new MessageChannelMain();
      give(port1);
      page.postMessage(hostChannels.enginePort, nonce, [port2]);
    });
  });
  ipc.handle(hostChannels.pickPlanFile, z.undefined(), (_input, window) => pickPlanFile(window));
  ipc.handle(hostChannels.pickFolder, z.undefined(), (_input, window) => pickFolder(window));
  ipc.handle(hostChannels.openExternal, z.string().max(8192), (address) => openExternalLink(address));
};

/** The menu, which shows what is set for quitting. */
const openMenu = (run: (command: string) => void): QuitSetting => {
  const show = (way: QuitWay): void => {
    const choose = (chosen: QuitWay): void => void setting.change(chosen);
    const template = applicationMenu({ isMac, isDeveloping: !app.isPackaged, run, quit: { way, choose } });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };
  const setting = createQuitSetting({ dataDir, report, onChange: show });
  show('ask');
  void setting.current().then(show);
  return setting;
};

const guardQuit = (view: ConsoleWindow, supervisor: EngineSupervisor, setting: QuitSetting): QuitGuard => {
  const guard = createQuitGuard({
    unfinishedInstances: () => supervisor.unfinishedInstances(),
    ask: (unfinished) => setting.decide(() => askBeforeQuit(unfinished, view.current())),
    leave: async (stopWork) => {
      const window = view.current();
      if (window !== null) await writeWindowState(windowStateFile, window);
      // Whoever stops the work may watch it stop; else there is nothing more to see.
      if (!stopWork) window?.hide();
      await supervisor.close(stopWork);
    },
    quit: () => {
      app.quit();
    },
    report,
  });
  app.on('before-quit', guard.check);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, guard.quitQuietly);
  return guard;
};

const openApp = (): void => {
  guardPermissions(session.defaultSession, origin);
  serveApp(rendererDir());
  let quitGuard: QuitGuard | null = null;
  const view = createConsoleWindow(async () => {
    const { isPackaged } = app;
    const window = await openMainWindow({ stateFile: windowStateFile, address: origin.address, isPackaged });
    // On a Mac an app goes on without windows; elsewhere closing the last one quits.
    window.on('close', (event) => {
      if (!isMac) quitGuard?.check(event);
    });
    return window;
  });
  const setting = openMenu((command) => void view.run(command));
  void view.show();
  const supervisor = openEngine(view);
  openIpc(supervisor);
  quitGuard = guardQuit(view, supervisor, setting);
  app.on('second-instance', () => void view.show());
  app.on('activate', () => void view.show());
};

app.setPath('userData', join(dataDir, 'desktop'));
app.setAppUserModelId('ai.netra.orchestrator');
app.enableSandbox();
registerAppScheme();
guardPages(app, origin, report);
app.on('window-all-closed', () => {
  if (!isMac) app.quit();
});
if (app.requestSingleInstanceLock()) {
  // Not awaited at the top level: Electron becomes ready only once this module is evaluated.
  app.whenReady().then(openApp, (error: unknown) => {
    report(String(error));
    app.exit(1);
  });
} else app.quit();
