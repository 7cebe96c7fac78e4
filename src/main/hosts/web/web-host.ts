import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { contentSecurityPolicy } from '../../../shared/contract/csp.ts';
import { failureError, type FailureError } from '../../../shared/domain/failure.ts';
import type { Caller } from '../../api/base.ts';
import type { EngineRouter } from '../../api/router.ts';
import type { Log } from '../../engine/ports.ts';
import { createAccess, sessionSeconds, type Access } from './access.ts';
import {
  enteredPage,
  htmlOf,
  notBuiltPage,
  notFoundPage,
  pagePolicy,
  signedOutPage,
  wrongCodePage,
  type Page,
} from './pages.ts';
import { linkPath, socketPath } from './paths.ts';
import { cookieOf, refusalOf } from './request-guard.ts';
import { openSockets, type Sockets } from './sockets.ts';
import { createStaticFiles, type StaticFiles } from './static-files.ts';

// Not imported: an import reads each export, among them getters that load a whole HTTP client, for 40 ms of every run.
const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');

export type WebHostOptions = {
  readonly router: EngineRouter;
  /** Who those who come in are, in events. */
  readonly caller: Caller;
  /** The built page. */
  readonly rendererDir: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly log: Log;
  readonly pingMs?: number;
};

/** The console and the engine's contract over HTTP and WebSocket, on this machine only. */
export interface WebHost {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** How another program of this person reaches the engine. A secret: it opens everything. */
  readonly endpoint: { readonly url: string; readonly token: string };
  /** An address that lets one browser in, once. */
  newLink(): string;
  /** How many are connected by WebSocket now. */
  connections(): number;
  close(): Promise<void>;
}

const address = '127.0.0.1';

const headersOfAll: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy(),
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
};

type Site = {
  readonly access: Access;
  readonly files: StaticFiles;
  readonly sockets: Sockets;
  readonly log: Log;
  readonly port: () => number;
};

const urlOf = (port: number): string => `http://${address}:${String(port)}`;

const linkOf = ({ access, port }: Pick<Site, 'access' | 'port'>): string =>
  `${urlOf(port())}/?code=${access.newCode()}`;

/** Cookies do not tell ports apart, so the name does: two consoles on a machine do not sign each other out. */
const cookieName = (port: number): string => `netra-${String(port)}`;

const sessionCookie = async ({ access, port }: Site): Promise<string> =>
  `${cookieName(port())}=${await access.newSession()}; Path=/; HttpOnly; SameSite=Strict; ` +
  `Max-Age=${String(sessionSeconds)}`;

const hasSession = async ({ access, port }: Site, { headers }: IncomingMessage): Promise<boolean> => {
  const value = cookieOf(headers.cookie, cookieName(port()));
  return value !== undefined && access.isSession(value);
};

const sendPage = (response: ServerResponse, page: Page): void => {
  response.writeHead(page.status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': pagePolicy,
    'Cache-Control': 'no-store',
  });
  response.end(htmlOf(page));
};

const sendText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(text);
};

const decoded = (path: string): string | null => {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
};

/** Lets a browser in by a code, and takes the code out of the address. One that is in already needs none. */
const enter = async (
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  code: string,
): Promise<void> => {
  if (!site.access.useCode(code) && !(await hasSession(site, request))) {
    sendPage(response, wrongCodePage);
    return;
  }
  // No redirect: after a link in another site's page or in a file, the browser would follow it without the cookie.
  response.setHeader('Set-Cookie', await sessionCookie(site));
  sendPage(response, enteredPage);
};

const serveFile = async (
  site: Site,
  path: string | null,
  response: ServerResponse,
  withBody: boolean,
): Promise<void> => {
  if (path === '/') response.setHeader('Set-Cookie', await sessionCookie(site));
  if (path !== null && (await site.files.serve(path, response, withBody))) return;
  sendPage(response, path === '/' ? notBuiltPage : notFoundPage);
};

/** Another program of this person asks for a link. */
const giveLink = ({ access, port }: Site, { headers }: IncomingMessage, response: ServerResponse): void => {
  if (access.isBearer(headers.authorization)) sendText(response, 200, linkOf({ access, port }));
  else sendText(response, 401, 'This needs the token of the engine.');
};

const codeIn = (query: string | undefined): string | null =>
  query === undefined ? null : new URLSearchParams(query).get('code');

