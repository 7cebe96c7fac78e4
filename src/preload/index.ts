import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { HostCapabilities } from '../shared/contract/host-capabilities.ts';
import { hostChannels } from '../shared/contract/host-channels.ts';

ipcRenderer.on(hostChannels.enginePort, (event, nonce: unknown) => {
  window.postMessage({ kind: 'engine-port', nonce }, location.origin, [...event.ports]);
});

const host: HostCapabilities = {
  kind: 'desktop',
  platform: process.platform,
  requestEnginePort: (nonce) => {
    ipcRenderer.send(hostChannels.connectEngine, nonce);
  },
  pathForFile: (file) => webUtils.getPathForFile(file as File),
  pickPlanFile: () => ipcRenderer.invoke(hostChannels.pickPlanFile) as Promise<string | null>,
  pickFolder: () => ipcRenderer.invoke(hostChannels.pickFolder) as Promise<string | null>,
  openExternal: (address) => ipcRenderer.invoke(hostChannels.openExternal, address) as Promise<void>,
  onCommand: (listener) => {
    const onMessage = (_event: unknown, command: unknown): void => {
      listener(String(command));
    };
    ipcRenderer.on(hostChannels.command, onMessage);
    return () => {
      ipcRenderer.off(hostChannels.command, onMessage);
    };
  },
};

contextBridge.exposeInMainWorld('host', host);
