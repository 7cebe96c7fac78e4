import { EventEmitter } from 'node:events';
import { BrowserWindow } from './browser-window.ts';
import { record } from './runtime.ts';

type Click = (item: MenuItem, window: BrowserWindow | undefined, event: object) => void;

interface MenuItemOptions {
  readonly id?: string;
  readonly label?: string;
  readonly role?: string;
  readonly type?: string;
  readonly accelerator?: string;
  readonly enabled?: boolean;
  readonly visible?: boolean;
  readonly submenu?: readonly MenuItemOptions[];
  readonly click?: Click;
}

/** An item; roles and accelerators are data here, `click()` runs the app's handler as choosing the item does. */
export class MenuItem {
  readonly id: string;
  readonly label: string;
  readonly role: string | undefined;
  readonly type: string;
  readonly accelerator: string | undefined;
  readonly submenu: Menu | undefined;
  enabled: boolean;
  visible: boolean;
  readonly click: () => void;

  constructor(options: MenuItemOptions) {
    const {
      id = '',
      label = '',
      role,
      accelerator,
      submenu,
      click,
      enabled = true,
      visible = true,
    } = options;
    this.id = id;
    this.label = label;
    this.role = role;
    this.accelerator = accelerator;
    this.submenu = submenu && Menu.buildFromTemplate(submenu);
    this.type = options.type ?? (submenu ? 'submenu' : 'normal');
    this.enabled = enabled;
    this.visible = visible;
    this.click = () => {
      if (role !== undefined) record('menu.role', role);
      else if (this.enabled) click?.(this, BrowserWindow.getFocusedWindow() ?? undefined, {});
    };
  }
}

let applicationMenu: Menu | null = null;

export class Menu extends EventEmitter {
  items: MenuItem[] = [];

  static buildFromTemplate(template: readonly MenuItemOptions[]): Menu {
    const menu = new Menu();
    menu.items = template.map((options) => new MenuItem(options));
    return menu;
  }
  static setApplicationMenu(menu: Menu | null): void {
    applicationMenu = menu;
  }
  static getApplicationMenu(): Menu | null {
    return applicationMenu;
  }
  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
}