/** Answers who came by the right name and from the right origin. */
const answerVisitor = async (
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { method = '', url = '/' } = request;
  const [path = '/', query] = url.split('?', 2);
  if (method === 'POST' && path === linkPath) {
    giveLink(site, request, response);
    return;
  }
  if (!['GET', 'HEAD'].includes(method)) {
    response.setHeader('Allow', 'GET, HEAD');
    sendText(response, 405, 'Only GET and HEAD are answered here.');
    return;
  }
  const code = method === 'GET' && path === '/' ? codeIn(query) : null;
  if (code !== null) await enter(site, request, response, code);
  else if (!(await hasSession(site, request))) sendPage(response, signedOutPage);
  else if (path === socketPath) sendText(response, 426, 'This is for WebSockets.');
  else await serveFile(site, decoded(path), response, method === 'GET');
};

const answer = async (site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  for (const [name, value] of Object.entries(headersOfAll)) response.setHeader(name, value);
  const refusal = refusalOf(request.headers, site.port());
  if (refusal === null) await answerVisitor(site, request, response);
  else sendText(response, refusal.status, refusal.reason);
};

const refuseUpgrade = (socket: Duplex, status: number, reason: string): void => {
  socket.end(
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${String(Buffer.byteLength(reason))}\r\n\r\n${reason}`,
  );
};

/** A browser comes by its cookie and says its origin; a program comes by the token and has none. */
const mayConnect = async (site: Site, request: IncomingMessage): Promise<boolean> => {
  if (request.headers.origin === undefined) return site.access.isBearer(request.headers.authorization);
  return hasSession(site, request);
};

const upgrade = async (site: Site, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
  const refusal = refusalOf(request.headers, site.port());
  const [path] = (request.url ?? '/').split('?', 1);
  if (refusal !== null) refuseUpgrade(socket, refusal.status, refusal.reason);
  else if (path !== socketPath) refuseUpgrade(socket, 404, 'There is nothing here.');
  else if (!(await mayConnect(site, request))) refuseUpgrade(socket, 401, 'Not signed in.');
  else site.sockets.accept(request, socket, head);
};

const listenFailure = (error: Error, port: number): FailureError => {
  const code = 'code' in error ? error.code : null;
  const other = 'Choose another with --port, or leave it out for any free one.';
  if (code === 'EADDRINUSE') {
    return failureError(
      'web.port_taken',
      `Port ${String(port)} is taken by another program. ${other}`,
      error,
    );
  }
  if (code === 'EACCES') {
    return failureError('web.port_refused', `The system does not give port ${String(port)}. ${other}`, error);
  }
  return failureError('web.failed', `The console cannot listen on ${address}: ${error.message}.`, error);
};

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(listenFailure(error, port));
    });
    server.listen(port, address, resolve);
  });

const portOf = (server: Server): number => {
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
};

/**
 * Opens the console and the engine's contract on loopback. Whoever comes must bring a cookie, which a one-time link
 * gives, or the token of the endpoint; and must come by the right name and from the right origin.
 * @throws FailureError `web.port_taken`, `web.port_refused`, `web.failed`
 */
export const openWebHost = async (options: WebHostOptions): Promise<WebHost> => {
  const { log, port } = options;
  const server = createServer();
  const site: Site = {
    access: createAccess(),
    files: createStaticFiles(options.rendererDir),
    sockets: openSockets(options),
    log,
    port: () => portOf(server),
  };
  server.on('request', (request, response) => {
    answer(site, request, response).catch((error: unknown) => {
      log.error(`The console could not answer ${request.method ?? ''} ${request.url ?? ''}`, error);
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'The console could not answer this. Its log says why.');
    });
  });
  server.on('upgrade', (request, socket, head) => {
    upgrade(site, request, socket, head).catch((error: unknown) => {
      log.error('The console could not open a WebSocket', error);
      socket.destroy();
    });
  });
  try {
    await listen(server, port);
  } catch (error) {
    await site.sockets.close();
    throw error;
  }
  const url = urlOf(portOf(server));
  return {
    url,
    endpoint: { url: `${url.replace('http', 'ws')}${socketPath}`, token: site.access.bearerToken },
    newLink: () => linkOf(site),
    connections: () => site.sockets.count(),
    close: async () => {
      const ended = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      await site.sockets.close();
      server.closeAllConnections();
      await ended;
    },
  };
};
