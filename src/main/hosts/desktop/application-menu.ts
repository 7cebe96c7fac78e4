import type { MenuItemConstructorOptions } from 'electron';
import { QUIT_WAYS, type QuitWay } from '../settings.ts';

export interface MenuSurroundings {
  readonly isMac: boolean;
  /** Offers reload and developer tools. */
  readonly isDeveloping: boolean;
  /** Gets the id of a command that was chosen; the page knows what it does. */
  readonly run: (command: string) => void;
  /** What becomes of work in hand when the app is quit. */
  readonly quit: { readonly way: QuitWay; readonly choose: (way: QuitWay) => void };
}

/** Menu entries for commands of the page, from their ids: label and keys (none where a page takes plain letters). */
type CommandEntry = readonly [id: string, label: string, accelerator?: string];

const runCommands: readonly CommandEntry[] = [
  ['run.plan', 'Run a Plan…', 'CmdOrCtrl+N'],
  ['run.demo', 'Run the Demo'],
  ['library.export_all', 'Export All Sessions…'],
];
const findCommands: readonly CommandEntry[] = [
  ['view.palette', 'Search Sessions…', 'CmdOrCtrl+K'],
  ['view.commands', 'Run a Command…', 'CmdOrCtrl+Shift+P'],
];
const sidebarCommand: CommandEntry = ['view.sidebar', 'Show or Hide Sidebar', 'CmdOrCtrl+B'];
const themeCommands: readonly CommandEntry[] = [
  ['theme.system', 'As the System'],
  ['theme.light', 'Light'],
  ['theme.dark', 'Dark'],
];
const placeCommands: readonly CommandEntry[] = [
  ['go.back', 'Back'],
  ['go.overview', 'Overview'],
  ['go.sessions', 'Sessions'],
  ['go.search', 'Search Everything…', 'CmdOrCtrl+Shift+F'],
  ['go.usage', 'Usage'],
  ['go.storage', 'Storage'],
];
const inputCommands: readonly CommandEntry[] = [
  ['go.next_input', 'Next That Needs Input', 'CmdOrCtrl+J'],
  ['go.previous_input', 'Previous That Needs Input', 'CmdOrCtrl+Shift+J'],
];
const instanceCommands: readonly CommandEntry[] = Array.from({ length: 9 }, (_, index) => [
  `instance.${String(index + 1)}`,
  `Instance ${String(index + 1)} of the Sidebar`,
  `CmdOrCtrl+${String(index + 1)}`,
]);
const controlCommands: readonly CommandEntry[] = [
  ['control.pause', 'Pause or Go On'],
  ['control.restart', 'Restart'],
  ['control.skip', 'Skip…'],
  ['control.stop', 'Stop…'],
];
const shortcutsCommand: CommandEntry = ['view.shortcuts', 'Keyboard Shortcuts'];

const quitLabels: Readonly<Record<QuitWay, string>> = {
  ask: 'Ask',
  keep: 'Keep Instances Running',
  stop: 'Stop Instances',
};

/** What is done with work in hand at the end, without an id: it is no command of the page. */
const quitMenu = ({ way, choose }: MenuSurroundings['quit']): MenuItemConstructorOptions => ({
  label: 'When Quitting',
  submenu: QUIT_WAYS.map((one) => ({
    label: quitLabels[one],
    type: 'radio',
    checked: one === way,
    click: () => {
      choose(one);
    },
  })),
});

const separator: MenuItemConstructorOptions = { type: 'separator' };

/** The application menu: every command of the page, and what a program of the system has besides. */
export const applicationMenu = ({
  isMac,
  isDeveloping,
  run,
  quit,
}: MenuSurroundings): MenuItemConstructorOptions[] => {
  const item = ([id, label, accelerator]: CommandEntry): MenuItemConstructorOptions => ({
    id,
    label,
    ...(accelerator === undefined ? {} : { accelerator }),
    click: () => {
      run(id);
    },
  });
  const developing: MenuItemConstructorOptions[] = [
    separator,
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ];
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [...runCommands.map(item), separator, quitMenu(quit), { role: isMac ? 'close' : 'quit' }],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        ...findCommands.map(item),
        separator,
        item(sidebarCommand),
        { label: 'Theme', submenu: themeCommands.map(item) },
        separator,
        ...[{ role: 'resetZoom' as const }, { role: 'zoomIn' as const }, { role: 'zoomOut' as const }],
        { role: 'togglefullscreen' },
        ...(isDeveloping ? developing : []),
      ],
    },
    {
      label: '&Go',
      submenu: [
        ...placeCommands.map(item),
        separator,
        ...inputCommands.map(item),
        separator,
        ...instanceCommands.map(item),
      ],
    },
    { label: '&Control', submenu: controlCommands.map(item) },
    { role: 'windowMenu' },
    { role: 'help', submenu: [item(shortcutsCommand)] },
  ];
};
