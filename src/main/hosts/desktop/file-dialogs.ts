import { dialog, type OpenDialogOptions } from 'electron';

const planFile: OpenDialogOptions = {
  title: 'Choose a plan',
  properties: ['openFile'],
  filters: [
    { name: 'Plans', extensions: ['yaml', 'yml', 'json'] },
    { name: 'All files', extensions: ['*'] },
  ],
};

const folder: OpenDialogOptions = {
  title: 'Choose a workspace',
  properties: ['openDirectory', 'createDirectory'],
};

const pick = async (window: Electron.BrowserWindow, options: OpenDialogOptions): Promise<string | null> => {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, options);
  return canceled ? null : (filePaths[0] ?? null);
};

/** Asks for a plan file; null when called off. */
export const pickPlanFile = (window: Electron.BrowserWindow): Promise<string | null> =>
  pick(window, planFile);

/** Asks for a folder; null when called off. */
export const pickFolder = (window: Electron.BrowserWindow): Promise<string | null> => pick(window, folder);
