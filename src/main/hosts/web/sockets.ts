import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ORPCError, onError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Caller } from '../../api/base.ts';
import type { EngineRouter } from '../../api/router.ts';
import type { Log } from '../../engine/ports.ts';

/** The engine's contract over WebSockets. */
export interface Sockets {
  /** Takes an upgrade that was allowed in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** How many are connected. */
  count(): number;
  close(): Promise<void>;
}

export type SocketsOptions = {
  readonly router: EngineRouter;
  readonly caller: Caller;
  readonly log: Log;
  /** How often peers are asked whether they are there; one that did not answer in between is dropped. Milliseconds. */
  readonly pingMs?: number;
};

/** The largest message taken from a client, in bytes; a plan fits in. */
const mostPayload = 2 * 1024 * 1024;

/** A client that lets more than this wait for it, in bytes, is dropped: it comes back and asks on from its last seq. */
const mostWaiting = 32 * 1024 * 1024;

/**
 * Sending resolves when the system took the bytes, so that a stream is asked for more no faster than its client reads;
 * what happens meanwhile is put together by the engine.
 */
const sendTo = (socket: WebSocket) => {
  return (data: Parameters<WebSocket['send']>[0]): unknown => {
    if (socket.bufferedAmount > mostWaiting) socket.terminate();
    return new Promise<void>((resolve) => {
      // An error means that the socket is gone; its close tells the peer.
      socket.send(data, () => {
        resolve();
      });
    });
  };
};

const dropTheDead = (server: WebSocketServer, pingMs: number): (() => void) => {
  const silent = new WeakSet<WebSocket>();
  server.on('connection', (socket: WebSocket) => {
    socket.on('pong', () => silent.delete(socket));
  });
  const timer = setInterval(() => {
    for (const socket of server.clients) {
      if (silent.has(socket)) socket.terminate();
      silent.add(socket);
      socket.ping();
    }
  }, pingMs).unref();
  return () => {
    clearInterval(timer);
  };
};

/** Serves the contract to the sockets it is given. Close it. */
export const openSockets = ({ router, caller, log, pingMs = 15_000 }: SocketsOptions): Sockets => {
  const server = new WebSocketServer({ noServer: true, maxPayload: mostPayload, perMessageDeflate: false });
  const stopDropping = dropTheDead(server, pingMs);
  const handler = new RPCHandler(router, {
    interceptors: [
      onError((error) => {
        if (!(error instanceof ORPCError)) log.error('A request could not be answered', error);
      }),
    ],
  });
  return {
    accept: (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (client) => {
        server.emit('connection', client, request);
        client.on('error', (error) => {
          log.warn('A client was dropped', { reason: error.message });
        });
        const peer = { addEventListener: client.addEventListener.bind(client), send: sendTo(client) };
        void handler.upgrade(peer, { context: caller });
      });
    },
    count: () => server.clients.size,
    close: async () => {
      stopDropping();
      for (const client of server.clients) client.close(1001, 'the engine ends');
      const ended = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      const cut = setTimeout(() => {
        for (const client of server.clients) client.terminate();
      }, 500);
      await Promise.all(
        [...server.clients].map(
          (client) =>
            new Promise<void>((resolve) => {
              client.once('close', () => {
                resolve();
              });
            }),
        ),
      );
      clearTimeout(cut);
      await ended;
    },
  };
};
