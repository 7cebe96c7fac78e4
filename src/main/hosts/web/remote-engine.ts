import { request } from 'node:http';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { WebSocket } from 'ws';
import type { EngineClient } from '../../../shared/contract/contract.ts';
import { failureError } from '../../../shared/domain/failure.ts';
import { linkPath } from './web-host.ts';

/** How an engine of another process is reached. */
export type Endpoint = { readonly url: string; readonly token: string };

/** The engine of another process on this machine. */
export interface RemoteEngine {
  readonly client: EngineClient;
  /** Resolves when the connection is gone, whoever ended it. */
  readonly lost: Promise<void>;
  /** An address that lets one browser into its console, once. */
  newLink(): Promise<string>;
  close(): void;
}

const handshakeMs = 5000;

const askForLink = ({ url, token }: Endpoint): Promise<string> =>
  new Promise((resolve, reject) => {
    const address = new URL(linkPath, url.replace(/^ws/, 'http'));
    const headers = { authorization: `Bearer ${token}` };
    const asked = request(address, { method: 'POST', headers, timeout: handshakeMs }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('error', reject).on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(failureError('engine.refused', `The engine gave no link to its console: ${text}`));
      });
    });
    asked.on('error', reject).on('timeout', () => {
      asked.destroy(failureError('engine.unreachable', 'The engine does not answer.'));
    });
    asked.end();
  });

/** Connects to an engine. @throws FailureError `engine.unreachable` */
export const openRemoteEngine = async (endpoint: Endpoint): Promise<RemoteEngine> => {
  const socket = new WebSocket(endpoint.url, {
    headers: { authorization: `Bearer ${endpoint.token}` },
    handshakeTimeout: handshakeMs,
    perMessageDeflate: false,
  });
  const opened = Promise.withResolvers<undefined>();
  const lost = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
  socket.once('open', () => {
    opened.resolve(undefined);
  });
  // Also after it was opened: what ends a connection is told by its close.
  socket.on('error', (error) => {
    opened.reject(failureError('engine.unreachable', `The engine does not answer: ${error.message}.`, error));
  });
  await opened.promise;
  return {
    // It has what the link needs of the browser's WebSocket.
    client: createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket })),
    lost,
    newLink: () => askForLink(endpoint),
    close: () => {
      socket.close();
    },
  };
};
