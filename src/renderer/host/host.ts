import type { HostCapabilities } from '../../shared/contract/host-capabilities.ts';
import type { OpenLink } from '../data/connection.ts';
import { openPortLink } from '../data/port-link.ts';
import { openWebSocketLink } from '../data/websocket-link.ts';

declare global {
  interface Window {
    readonly host?: HostCapabilities;
  }
}

/** What this page can do beyond the page, in the desktop app or in a browser. */
export type Host = {
  readonly kind: 'desktop' | 'browser';
  readonly isMac: boolean;
  readonly openLink: OpenLink;
  /** Shows a file dialog; null where the page itself must offer a file input. Resolves with null when called off. */
  readonly pickPlanFile: (() => Promise<string | null>) | null;
  /** The path of a dropped file; null where pages do not learn it. */
  readonly pathForFile: (file: File) => string | null;
  /** Opens an `https:` or `mailto:` address outside; anything else is ignored. */
  readonly openExternal: (address: string) => void;
  /** Calls back with the id of a command chosen in the application menu. */
  readonly onCommand: (listener: (command: string) => void) => () => void;
};

const isOpenable = (address: string): boolean =>
  URL.canParse(address) && ['https:', 'mailto:'].includes(new URL(address).protocol);

const browserHost = (): Host => ({
  kind: 'browser',
  isMac: /mac|iphone|ipad/i.test(navigator.userAgent),
  openLink: () => {
    const address = new URL('/rpc', location.href);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    return openWebSocketLink(address);
  },
  pickPlanFile: null,
  pathForFile: () => null,
  openExternal: (address) => {
    if (isOpenable(address)) window.open(address, '_blank', 'noopener,noreferrer');
  },
  onCommand: () => () => undefined,
});

const desktopHost = (host: HostCapabilities): Host => ({
  kind: 'desktop',
  isMac: host.platform === 'darwin',
  openLink: () =>
    openPortLink((nonce) => {
      host.requestEnginePort(nonce);
    }),
  pickPlanFile: () => host.pickPlanFile(),
  pathForFile: (file) => host.pathForFile(file),
  openExternal: (address) => {
    if (isOpenable(address)) void host.openExternal(address);
  },
  onCommand: (listener) => host.onCommand(listener),
});

/** The host of this page: the desktop app when its preload is there, else the browser. */
export const thisHost = (): Host => (window.host === undefined ? browserHost() : desktopHost(window.host));
