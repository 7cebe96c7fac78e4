import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { EngineClient } from '../../shared/contract/contract.ts';
import { failureError, type Failure } from '../../shared/domain/failure.ts';
import type { Link } from './connection.ts';

const signedOut: Failure = {
  code: 'console.signed_out',
  message: 'This browser is not signed in to the engine. Open the link that `netra serve` printed.',
};
const gone: Failure = { code: 'console.disconnected', message: 'The engine closed the connection.' };
const unreachable: Failure = {
  code: 'console.unreachable',
  message: 'The engine does not answer. Is it still running?',
};

/** A WebSocket tells no status of a refused upgrade; the same address asked by HTTP does. */
const whyRefused = async (address: URL): Promise<Failure> => {
  const http = new URL(address);
  http.protocol = address.protocol === 'wss:' ? 'https:' : 'http:';
  try {
    const { status } = await fetch(http, { cache: 'no-store' });
    return status === 401 || status === 403 ? signedOut : unreachable;
  } catch {
    return unreachable;
  }
};

/** Opens a WebSocket to the engine that served this page. Throws `console.signed_out` or `console.unreachable`. */
export const openWebSocketLink = async (address: URL): Promise<Link> => {
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  const ended = new Promise<Failure>((resolve) => {
    socket.addEventListener('close', (event) => {
      const reason =
        event.reason === ''
          ? gone
          : { ...gone, message: `The engine closed the connection: ${event.reason}` };
      resolve(event.code === 4401 ? signedOut : reason);
    });
  });
  const opened = await Promise.race([
    new Promise<true>((resolve) => {
      socket.addEventListener('open', () => {
        resolve(true);
      });
    }),
    ended.then(() => false),
  ]);
  if (!opened) {
    const { code, message } = await whyRefused(address);
    throw failureError(code, message);
  }
  const client: EngineClient = createORPCClient(new RPCLink({ websocket: socket }));
  return {
    client,
    ended,
    close: () => {
      socket.close();
    },
  };
};
