import type { Bridge } from './bridge.ts';
import type { Codec } from './codec.ts';
import type { FromPage, PageProcessInfo, ToPage } from './messages.ts';

/** What a preload script of a sandboxed renderer gets as its globals. */
export interface PreloadWorld {
  readonly require: (name: string) => unknown;
  readonly process: object;
  /** To be called once the preload has run, with what it threw, if it did. */
  readonly done: (error?: unknown) => void;
}

/**
 * The isolated world of a sandboxed preload: `require('electron')` with `ipcRenderer`, `contextBridge` and `webUtils`.
 * Messages to the host go through the global function named `binding`; the host's come in by the global `__standinReceive`.
 * Injected by its source text: it must use nothing from outside its own body.
 */
export function openPreloadWorld(
  bridge: Bridge,
  codec: Codec,
  binding: string,
  info: PageProcessInfo,
): PreloadWorld {
  type Listener = (event: unknown, ...args: unknown[]) => void;
  type Pending = Readonly<{
    channel: string;
    resolve: (value: unknown) => void;
    reject: (error: Error) => void;
  }>;

  const listeners = new Map<string, { readonly call: Listener; readonly original: Listener }[]>();
  const pending = new Map<number, Pending>();
  const ports = new Map<string, MessagePort>();
  const exposed = new Set<string>();
  let lastId = 0;

  const post = (message: FromPage): void => {
    (Reflect.get(globalThis, binding) as (payload: string) => void)(JSON.stringify(message));
  };

  const off = (channel: string, listener: Listener): object => {
    const kept = (listeners.get(channel) ?? []).filter((entry) => entry.original !== listener);
    listeners.set(channel, kept);
    return ipcRenderer;
  };
  const on = (channel: string, original: Listener, call = original): object => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { call, original }]);
    return ipcRenderer;
  };
  const once = (channel: string, original: Listener): object =>
    on(channel, original, (...args) => {
      off(channel, original);
      original(...args);
    });

  const invoke = (channel: string, ...args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      const wire = codec.encode(args);
      pending.set(id, { channel, resolve, reject });
      post({ kind: 'invoke', id, channel, wire });
    });

  const send = (channel: string, ...args: unknown[]): void => {
    post({ kind: 'send', channel, wire: codec.encode(args) });
  };

  const openPort = (port: string): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    ports.set(port, port1);
    port1.onmessage = (event: MessageEvent<unknown>) =>
      post({ kind: 'port', port, wire: codec.encode(event.data) });
    port1.addEventListener('close', () => {
      if (ports.delete(port)) post({ kind: 'port-closed', port });
    });
    return port2;
  };

  const closePort = (port: string): void => {
    const local = ports.get(port);
    ports.delete(port);
    local?.close();
  };

  const receiveResult = ({ id, wire, error }: Extract<ToPage, { kind: 'result' }>): void => {
    const call = pending.get(id);
    pending.delete(id);
    if (error === undefined) call?.resolve(codec.decode(wire ?? 'null'));
    else call?.reject(new Error(`Error invoking remote method '${call.channel}': ${error}`));
  };

  const receive = (message: ToPage): void => {
    if (message.kind === 'event') {
      const event = { sender: ipcRenderer, senderId: 0, ports: message.ports.map(openPort) };
      const args = codec.decode(message.wire) as unknown[];
      for (const listener of listeners.get(message.channel) ?? []) listener.call(event, ...args);
    } else if (message.kind === 'result') receiveResult(message);
    else if (message.kind === 'port') ports.get(message.port)?.postMessage(codec.decode(message.wire));
    else closePort(message.port);
  };
  Reflect.set(globalThis, '__standinReceive', (messages: readonly ToPage[]) => messages.forEach(receive));

  // Only denied windows are emulated, and a window that is never made cannot be in the way.
  const openWindow = (url = '', frameName = '', features = ''): null => {
    post({ kind: 'window-open', url: new URL(url, document.baseURI).href, frameName, features });
    return null;
  };
  bridge.expose('open', openWindow);
  const onClick = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || event.defaultPrevented || link.href === '') return;
    const isElsewhere = event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!isElsewhere && link.target !== '_blank') return;
    event.preventDefault();
    openWindow(link.href, link.target);
  };
  window.addEventListener('click', onClick);
  window.addEventListener('auxclick', onClick);

  const ipcRenderer = {
    on: (channel: string, listener: Listener) => on(channel, listener),
    once,
    off,
    addListener: (channel: string, listener: Listener) => on(channel, listener),
    removeListener: off,
    send,
    invoke,
  };
  const contextBridge = {
    exposeInMainWorld: (key: string, value: unknown): void => {
      if (exposed.has(key))
        throw new Error('Cannot bind an API on top of an existing property on the window object');
      exposed.add(key);
      bridge.expose(key, value);
    },
  };
  // A page's File does not tell its path to scripts, and the stand-in has no other way in: as for a File made in script.
  const webUtils = { getPathForFile: () => '' };

  return {
    require: (name) => {
      if (name === 'electron' || name === 'electron/renderer')
        return { ipcRenderer, contextBridge, webUtils };
      throw new Error(`module not found: ${name}`);
    },
    process: {
      ...info,
      type: 'renderer',
      env: {},
      sandboxed: true,
      contextIsolated: true,
      isMainFrame: true,
    },
    done: (thrown) => {
      const error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : JSON.stringify(thrown);
      post({ kind: 'preload-done', ...(thrown === undefined ? {} : { error }) });
    },
  };
}
