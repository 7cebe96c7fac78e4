import { EventEmitter } from 'node:events';
import type { App, Session } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { isExternalLink, openExternalLink } from '../../../../../src/main/hosts/desktop/external-links.ts';
import { createGuardedIpc } from '../../../../../src/main/hosts/desktop/guarded-ipc.ts';
import { guardPages, guardPermissions } from '../../../../../src/main/hosts/desktop/page-guards.ts';
import { pageOrigin } from '../../../../../src/main/hosts/desktop/page-origin.ts';

type Handler = (event: unknown, ...args: unknown[]) => unknown;

const fake = vi.hoisted(() => ({
  opened: [] as string[],
  handlers: new Map<string, Handler>(),
  window: { name: 'our window' },
}));

vi.mock('electron', () => ({
  shell: { openExternal: async (address: string) => void fake.opened.push(address) },
  ipcMain: {
    handle: (channel: string, handler: Handler) => fake.handlers.set(channel, handler),
    on: (channel: string, handler: Handler) => fake.handlers.set(channel, handler),
  },
  BrowserWindow: { fromWebContents: (sender: unknown) => (sender === 'stranger' ? null : fake.window) },
}));

const origin = pageOrigin();

beforeEach(() => {
  fake.opened.length = 0;
  fake.handlers.clear();
});

describe('links out of the app', () => {
  it.each(['https://example.com/a?b#c', 'mailto:someone@example.com', 'HTTPS://EXAMPLE.COM'])(
    '%s is opened',
    async (address) => {
      await openExternalLink(address);
      expect(fake.opened).toEqual([new URL(address).href]);
    },
  );

  it.each([
    'http://example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'vscode://open?file=x',
    'ms-msdt:/id',
    'smb://host/share',
    '\\\\host\\share',
    '/usr/bin/true',
    '  file:///etc/passwd',
    'app://netra/',
    '',
  ])('%s is refused', async (address) => {
    expect(isExternalLink(address)).toBe(false);
    await expect(openExternalLink(address)).rejects.toMatchObject({ failure: { code: 'link.refused' } });
    expect(fake.opened).toEqual([]);
  });
});

describe('the guarded IPC', () => {
  const frame = { url: 'app://netra/', parent: null };
  const ours = { sender: 'page', senderFrame: frame };

  const call = async (event: object, input: unknown): Promise<unknown> => {
    const reports: string[] = [];
    createGuardedIpc(origin, (message) => reports.push(message)).handle(
      'channel',
      z.string().max(5),
      (text, window) => ({
        text,
        window,
      }),
    );
    const result = await Promise.resolve(fake.handlers.get('channel')?.(event, input)).catch(
      (error: unknown) => (error as { failure: { code: string } }).failure.code,
    );
    return [result, reports.length];
  };

  it('lets a message from the main frame of our page through', async () => {
    expect(await call(ours, 'hi')).toEqual([{ text: 'hi', window: fake.window }, 0]);
  });

  it.each([
    ['another origin', { ...ours, senderFrame: { ...frame, url: 'https://evil.example/' } }],
    ['an origin that begins as ours', { ...ours, senderFrame: { ...frame, url: 'app://netra.evil/' } }],
    ['a frame inside our page', { ...ours, senderFrame: { ...frame, parent: frame } }],
    ['a frame that is gone', { ...ours, senderFrame: null }],
    ['contents that are no window of ours', { ...ours, sender: 'stranger' }],
  ])('refuses and reports one from %s', async (_, event) => {
    expect(await call(event, 'hi')).toEqual(['ipc.refused', 1]);
  });

  it('refuses and reports an input of another shape', async () => {
    expect(await call(ours, 'too long')).toEqual(['ipc.invalid', 1]);
    expect(await call(ours, { toString: 1 })).toEqual(['ipc.invalid', 1]);
  });

  it('drops and reports what is sent from elsewhere', () => {
    const [reports, taken]: [string[], string[]] = [[], []];
    createGuardedIpc(origin, (message) => reports.push(message)).listen('channel', z.string(), (text) =>
      taken.push(text),
    );
    fake.handlers.get('channel')?.(ours, 'first');
    fake.handlers.get('channel')?.(
      { ...ours, senderFrame: { ...frame, url: 'https://evil.example/' } },
      'second',
    );
    fake.handlers.get('channel')?.(ours, 3);
    expect(taken).toEqual(['first']);
    expect(reports).toHaveLength(2);
  });
});

describe('the guards of a page', () => {
  class Contents extends EventEmitter {
    openHandler: ((details: { url: string }) => { action: string }) | undefined;
    setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
      this.openHandler = handler;
    }
    prevents(name: string, url: string): boolean {
      let isPrevented = false;
      this.emit(name, { url, preventDefault: () => (isPrevented = true) });
      return isPrevented;
    }
  }
  const guarded = (): Contents => {
    const app = new EventEmitter();
    guardPages(app as unknown as App, origin, () => undefined);
    const contents = new Contents();
    app.emit('web-contents-created', {}, contents);
    return contents;
  };

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('keep it at our origin (%s)', (name) => {
    const contents = guarded();
    expect(contents.prevents(name, 'app://netra/index.html')).toBe(false);
    for (const url of ['https://example.com/', 'app://other/', 'file:///etc/passwd', 'nonsense'])
      expect(contents.prevents(name, url)).toBe(true);
  });

  it('allow no webview', () => {
    expect(guarded().prevents('will-attach-webview', '')).toBe(true);
  });

  it('deny every new window, and open outside what may leave the app', () => {
    const contents = guarded();
    expect(contents.openHandler?.({ url: 'https://example.com/' })).toEqual({ action: 'deny' });
    expect(contents.openHandler?.({ url: 'file:///etc/passwd' })).toEqual({ action: 'deny' });
    expect(fake.opened).toEqual(['https://example.com/']);
  });
});

describe('permissions', () => {
  type Check = Parameters<Session['setPermissionCheckHandler']>[0] & object;
  type Request = Parameters<Session['setPermissionRequestHandler']>[0] & object;
  const set: { check?: Check; request?: Request; device?: (details: never) => boolean } = {};
  guardPermissions(
    {
      setPermissionCheckHandler: (handler: Check) => (set.check = handler),
      setPermissionRequestHandler: (handler: Request) => (set.request = handler),
      setDevicePermissionHandler: (handler: (details: never) => boolean) => (set.device = handler),
    } as unknown as Session,
    origin,
  );
  const isGranted = (
    permission: Parameters<Check>[1],
    requester: string,
  ): readonly (boolean | undefined)[] => {
    let requested: boolean | undefined;
    const details = { requestingUrl: requester, isMainFrame: true };
    set.request?.({} as never, permission, (granted) => (requested = granted), details);
    return [set.check?.(null, permission, requester, details), requested];
  };

  it.each(['clipboard-sanitized-write', 'notifications'] as const)(
    '%s is for our page only',
    (permission) => {
      expect(isGranted(permission, 'app://netra/')).toEqual([true, true]);
      expect(isGranted(permission, 'https://example.com/')).toEqual([false, false]);
    },
  );

  it.each(['clipboard-read', 'media', 'geolocation', 'openExternal', 'fileSystem', 'usb'] as const)(
    '%s is denied',
    (permission) => {
      expect(isGranted(permission, 'app://netra/')).toEqual([false, false]);
    },
  );

  it('for devices are denied', () => {
    expect(set.device?.({} as never)).toBe(false);
  });
});
