import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { createFakeEngine, type FakeEngine } from './fake-engine.ts';
import { heldScenario } from './fake-held.ts';
import { crowdScenario, emptyScenario, morningScenario, type Scenario } from './fake-scenarios.ts';

/** The policy of the real hosts, so that what it forbids fails here too. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
  "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

const root = join(import.meta.dirname, '../../out/renderer');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export type FakeConsole = {
  readonly url: string;
  readonly engine: FakeEngine;
  /** Cuts all connections; with a state, new ones are refused until `accept` is called. */
  readonly cut: (then?: 'unreachable' | 'signed_out') => void;
  readonly accept: () => void;
  readonly close: () => Promise<void>;
};

/** Serves the built console over a fake engine, on a free port of 127.0.0.1. */
export const openFakeConsole = async (scenario: Scenario, port = 0): Promise<FakeConsole> => {
  const engine = createFakeEngine(scenario);
  const handler = new RPCHandler(engine.router);
  let refusing: 'unreachable' | 'signed_out' | null = null;
  const sockets = new Set<WebSocket>();
  const webSockets = new WebSocketServer({ noServer: true });

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/rpc') {
      response.writeHead(refusing === 'signed_out' ? 401 : 426).end();
      return;
    }
    const file = path === '/' ? 'index.html' : normalize(path);
    readFile(join(root, file)).then(
      (body) => {
        response
          .writeHead(200, {
            'content-type': types[extname(file)] ?? 'text/plain',
            'content-security-policy': POLICY,
          })
          .end(body);
      },
      () => {
        response.writeHead(404).end();
      },
    );
  });
  server.on('upgrade', (request, socket, head) => {
    if (refusing !== null) {
      socket.end(
        `HTTP/1.1 ${refusing === 'signed_out' ? '401 Unauthorized' : '503 Service Unavailable'}\r\n\r\n`,
      );
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.add(webSocket);
      webSocket.on('close', () => sockets.delete(webSocket));
      void handler.upgrade(webSocket);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.terminate();
  };

  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    engine,
    cut: (then) => {
      refusing = then ?? null;
      cut();
    },
    accept: () => {
      refusing = null;
    },
    close: async () => {
      cut();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const scenarios: Readonly<Record<string, (now: number) => Scenario>> = {
  empty: () => emptyScenario,
  morning: (now) => morningScenario(now, 400),
  crowd: (now) => crowdScenario(50, now),
  held: heldScenario,
};

// Started as a program, it serves a scenario to look at: `node test/support/fake-console.ts morning 4100`.
if (import.meta.main) {
  const [name = 'morning', port = '0'] = process.argv.slice(2);
  const opened = await openFakeConsole((scenarios[name] ?? morningScenario)(Date.now()), Number(port));
  process.stdout.write(`${opened.url}\n`);
}
