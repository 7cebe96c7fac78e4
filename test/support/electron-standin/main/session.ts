import { EventEmitter } from 'node:events';
import type { Protocol } from '../chromium.ts';
import { protocol } from './protocol.ts';
import { chromiumOrThrow } from './runtime.ts';

type Check = (contents: unknown, permission: string, origin: string, details: object) => boolean;
type Request = (
  contents: unknown,
  permission: string,
  answer: (granted: boolean) => void,
  details: object,
) => void;

/** Electron's name of a permission, and Chromium's. */
const permissions: readonly (readonly [string, string])[] = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['clipboard-sanitized-write', 'clipboard-write'],
  ['clipboard-read', 'clipboard-read'],
  ['media', 'camera'],
  ['media', 'microphone'],
  ['midi', 'midi'],
];

class Session extends EventEmitter {
  readonly protocol = protocol;
  #check: Check | undefined;
  #request: Request | undefined;
  #device: ((details: object) => boolean) | undefined;

  setPermissionCheckHandler(handler: Check): void {
    this.#check = handler;
  }
  setPermissionRequestHandler(handler: Request): void {
    this.#request = handler;
  }
  setDevicePermissionHandler(handler: (details: object) => boolean): void {
    this.#device = handler;
  }
  /** Not Electron's: lets a test see that devices are asked for. */
  get hasDevicePermissionHandler(): boolean {
    return this.#device !== undefined;
  }

  /** Electron asks at the moment; here Chromium is told the app's answers before a page of `origin` runs. */
  async applyPermissions(contents: unknown, appOrigin: string, origin: string): Promise<void> {
    for (const [permission, name] of permissions) {
      const isGranted = this.#isGranted(contents, permission, appOrigin);
      const setting: Protocol.Browser.PermissionSetting = isGranted ? 'granted' : 'denied';
      await chromiumOrThrow().send('Browser.setPermission', { permission: { name }, setting, origin });
    }
  }

  #isGranted(contents: unknown, permission: string, origin: string): boolean {
    // With no handler Electron grants everything.
    if (
      this.#check &&
      !this.#check(contents, permission, origin, { requestingUrl: origin, isMainFrame: true })
    )
      return false;
    let isGranted = true;
    this.#request?.(contents, permission, (granted) => (isGranted = granted), {
      requestingUrl: `${origin}/`,
      isMainFrame: true,
    });
    return isGranted;
  }
}

export const session = { defaultSession: new Session() };
