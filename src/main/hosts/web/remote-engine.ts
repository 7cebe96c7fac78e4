import { request } from 'node:http';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { WebSocket } from 'ws';
import type { EngineClient } from '../../../shared/contract/contract.ts';
import { failureError } from '../../../shared/domain/failure.ts';
import { linkPath } from './paths.ts';

/** How an engine of another process is reached. */
export type Endpoint = { readonly url: string; readonly token: string };

/** The engine of another process on this machine. */
export interface RemoteEngine {
  readonly client: EngineClient;
  /** Resolves when the connection is gone, whoever ended it. */
  readonly lost: Promise<void>;
  /** An address that lets one browser into its console, once. */
  readonly newLink: () => Promise<string>;
  readonly close: () => void;
}

type LinkSocket = ConstructorParameters<typeof RPCLink>[0]['websocket'];

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

/**
 * A socket as the link wants it. One that is closing passes for open: what is still sent then, such as that a stream is
 * not wanted any more, goes nowhere, and every request ends with the close that follows; the link would throw where
 * nobody catches.
 */
const forLink = (socket: WebSocket): LinkSocket => {
  const shown = {
    addEventListener: socket.addEventListener.bind(socket),
    removeEventListener: socket.removeEventListener.bind(socket),
    send: socket.send.bind(socket),
    get readyState() {
      return socket.readyState === WebSocket.CLOSING ? WebSocket.OPEN : socket.readyState;
    },
  };
  // It has all that the link uses of a browser's WebSocket.
  return shown as unknown as LinkSocket;
};

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
    client: createORPCClient(new RPCLink({ websocket: forLink(socket) })),
    lost,
    newLink: () => askForLink(endpoint),
    close: () => {
      socket.close();
    },
  };
};
